package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"belfry/core"
)

// listener reads a stream.
type listener struct {
	t      testing.TB
	c      *client
	events chan event
	header http.Header
	stop   context.CancelFunc
}

type event struct {
	id, name, data string
}

type desk struct {
	At    time.Time
	Seq   uint64
	Agent struct{ ID, State string }
	Offer *struct {
		ID, Call, Colour, From string
		FromDisplay            string `json:"from_display"`
		FromName               string `json:"from_name"`
		QueueName              string `json:"queue_name"`
		Drawn, Expires         *time.Time
		Ring                   float64
	}
	Calls []struct{ ID, State, Interaction string }
	Post  *struct{ Ends time.Time }
}

func (c *client) listen() *listener { c.h.t.Helper(); return c.hear("/api/v1/me/events") }

func (c *client) hear(path string) *listener {
	c.h.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", c.h.url+path, nil)
	if err != nil {
		c.h.t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", "48211")
	resp, err := c.Do(req)
	if err != nil {
		c.h.t.Fatal(err)
	}
	l := &listener{t: c.h.t, c: c, events: make(chan event, 1024), header: resp.Header, stop: stop}
	c.h.t.Cleanup(stop)
	go func() {
		defer resp.Body.Close()
		defer close(l.events)
		var e event
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			key, value, _ := strings.Cut(s.Text(), ": ")
			switch key {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.name != "" {
					l.events <- e
				}
				e = event{}
			}
		}
	}()
	return l
}

// next waits for an event of the name; pings are answered on the way when
// alive says so.
func (l *listener) next(name string, alive bool) event {
	l.t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case e, ok := <-l.events:
			if !ok {
				l.t.Fatalf("the stream ended while waiting for %s", name)
			}
			if e.name == "ping" && alive {
				if r := l.c.post("/api/v1/me/pong", e.data); r.status != 204 {
					l.t.Fatalf("pong: %d %s", r.status, r.body)
				}
			}
			if e.name == name {
				return e
			}
		case <-late:
			l.t.Fatalf("no %s within 10 s", name)
		}
	}
}

// until waits for a desk that is as wanted.
func (l *listener) until(what string, ok func(desk) bool) desk {
	l.t.Helper()
	var seen []string
	defer func() {
		if l.t.Failed() {
			l.t.Logf("waiting for %s there came:\n%s", what, strings.Join(seen, "\n"))
		}
	}()
	for {
		e := l.next("desk", true)
		var d desk
		if err := json.Unmarshal([]byte(e.data), &d); err != nil {
			l.t.Fatal(err)
		}
		if e.id != "" && e.id != strconv.FormatUint(d.Seq, 10) {
			l.t.Errorf("id %s, seq %d", e.id, d.Seq)
		}
		if ok(d) {
			return d
		}
		seen = append(seen, e.data)
	}
}

// onShift brings an agent to work: a line, a page, a shift.
func (h *house) onShift(login string) (*client, *listener) {
	h.t.Helper()
	c := h.as(login)
	l := c.listen()
	if r := c.post("/api/v1/me/station", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", "Content-Type", "application/sdp"); r.status != 201 {
		h.t.Fatalf("station: %d %s", r.status, r.body)
	}
	if r := c.post("/api/v1/me/shift/start", ""); r.status != 200 {
		h.t.Fatalf("start: %d %s", r.status, r.body)
	}
	l.until("ready", func(d desk) bool { return d.Agent.State == "ready" })
	return c, l
}

func TestStreamBeginsWithTheDesk(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := h.as("ann").listen()
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no",
	} {
		if got := l.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	e := <-l.events
	var d desk
	if err := json.Unmarshal([]byte(e.data), &d); err != nil || e.name != "desk" || d.Agent.ID != "usr_ann" || d.Agent.State != "off" || d.Calls == nil {
		t.Errorf("first event: %+v %v", e, err)
	}
	l.next("ping", true)
	if ev := <-h.floor.told; ev != (core.PageCame{Agent: "usr_ann"}) {
		t.Errorf("told %#v", ev)
	}
}

func TestAllTabsAreOnePage(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.as("ann")
	one, two := c.listen(), c.listen()
	one.next("desk", true)
	two.next("desk", true)
	one.stop()
	for range one.events {
	}
	two.stop()
	for range two.events {
	}
	for _, want := range []core.Event{core.PageCame{Agent: "usr_ann"}, core.PageGone{Agent: "usr_ann"}} {
		select {
		case ev := <-h.floor.told:
			if ev != want {
				t.Errorf("told %#v, want %#v", ev, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("never told %#v", want)
		}
	}
	// A supervisor who takes no calls is no page to the floor.
	h.as("sam").listen().next("desk", true)
	select {
	case ev := <-h.floor.told:
		t.Errorf("told %#v", ev)
	default:
	}
}

func TestACall(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann, l := h.onShift("ann")
	bob, _ := h.onShift("bob")
	h.floor.call("cal_01", "+33612345678")
	d := l.until("offered", func(d desk) bool { return d.Offer != nil })
	o := d.Offer
	if o.From != "+33612345678" || o.FromDisplay != "+33 6 12 34 56 78" || o.Colour != "raspberry" || o.QueueName != "sales" || o.Ring != 20 || o.Drawn != nil || o.Expires != nil {
		t.Errorf("offer: %+v", o)
	}
	for _, verb := range []string{"accept", "decline", "ack"} {
		if r := bob.post("/api/v1/offers/"+o.ID+"/"+verb, ""); r.status != 404 || r.code() != "no-such-offer" {
			t.Errorf("bob's %s of ann's offer: %d %s", verb, r.status, r.body)
		}
	}
	if r := ann.post("/api/v1/offers/"+o.ID+"/ack", `{"rendered_ms":6.2}`); r.status != 204 {
		t.Fatalf("ack: %d %s", r.status, r.body)
	}
	d = l.until("drawn", func(d desk) bool { return d.Offer != nil && d.Offer.Drawn != nil })
	if ring := d.Offer.Expires.Sub(*d.Offer.Drawn); ring != 20*time.Second {
		t.Errorf("rings %v", ring)
	}
	var now desk
	ann.post("/api/v1/offers/"+o.ID+"/accept", "").read(t, &now)
	if len(now.Calls) != 1 || now.Offer != nil {
		t.Errorf("the answer to accept is no desk with the call: %+v", now)
	}
	if r := ann.post("/api/v1/offers/"+o.ID+"/accept", ""); r.status != 200 {
		t.Errorf("accept twice: %d %s", r.status, r.body)
	}
	l.until("talking", func(d desk) bool { return d.Agent.State == "talking" && len(d.Calls) == 1 })
	for _, x := range []struct{ verb, body, state string }{{"hold", "", "held"}, {"resume", "", "talking"}, {"mute", "", "talking"}, {"unmute", "", "talking"}, {"dtmf", `{"digits":"1#"}`, "talking"}} {
		var d desk
		r := ann.post("/api/v1/calls/cal_01/"+x.verb, x.body)
		r.read(t, &d)
		if r.status != 200 || len(d.Calls) != 1 || d.Calls[0].State != x.state {
			t.Errorf("%s: %d %s", x.verb, r.status, r.body)
		}
		if r := bob.post("/api/v1/calls/cal_01/"+x.verb, x.body); r.status != 404 {
			t.Errorf("bob's %s of ann's call: %d %s", x.verb, r.status, r.body)
		}
	}
	if r := h.as("ann").get("/api/v1/interactions/int_01"); r.status != 200 || !strings.Contains(r.body, `"outcome":null`) {
		t.Errorf("live: %d %s", r.status, r.body)
	}
	if r := ann.post("/api/v1/calls/cal_01/hangup", ""); r.status != 200 {
		t.Fatalf("hangup: %d %s", r.status, r.body)
	}
	l.until("post", func(d desk) bool { return d.Post != nil })
	if r := ann.post("/api/v1/me/post/extend", ""); r.status != 200 {
		t.Errorf("extend: %d %s", r.status, r.body)
	}
	if r := ann.post("/api/v1/me/post/end", ""); r.status != 200 {
		t.Errorf("end: %d %s", r.status, r.body)
	}
	l.until("ready again", func(d desk) bool { return d.Agent.State == "ready" })
	h.keepFacts()
	h.readInteraction(ann, bob)
}

// keepFacts puts what the floor noted on the shelf, until a call is among it.
func (h *house) keepFacts() {
	h.t.Helper()
	for {
		select {
		case f := <-h.floor.facts:
			h.meter.Note(f)
			if i, ok := f.(core.Interaction); ok {
				h.kept.keep(i)
				return
			}
		case <-time.After(10 * time.Second):
			h.t.Fatal("no interaction was noted")
		}
	}
}

func (h *house) readInteraction(ann, bob *client) {
	t := h.t
	t.Helper()
	var all struct {
		Items []struct {
			ID, From, To, Queue, Agent, Outcome string
			AgentName                           string `json:"agent_name"`
			Recordings                          []any
		}
		Next *string
	}
	ann.get("/api/v1/interactions?limit=10").read(t, &all)
	if len(all.Items) != 1 || all.Next != nil {
		t.Fatalf("list: %+v", all)
	}
	i := all.Items[0]
	if i.ID != "int_01" || i.From != "+33612345678" || i.To != "+33100000001" || i.Queue != "que_sales" || i.Agent != "usr_ann" || i.AgentName != "Ann Martin" || i.Outcome != "answered" || i.Recordings == nil {
		t.Errorf("interaction: %+v", i)
	}
	var why struct {
		Items []struct {
			Agent, Outcome string
			Candidates     []struct {
				Agent, Reason string
				Eligible      bool
				Score         int64
				Terms         []struct{ Name string }
			}
		}
	}
	ann.get("/api/v1/interactions/int_01/decisions").read(t, &why)
	if len(why.Items) != 1 || why.Items[0].Agent != "usr_ann" || len(why.Items[0].Candidates) == 0 || why.Items[0].Candidates[0].Terms == nil {
		t.Errorf("decisions: %+v", why)
	}
	for who, want := range map[string]int{"bob": 404, "sam": 200, "admin": 200} {
		if r := h.as(who).get("/api/v1/interactions/int_01"); r.status != want {
			t.Errorf("interaction as %s: %d %s", who, r.status, r.body)
		}
	}
	if r := bob.get("/api/v1/interactions"); !strings.Contains(r.body, `"items":[]`) {
		t.Errorf("bob sees %s", r.body)
	}
	m := ann.get("/metrics").body
	for _, want := range []string{
		`belfry_calls_answered_total{queue="que_sales",direction="inbound"} 1`, "belfry_popup_delivery_seconds_count 1",
		`belfry_agents{state="ready"} 2`, "belfry_sse_clients 2", `belfry_queue_waiting{queue="que_sales"} 0`, `belfry_http_requests_total{method="POST",code="204"}`,
	} {
		if !strings.Contains(m, want) {
			t.Errorf("metrics lack %s:\n%s", want, m)
		}
	}
}

func TestTakeFromThePool(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann, _ := h.onShift("ann")
	bob, _ := h.onShift("bob")
	for _, c := range []*client{ann, bob} { // who is at lunch is offered nothing
		if r := c.do("PUT", "/api/v1/me/activity", `{"activity":"act_lunch"}`); r.status != 200 {
			t.Fatalf("lunch: %d %s", r.status, r.body)
		}
	}
	h.floor.call("cal_01", "+33612345678")
	var pool struct {
		Waiting []struct {
			Call    string
			MayTake bool `json:"may_take"`
		}
		Total int
	}
	for late := time.Now().Add(5 * time.Second); pool.Total != 1; { // the ACK comes as news of its own
		if ann.get("/api/v1/me/pool").read(t, &pool); time.Now().After(late) {
			t.Fatalf("pool: %+v", pool)
		}
	}
	type result struct{ status int }
	results := make(chan result, 2)
	for _, c := range []*client{ann, bob} {
		go func() { results <- result{c.post("/api/v1/pool/cal_01/take", "").status} }()
	}
	one, two := (<-results).status, (<-results).status
	if one+two != 200+409 || pool.Waiting[0].Call != "cal_01" {
		t.Errorf("a race of two for %+v: %d and %d", pool, one, two)
	}
}

func TestFrozenPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann, l := h.onShift("ann")
	h.floor.call("cal_01", "+33612345678")
	d := l.until("offered", func(d desk) bool { return d.Offer != nil })
	if r := ann.post("/api/v1/offers/"+d.Offer.ID+"/ack", ""); r.status != 204 {
		t.Fatalf("ack: %d %s", r.status, r.body)
	}
	began := time.Now()
	// From here on it answers no ping.
	var froze bool
	for late := time.After(5 * time.Second); !froze; {
		select {
		case ev := <-h.floor.told:
			froze = ev == core.PageFroze{Agent: "usr_ann"}
		case <-late:
			t.Fatal("the floor was never told that the page is frozen")
		}
	}
	if d := time.Since(began); d < 1500*time.Millisecond || d > 3500*time.Millisecond {
		t.Errorf("frozen after %v", d)
	}
	l.next("ping", true)
	for late := time.After(5 * time.Second); ; {
		select {
		case ev := <-h.floor.told:
			if ev == (core.PageThawed{Agent: "usr_ann"}) {
				return
			}
		case <-late:
			t.Fatal("the floor was never told that the page answers again")
		}
	}
}

func TestSignOutEndsTheStream(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.as("ann")
	l := c.listen()
	l.next("ping", true)
	c.do("DELETE", "/api/v1/session", "")
	late := time.After(5 * time.Second)
	for {
		select {
		case _, ok := <-l.events:
			if !ok {
				return
			}
		case <-late:
			t.Fatal("the stream goes on after sign-out")
		}
	}
}

func TestCloseEndsTheStreams(t *testing.T) {
	t.Parallel()
	h := open(t)
	l := h.as("ann").listen()
	l.next("ping", true)
	h.api.Close()
	for range l.events {
	}
	if r := h.browser().get("/readyz"); r.status != 503 || r.header.Get("Retry-After") == "" {
		t.Errorf("readyz: %d %v", r.status, r.header)
	}
}

// A reader who does not read is cut off, and nobody waits for it.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.as("ann")
	token := h.cookie(ann)
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /api/v1/me/events HTTP/1.1\r\nHost: x\r\nCookie: belfry_session=%s\r\n\r\n", token)
	if ev := <-h.floor.told; ev != (core.PageCame{Agent: "usr_ann"}) {
		t.Fatalf("told %#v", ev)
	}
	d := &core.Desk{Agent: core.DeskAgent{ID: "usr_ann", Name: strings.Repeat("long ", 20_000)}, Epoch: 9}
	for n := range 2000 { // 200 MB, which no socket buffers
		began := time.Now()
		d := *d
		d.Seq = uint64(n)
		h.screens.Draw("usr_ann", &d)
		if took := time.Since(began); took > time.Second {
			t.Fatalf("drawing waited %v for a slow reader", took)
		}
	}
	select {
	case ev := <-h.floor.told:
		if ev != (core.PageGone{Agent: "usr_ann"}) {
			t.Errorf("told %#v", ev)
		}
	case <-time.After(20 * time.Second):
		t.Error("the slow reader was never cut off")
	}
}

// cookie is the client's session.
func (h *house) cookie(c *client) string {
	req, err := http.NewRequest("GET", h.url, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, k := range c.Jar.Cookies(req.URL) {
		return k.Value
	}
	h.t.Fatal("no cookie")
	return ""
}

// The page counts against the desk's time; on a quiet floor it must not stand.
func TestDeskTellsTheTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.as("ann")
	old := h.floor.Desk("usr_ann").At.Std()
	var d desk
	c.get("/api/v1/me/desk").read(t, &d)
	if !d.At.After(old) || time.Since(d.At) > 5*time.Second {
		t.Errorf("the floor stands at %v, the desk says %v", old, d.At)
	}
}
