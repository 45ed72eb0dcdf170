package talk

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"belfry/media/codec"
)

// page is an agent at the Banner without a browser: a session, the stream of
// events and an audio line.
type page struct {
	voice
	h      *house
	user   string
	cookie string

	mu    sync.Mutex
	desk  desk
	pool  pool
	does  string      // answer, ring, decline: what becomes of a popup
	codec codec.Codec // the only one its browser knows; empty: all
	seen  string      // the offer that it was
	out   *wire
	close func() // ends the stream and the line
}

// desk is what tests look at of it.
type desk struct {
	Seq   uint64 `json:"seq"`
	Agent struct {
		State     string `json:"state"`
		StationUp bool   `json:"station_up"`
		Station   string `json:"station"`
		PhoneUp   bool   `json:"phone_up"`
	} `json:"agent"`
	Offer *struct {
		ID       string `json:"id"`
		Call     string `json:"call"`
		Codec    string `json:"codec"`
		Transfer *struct {
			By       string `json:"by"`
			Returned bool   `json:"returned"`
			Reason   string `json:"reason"`
		} `json:"transfer"`
	} `json:"offer"`
	Calls  []deskCall `json:"calls"`
	Missed []struct {
		Call string `json:"call"`
	} `json:"missed"`
}

// pool is the list of waiting calls, as far.
type pool struct {
	Waiting []struct {
		Call  string `json:"call"`
		Queue string `json:"queue"`
		State string `json:"state"`
	} `json:"waiting"`
}

// waits says whether a call stands in a queue and rings at nobody's.
func (p pool) waits(call, queue string) bool {
	for _, c := range p.Waiting {
		if c.Call == call {
			return c.Queue == queue && c.State == "waiting"
		}
	}
	return false
}

type deskCall struct {
	ID           string `json:"id"`
	Interaction  string `json:"interaction"`
	State        string `json:"state"`
	Codec        string `json:"codec"`
	Began        string `json:"began"`
	Muted        bool   `json:"muted"`
	ConsultFor   string `json:"consult_for"`
	Transferring *struct {
		ID     string `json:"id"`
		State  string `json:"state"`
		Reason string `json:"reason"`
		Code   int    `json:"code"`
	} `json:"transferring"`
	Transfer *struct {
		By       string `json:"by"`
		Returned bool   `json:"returned"`
		Reason   string `json:"reason"`
	} `json:"transfer"`
	Parties []struct {
		Leg      string `json:"leg"`
		Agent    string `json:"agent"`
		State    string `json:"state"`
		Customer bool   `json:"customer"`
	} `json:"parties"`
	Recording struct {
		ID      string `json:"id"`
		State   string `json:"state"`
		Writing bool   `json:"writing"`
	} `json:"recording"`
}

// page makes one; open brings it up.
func (h *house) page(name string, hz int) *page {
	return &page{voice: voice{name: name, hz: hz}, h: h, user: "usr_" + name, cookie: h.sessions[name], does: "answer"}
}

// do makes a request and reads the answer.
func (p *page) do(method, path, kind, body string, result any) (status int, text string, err error) {
	req, err := http.NewRequestWithContext(context.Background(), method, p.h.HTTP+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.AddCookie(&http.Cookie{Name: "belfry_session", Value: p.cookie})
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := p.h.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && result != nil && res.StatusCode < 300 {
		err = json.Unmarshal(b, result)
	}
	return res.StatusCode, string(b), err
}

// ask makes a request that must go well.
func (p *page) ask(t testing.TB, method, path string, body, result any) {
	t.Helper()
	if status, text := p.try(t, method, path, body, result); status >= 300 {
		t.Fatalf("%s: %s %s: %d %s", p.name, method, path, status, text)
	}
}

// try makes a request that may be refused.
func (p *page) try(t testing.TB, method, path string, body, result any) (int, string) {
	t.Helper()
	text, kind := []byte(nil), ""
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
		kind = "application/json"
	}
	status, said, err := p.do(method, path, kind, string(text), result)
	if err != nil {
		t.Fatalf("%s: %s %s: %v", p.name, method, path, err)
	}
	return status, said
}

// post is ask for what has no body and no answer worth reading.
func (p *page) post(t testing.TB, path string) {
	t.Helper()
	p.ask(t, "POST", "/api/v1"+path, nil, nil)
}

// soon is post for what is refused as long as the line is not back.
func (p *page) soon(t testing.TB, path string) {
	t.Helper()
	said := ""
	until(t, func() string { return p.name + ": " + path + ": " + said }, func() bool {
		status, text := p.try(t, "POST", "/api/v1"+path, nil, nil)
		said = text
		return status < 300
	})
}

// open listens to events, brings the line up and starts the shift.
func (p *page) open(t testing.TB) {
	t.Helper()
	p.load(t)
	p.post(t, "/me/shift/start")
	p.await(t, "is ready", func(d desk) bool { return d.Agent.State == "ready" })
}

// load opens the stream and the line: what a page does when it is loaded.
func (p *page) load(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	if err := p.listen(ctx, &work); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	pc, err := p.connect()
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.close = sync.OnceFunc(func() {
		p.h.beat.with(&p.voice, false)
		cancel()
		_ = pc.Close()
		work.Wait()
	})
	p.h.beat.with(&p.voice, true)
}

// leave closes the page, without a word to the server.
func (p *page) leave() {
	p.mu.Lock()
	leave := p.close
	p.mu.Unlock()
	if leave != nil {
		leave()
	}
	p.mouth.shut()
	p.ear.forget()
}

// reload is F5.
func (p *page) reload(t testing.TB) {
	t.Helper()
	p.leave()
	p.load(t)
}

func (p *page) listen(ctx context.Context, work *sync.WaitGroup) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.h.HTTP+"/api/v1/me/events", http.NoBody)
	if err != nil {
		return err
	}
	req.AddCookie(&http.Cookie{Name: "belfry_session", Value: p.cookie})
	res, err := p.h.client.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return fmt.Errorf("the stream of events: %s", res.Status)
	}
	work.Go(func() {
		defer res.Body.Close()
		event := ""
		lines := bufio.NewReader(res.Body)
		for {
			ln, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			if rest, ok := bytes.CutPrefix(ln, []byte("event:")); ok {
				event = string(bytes.TrimSpace(rest))
			}
			if data, ok := bytes.CutPrefix(ln, []byte("data:")); ok {
				p.heard(event, data)
			}
		}
	})
	return nil
}

// heard is one event.
func (p *page) heard(event string, data []byte) {
	switch event {
	case "ping":
		_, _, _ = p.do("POST", "/api/v1/me/pong", "application/json", string(data), nil)
	case "desk":
		var d desk
		if json.Unmarshal(data, &d) == nil {
			p.draw(d)
		}
	case "pool":
		var l pool
		if json.Unmarshal(data, &l) == nil {
			p.mu.Lock()
			p.pool = l
			p.mu.Unlock()
		}
	}
}

// draw shows a desk, has the mouth speak the call's codec, and does with a
// popup what its agent does.
func (p *page) draw(d desk) {
	p.mu.Lock()
	p.desk = d
	does, fresh := p.does, d.Offer != nil && d.Offer.ID != p.seen
	if d.Offer != nil {
		p.seen = d.Offer.ID
	}
	p.mu.Unlock()
	inHand := slices.IndexFunc(d.Calls, func(c deskCall) bool { return c.State == "talking" })
	switch {
	case len(d.Calls) > 0:
		p.speak(d.Calls[max(0, inHand)].Codec)
	case d.Offer != nil:
		p.speak(d.Offer.Codec)
	default:
		p.mouth.shut()
	}
	if !fresh {
		return
	}
	at := "/api/v1/offers/" + d.Offer.ID
	_, _, _ = p.do("POST", at+"/ack", "application/json", "{}", nil)
	switch does {
	case "answer":
		_, _, _ = p.do("POST", at+"/accept", "", "", nil)
	case "decline":
		_, _, _ = p.do("POST", at+"/decline", "", "", nil)
	}
}

func (p *page) speak(name string) {
	c, err := codec.Parse(name)
	if err != nil {
		c = codec.PCMU
	}
	p.mu.Lock()
	if p.codec != "" {
		c = p.codec
	}
	out := p.out
	p.mu.Unlock()
	if out != nil {
		p.mouth.open(c, out.write)
	}
}

// speaks loads the page in a browser that knows one codec, and no other.
func (p *page) speaks(t testing.TB, c codec.Codec) {
	t.Helper()
	p.mu.Lock()
	p.codec = c
	p.mu.Unlock()
	p.reload(t)
	p.await(t, "has the line again", func(d desk) bool { return d.Agent.StationUp && d.Agent.State == "ready" })
}

// will says what becomes of the next popups.
func (p *page) will(do string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.does = do
}

// now is the desk as it was drawn last.
func (p *page) now() desk {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.desk
}

// await waits until the desk is so, and gives it.
func (p *page) await(t testing.TB, what string, holds func(desk) bool) desk {
	t.Helper()
	var d desk
	until(t, func() string {
		return fmt.Sprintf("%s %s, and has %s", p.name, what, p.now().short())
	}, func() bool {
		d = p.now()
		return holds(d)
	})
	return d
}

// short is a desk in a few words.
func (d desk) short() string {
	s := d.Agent.State
	if d.Offer != nil {
		s += "; an offer"
	}
	for _, c := range d.Calls {
		s += "; a call " + c.State
		if x := c.Transferring; x != nil {
			s += " (transfer " + x.State + " " + x.Reason + ")"
		}
	}
	return s
}

// idle waits until the agent has no call and may get one.
func (p *page) idle(t testing.TB) {
	t.Helper()
	p.await(t, "is ready and has no call", func(d desk) bool {
		return d.Agent.State == "ready" && d.Offer == nil && len(d.Calls) == 0
	})
}

// call waits until the agent has one call in a state, in hand.
func (p *page) call(t testing.TB, state string) deskCall {
	t.Helper()
	return p.await(t, "has a call that is "+state, func(d desk) bool {
		return len(d.Calls) > 0 && d.Calls[0].State == state
	}).Calls[0]
}

// rung waits until a call is offered, and names the offer.
func (p *page) rung(t testing.TB) string {
	t.Helper()
	return p.await(t, "is rung", func(d desk) bool { return d.Offer != nil }).Offer.ID
}

// find gives the call of a name as it stands on the desk.
func (d desk) find(id string) *deskCall {
	for i := range d.Calls {
		if d.Calls[i].ID == id {
			return &d.Calls[i]
		}
	}
	return nil
}

// transferred is a transfer that was begun.
type transferred struct {
	ID      string `json:"id"`
	Consult string `json:"consult"`
}

// transfer begins one.
func (p *page) transfer(t testing.TB, call, mode string, to map[string]string) transferred {
	t.Helper()
	var x transferred
	p.ask(t, "POST", "/api/v1/calls/"+call+"/transfer", map[string]any{"mode": mode, "to": to}, &x)
	return x
}

// hangUp ends a call.
func (p *page) hangUp(t testing.TB, call string) {
	t.Helper()
	p.post(t, "/calls/"+call+"/hangup")
}
