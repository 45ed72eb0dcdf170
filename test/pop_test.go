package test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"belfry/test/browser"
)

// crm is another company's program: it keeps what it was asked.
type crm struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string          // method and address
	told  map[string]string // the last body's words
}

func newCRM(t testing.TB) *crm {
	t.Helper()
	c := &crm{told: map[string]string{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if r.URL.Path == "/favicon.ico" {
			return
		}
		c.asked = append(c.asked, r.Method+" "+r.URL.RequestURI())
		if r.Method == http.MethodPost {
			var body map[string]any
			_ = json.NewDecoder(r.Body).Decode(&body)
			for k, v := range body {
				c.told[k] = fmt.Sprint(v)
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "<!doctype html><title>file</title><h1>%s</h1>", r.URL.Path)
	}))
	t.Cleanup(c.Close)
	return c
}

// requests are those of a method, in their order.
func (c *crm) requests(method string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, a := range c.asked {
		if strings.HasPrefix(a, method+" ") {
			all = append(all, strings.TrimPrefix(a, method+" "))
		}
	}
	return all
}

// TestButtons: a call rings at an agent who has two tabs open. One window opens,
// with the caller's file; another program is told once that the call was taken,
// and once more when the agent says so by a click; the history knows all of it.
func TestButtons(t *testing.T) {
	t.Parallel()
	p, other := Demo(t), newCRM(t)
	admin, host := p.Login("admin"), strings.TrimPrefix(other.URL, "http://")
	if status := admin.Patch("/api/v1/company", `{"private_button_hosts":["`+host+`"]}`); status != http.StatusOK {
		t.Fatalf("the host: %d", status)
	}
	buttons := `{"buttons":[
		{"id":"file","label":"Customer file","kind":"url","address":"` + other.URL + `/file?tel={{caller.number}}&queue={{queue.id}}","when":"presented","where":"window"},
		{"id":"shop","label":"Tell the shop","kind":"http","address":"` + other.URL + `/calls/{{call.id}}","when":"accepted"}]}`
	if status := admin.Patch("/api/v1/queues/que_sales", buttons); status != http.StatusOK {
		t.Fatalf("the buttons: %d", status)
	}
	// As where an administrator lets this page open windows.
	b := browser.Launch(t, browser.Options{Microphone: browser.Tone(t, agentHz, 10), Raw: true, Args: []string{"--disable-popup-blocking"}})
	ann := p.seat(t, b, "ann")
	ann.begin("Login", "Password", "Sign in", "I am available")
	second := ann.Tab()
	ph := p.Dial("+33100000001")
	ann.WaitPopup()
	second.WaitPopup()
	Wait(t, "a window opens", func() bool { return len(other.requests("GET")) > 0 })
	ann.Front()
	ann.Wait(`document.querySelector("[role=alertdialog] [role=group][aria-label='Buttons of this call']")`)
	ann.WaitText("opened")
	second.WaitText("opened")
	ann.Answer()
	Wait(t, "the shop is told", func() bool { return len(other.requests("POST")) > 0 })
	ann.WaitText("done")
	ann.Click("button", "Tell the shop")
	Wait(t, "the shop is told again", func() bool { return len(other.requests("POST")) > 1 })
	second.WaitText("done")
	ann.HangUp()
	ph.Well()
	ann.EndPost()
	if got := other.requests("GET"); len(got) != 1 || !strings.HasPrefix(got[0], "/file?tel=") || !strings.HasSuffix(got[0], "&queue=que_sales") || strings.Contains(got[0], "{{") {
		t.Errorf("opened %v", got)
	}
	call := p.history(1)[0]
	if got := other.requests("POST"); len(got) != 2 || got[0] != got[1] || got[0] != "/calls/"+call.Call {
		t.Errorf("the shop was asked %v of %s", got, call.Call)
	}
	other.mu.Lock()
	if other.told["button"] != "shop" || other.told["agent"] != "usr_ann" || other.told["interaction"] != call.ID {
		t.Errorf("the shop was told %v", other.told)
	}
	other.mu.Unlock()
	var whole struct {
		Pops []struct{ Button, When, Outcome string }
	}
	if status := ann.Do("GET", "/api/v1/interactions/"+call.ID, nil, &whole); status != http.StatusOK {
		t.Fatalf("the history: %d", status)
	}
	var went []string
	for _, x := range whole.Pops {
		went = append(went, x.Button+" "+x.When+" "+x.Outcome)
	}
	slices.Sort(went)
	if want := []string{"file presented opened", "shop accepted done", "shop by_hand done"}; !slices.Equal(went, want) {
		t.Errorf("the history says %v, not %v", went, want)
	}
	ann.CheckErrors()
	second.CheckErrors()
	p.Sound()
}
