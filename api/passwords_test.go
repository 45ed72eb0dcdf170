package api_test

import (
	"strings"
	"testing"
)

// Passwords of phones and trunks are written and never read: what was set is
// known, and by whom.
func TestPasswordsOfPhonesAndTrunks(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.as("admin")
	var phone struct{ User, Password string }
	if r := ada.post("/api/v1/users/usr_ann/phone-password", ""); r.status != 201 {
		t.Fatalf("ann's phone: %d %s", r.status, r.body)
	} else if r.read(t, &phone); phone.User != "201" || phone.Password == "" {
		t.Errorf("ann's phone logs in as %+v", phone)
	}
	if r := ada.post("/api/v1/users", `{"id":"usr_eve","name":"Eve","login":"eve","profile":"pro_agent"}`); r.status != 201 {
		t.Fatalf("eve: %d %s", r.status, r.body)
	}
	ada.post("/api/v1/users/usr_eve/phone-password", "").fails(t, 409, "no-extension", "")
	ada.post("/api/v1/users/usr_nobody/phone-password", "").fails(t, 404, "no-such-thing", "")
	if r := ada.post("/api/v1/trunks", `{"id":"trk_one","name":"Carrier","host":"sip.carrier.example","login":"belfry"}`); r.status != 201 {
		t.Fatalf("the trunk: %d %s", r.status, r.body)
	}
	if r := ada.do("PUT", "/api/v1/trunks/trk_one/password", `{"password":"s3cret"}`); r.status != 204 {
		t.Errorf("the trunk's password: %d %s", r.status, r.body)
	}
	ada.do("PUT", "/api/v1/trunks/trk_two/password", `{"password":"s3cret"}`).fails(t, 404, "no-such-thing", "")
	said := ada.get("/api/v1/audit").body
	for _, list := range []string{"phone_passwords", "secrets"} {
		if !strings.Contains(said, `"list":"`+list+`"`) {
			t.Errorf("nobody knows that one of the %s was set: %s", list, said)
		}
	}
	if whole := said + ada.get("/api/v1/trunks/trk_one").body + ada.get("/api/v1/users/usr_ann").body; strings.Contains(whole, "s3cret") || strings.Contains(whole, phone.Password) {
		t.Error("a password can be read")
	}
	for _, x := range []struct{ method, path, body string }{
		{"POST", "/api/v1/users/usr_ann/phone-password", ""},
		{"PUT", "/api/v1/trunks/trk_one/password", `{"password":"x"}`},
		{"GET", "/api/v1/trees", ""},
	} {
		if r := h.as("sam").do(x.method, x.path, x.body); r.status != 403 {
			t.Errorf("a supervisor: %s %s: %d", x.method, x.path, r.status)
		}
	}
	if got := ada.get("/api/v1/trees"); !strings.Contains(got.body, `"name":"Sales","outbound":false`) {
		t.Errorf("the trees: %s", got.body)
	}
}
