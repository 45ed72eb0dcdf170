package test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
)

// What becomes of a direct call that its user does not take, over real SIP: an
// administrator sets it, and the next call goes there.
func TestDirectCallsGoWhereTheirUserSays(t *testing.T) {
	t.Parallel()
	p := Demo(t, "--callers=0")
	admin := p.Login("admin")
	away := func(branch any) {
		t.Helper()
		b, err := json.Marshal(map[string]any{"away": branch})
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, p.HTTP+"/api/v1/users/usr_bob", bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("If-Match", "*")
		res, err := admin.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("the branch is answered %s", res.Status)
		}
	}
	for n, c := range []struct {
		branch  map[string]string
		outcome string
	}{
		{map[string]string{"do": "refuse"}, "refused"},
		{map[string]string{"do": "forward", "number": "+33144001022"}, "answered"},
		{map[string]string{"do": "mailbox", "mailbox": "box_frontdesk"}, "voice_mailbox"},
	} {
		away(c.branch)
		_, _ = p.Dial("202", "--for", "13s").Over()
		got := p.history(n + 1)[0]
		if got.Outcome != c.outcome {
			t.Errorf("%v: the call is %s, not %s", c.branch, got.Outcome, c.outcome)
		}
	}
}
