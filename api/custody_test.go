package api_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"belfry/api"
	"belfry/core"
)

// remarks keep comments and links in memory.
type remarks struct {
	comments []api.Comment
	links    []api.Link
}

func (m *remarks) Comments(context.Context, core.RecordID) ([]api.Comment, error) {
	return slices.SortedFunc(slices.Values(m.comments), func(a, b api.Comment) int { return int(a.From - b.From) }), nil
}

func (m *remarks) AddComment(_ context.Context, _ core.RecordID, c api.Comment) error {
	m.comments = append(m.comments, c)
	return nil
}

func (m *remarks) DeleteComment(_ context.Context, _ core.RecordID, id string, by core.UserID) error {
	i := slices.IndexFunc(m.comments, func(c api.Comment) bool { return c.ID == id })
	switch {
	case i < 0:
		return core.Errorf(core.Missing, "no-such-comment", "There is no comment %s on this recording.", id)
	case by != "" && m.comments[i].User != by:
		return core.Errorf(core.Denied, "not-your-comment", "Only who wrote a comment may delete it.")
	}
	m.comments = slices.Delete(m.comments, i, i+1)
	return nil
}

func (m *remarks) Links(context.Context, core.RecordID) ([]api.Link, error) { return m.links, nil }

func (m *remarks) AddLink(_ context.Context, l api.Link) (string, error) {
	m.links = append(m.links, l)
	return "token-" + l.ID, nil
}

func (m *remarks) LinkOf(_ context.Context, token string, now core.Time) (*api.Link, error) {
	for _, l := range m.links {
		if "token-"+l.ID == token && l.Ended.IsZero() && now < l.Expires {
			return &l, nil
		}
	}
	return nil, core.Errorf(core.Missing, "no-such-link", "This link has expired, or was taken back.")
}

func (m *remarks) EndLink(_ context.Context, _ core.RecordID, id string, at core.Time) error {
	for i := range m.links {
		if m.links[i].ID == id {
			m.links[i].Ended = at
			return nil
		}
	}
	return core.Errorf(core.Missing, "no-such-link", "There is no link %s to this recording.", id)
}

func TestCommentsOnARecording(t *testing.T) {
	t.Parallel()
	h := taped(t)
	const all = "/api/v1/recordings/rec_1/comments"
	ann, bob, ada := h.as("ann"), h.as("bob"), h.as("admin")
	if r := ann.do("POST", all, `{"at":7.5,"text":" She asks for Monday. "}`); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	ann.do("POST", all, `{"at":2,"text":"Friendly."}`)
	r := ann.do("GET", all, "")
	var got struct {
		Items []struct {
			ID, Text string
			UserName string `json:"user_name"`
			At       float64
		}
	}
	r.read(t, &got)
	if len(got.Items) != 2 || got.Items[0].Text != "Friendly." || got.Items[1].Text != "She asks for Monday." || got.Items[1].At != 7.5 || got.Items[0].UserName == "" {
		t.Errorf("%s", r.body)
	}
	for body, field := range map[string]string{`{"at":11,"text":"x"}`: "at", `{"at":1,"text":"  "}`: "text", `{"at":-1,"text":"x"}`: "at"} {
		if r := ann.do("POST", all, body); r.status != 422 && r.status != 400 || !strings.Contains(r.body, field) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := bob.do("GET", all, ""); r.status != 404 {
		t.Errorf("who did not talk in it reads: %d", r.status)
	}
	if r := bob.do("DELETE", all+"/"+got.Items[0].ID, ""); r.status != 404 {
		t.Errorf("bob deletes: %d", r.status)
	}
	if r := ann.do("DELETE", all+"/com_none", ""); r.status != 404 {
		t.Errorf("none: %d", r.status)
	}
	if r := ada.do("DELETE", all+"/"+got.Items[0].ID, ""); r.status != 204 {
		t.Errorf("an administrator deletes: %d %s", r.status, r.body)
	}
	if r := ann.do("DELETE", all+"/"+got.Items[1].ID, ""); r.status != 204 {
		t.Errorf("the author deletes: %d %s", r.status, r.body)
	}
}

func TestSharedRecording(t *testing.T) {
	t.Parallel()
	h := taped(t)
	const all = "/api/v1/recordings/rec_1/links"
	ann, sam := h.as("ann"), h.as("sam")
	if r := ann.do("POST", all, `{}`); r.status != 403 {
		t.Errorf("an agent shares: %d", r.status)
	}
	var link struct{ ID, Path string }
	r := sam.do("POST", all, `{"hours":2}`)
	r.read(t, &link)
	if r.status != 200 || !strings.HasPrefix(link.Path, "/shared/") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	guest := h.browser()
	if r := guest.do("GET", link.Path, ""); r.status != 200 || !strings.HasPrefix(r.body, "RIFF") || r.header.Get("Cache-Control") == "" {
		t.Errorf("who has the link listens: %d %.40q", r.status, r.body)
	}
	if r := guest.do("GET", link.Path+"x", ""); r.status != 404 {
		t.Errorf("another token: %d", r.status)
	}
	if r := sam.do("GET", "/api/v1/recordings/rec_1/plays", ""); !strings.Contains(r.body, `"user":null,"user_name":null,"link":"`+link.ID+`"`) {
		t.Errorf("it is not written down: %s", r.body)
	}
	if r := sam.do("GET", all, ""); strings.Contains(r.body, "/shared/") {
		t.Errorf("the token is told again: %s", r.body)
	}
	if d := h.deck.links[0].Expires.Sub(h.deck.links[0].Made); d != 2*time.Hour {
		t.Errorf("it holds for %v", d)
	}
	h.deck.links[0].Expires = h.deck.links[0].Made
	if r := guest.do("GET", link.Path, ""); r.status != 404 {
		t.Errorf("it has expired: %d", r.status)
	}
	r = sam.do("POST", all, `{}`)
	r.read(t, &link)
	if r := sam.do("DELETE", all+"/"+link.ID, ""); r.status != http.StatusNoContent {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := guest.do("GET", link.Path, ""); r.status != 404 {
		t.Errorf("it was taken back: %d", r.status)
	}
}

// eraser writes down whom it was asked to erase.
type eraser struct{ who []api.Person }

func (e *eraser) Erase(_ context.Context, who api.Person, id string, by core.UserID, at core.Time) (*api.Erasure, error) {
	e.who = append(e.who, who)
	return &api.Erasure{ID: id, At: at, By: by, Recordings: []api.ErasedFile{{ID: "rec_1", SHA256: "feed"}}}, nil
}

func (e *eraser) Erasures(context.Context, string, int) ([]api.Erasure, string, error) {
	return []api.Erasure{{ID: "ers_1"}}, "", nil
}

func TestErase(t *testing.T) {
	t.Parallel()
	e := &eraser{}
	h := open(t, func(o *api.Options) { o.Erasures = e })
	ada := h.as("admin")
	const all = "/api/v1/erasures"
	for body, code := range map[string]string{`{}`: "number-or-contact", `{"number":"+33612345678","contact":"con_x"}`: "number-or-contact", `{"number":"x"}`: "not-a-number"} {
		if r := ada.post(all, body); r.status != 422 || r.code() != code {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := ada.post(all, `{"number":"+33 6 12 34 56 78"}`); r.status != 200 || !strings.Contains(r.body, `"recordings":[{"id":"rec_1","sha256":"feed"}]`) {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := ada.post(all, `{"contact":"con_claire"}`); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if len(e.who) != 2 || e.who[1].Contact != "con_claire" || !slices.Equal(e.who[0].Numbers, []string{"+33612345678"}) {
		t.Errorf("%+v", e.who)
	}
	if r := ada.get(all); r.status != 200 || !strings.Contains(r.body, `"id":"ers_1"`) {
		t.Errorf("%d %s", r.status, r.body)
	}
}
