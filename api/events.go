package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"belfry/core"
)

const (
	pingIdle    = 10 * time.Second
	pingOffered = 400 * time.Millisecond // with frozenTime: the next agent within 2.5 s
	poolGap     = 450 * time.Millisecond
	seatCheck   = 5 * time.Second // a session that ended is off the air by then
	eventTime   = 10 * time.Second
	pongPath    = "/api/v1/me/pong"
)

// pingView asks the page's main thread for an answer: POST /api/v1/me/pong.
type pingView struct {
	N uint64 `json:"n"`
}

type pongInput struct {
	Body pingView `nameHint:"Pong"`
}

type soundInput struct {
	Body struct {
		Fault string `json:"fault" enum:",no_mic,mic_dead,no_output" doc:"no_mic: no microphone may be had; mic_dead: it gives nothing; no_output: nothing can be played; empty: all is well"`
	} `nameHint:"SoundCheck"`
}

type eventsInput struct {
	LastEventID string `header:"Last-Event-ID" doc:"Of no effect: the first event is the whole desk"`
}

func (a *API) routesOfEvents() {
	const tag = "Events"
	route(a, huma.Operation{
		OperationID: "events", Method: http.MethodGet, Path: "/api/v1/me/events", Tags: []string{tag},
		Summary: "The stream of what happens to me",
		Description: "Server-sent events. desk: the whole desk, first of all and each time it changes. pool: the waiting calls, at most every 0.45 s. " +
			"ping: to be answered with pong by the page's main thread, every 10 s, every 0.4 s while a call is offered. 2 s without an answer while a call is offered and it goes to somebody else; 5 s while none is, and none comes until the page answers again. " +
			"No event for 25 s: the line is dead, connect again. A reader who is 256 events late is cut off.",
		Responses: a.eventsDoc(),
	}, func(_ context.Context, s *seat, _ *eventsInput) (*stream, error) {
		return &stream{func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			p, err := a.o.Screens.join(s.user.ID, s.token, s.mayWork())
			if err != nil {
				a.refuse(w, a.problemOf(r.Context(), err))
				return
			}
			defer a.o.Screens.leave(p)
			(&airing{a: a, s: s, p: p, w: w, ctl: http.NewResponseController(w)}).run(r.Context())
		}}, nil
	})
	route(a, huma.Operation{
		OperationID: "pong", Method: http.MethodPost, Path: pongPath, Tags: []string{tag}, DefaultStatus: http.StatusNoContent,
		Summary: "Answer a ping",
	}, func(_ context.Context, s *seat, in *pongInput) (*nothing, error) {
		a.o.Screens.pong(s.user.ID, in.Body.N) // a late one is no error
		return nil, nil                        //nolint:nilnil // huma: no body
	})
	route(a, huma.Operation{
		OperationID: "checkSound", Method: http.MethodPost, Path: "/api/v1/me/sound", Tags: []string{tag}, DefaultStatus: http.StatusNoContent,
		Summary:     "Say how the page's own sound is",
		Description: "Sent by the page that has the audio line: when the line is up, and when something changes. With a fault no call comes to the browser until it says that all is well; nobody is charged for it.",
	}, func(_ context.Context, s *seat, in *soundInput) (*nothing, error) {
		return nil, a.o.Floor.Tell(core.SoundChecked{Agent: s.user.ID, Fault: in.Body.Fault})
	})
}

// eventsDoc says what the stream's data are; OpenAPI 3.1 has no better place.
func (a *API) eventsDoc() map[string]*huma.Response {
	r := a.huma.OpenAPI().Components.Schemas
	event := func(name string, t reflect.Type) *huma.Schema {
		return &huma.Schema{
			Type: huma.TypeObject, Required: []string{"event", "data"},
			Properties: map[string]*huma.Schema{
				"id":    {Type: huma.TypeInteger, Description: "The desk's seq"},
				"event": {Type: huma.TypeString, Enum: []any{name}},
				"data":  r.Schema(t, true, name),
			},
		}
	}
	one := &huma.Schema{OneOf: []*huma.Schema{
		event("desk", reflect.TypeFor[deskView]()), event("pool", reflect.TypeFor[poolView]()), event("ping", reflect.TypeFor[pingView]()),
	}}
	return map[string]*huma.Response{"200": {
		Description: "Events, one after the other; each is one of these.",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeArray, Items: one}}},
	}}
}

// airing is one stream while it lasts.
type airing struct {
	a   *API
	s   *seat
	p   *page
	w   http.ResponseWriter
	ctl *http.ResponseController
	buf bytes.Buffer

	last    *core.Desk // that was sent
	offered bool
	pooled  time.Time // a pool was sent
}

// run sends until the reader goes, is cut off, or loses the session.
func (g *airing) run(ctx context.Context) {
	g.begin()
	ping, check := time.NewTicker(pingIdle), time.NewTicker(seatCheck)
	pool, freeze := stopped(), stopped()
	defer func() {
		for _, stop := range []func(){ping.Stop, check.Stop, func() { pool.Stop() }, func() { freeze.Stop() }} {
			stop()
		}
	}()
	pinged := g.offered // begin has set the pace
	if pinged {
		ping.Reset(pingOffered)
	}
	for ok := g.first(ctx); ok; {
		if g.offered != pinged {
			pinged = g.offered
			ping.Reset(pace(pinged))
			ok = !pinged || g.ping()
		}
		if at := g.a.o.Screens.watch(g.p); !at.IsZero() {
			freeze.Reset(at.Sub(g.a.o.Now()))
		}
		if !ok {
			return
		}
		select {
		case d := <-g.p.desks:
			ok = g.desk(d)
		case <-g.p.pooled:
			if wait := poolGap - g.a.o.Now().Sub(g.pooled); wait > 0 {
				pool.Reset(wait)
				continue
			}
			ok = g.pool(g.a.o.Screens.newest(g.p))
		case <-pool.C:
			ok = g.pool(g.a.o.Screens.newest(g.p))
		case <-ping.C:
			ok = g.ping()
		case <-freeze.C: // the floor is told at the top
		case <-check.C:
			ok = g.stillSits(ctx)
		case <-g.p.gone:
			return
		case <-ctx.Done():
			return
		case <-g.a.over:
			return
		}
	}
}

func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

func pace(offered bool) time.Duration {
	if offered {
		return pingOffered
	}
	return pingIdle
}

func (g *airing) begin() {
	h := g.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	g.w.WriteHeader(http.StatusOK)
}

// first sends the whole desk, the pool and a ping. The page has joined already:
// what changes from here on is not missed.
func (g *airing) first(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	d := g.a.o.Floor.Desk(g.s.user.ID)
	if d == nil {
		d = g.a.blank(g.s)
	}
	g.a.o.Screens.seen(g.p, d)
	g.buf.WriteString("retry: 500\n\n")
	if !g.desk(d) {
		return false
	}
	if l := g.a.o.Floor.PoolOf(g.s.user.ID); l != nil && !g.pool(l) {
		return false
	}
	return g.ping()
}

func (g *airing) desk(d *core.Desk) bool {
	if late(d, g.last) || g.last != nil && d.Epoch == g.last.Epoch && d.Seq == g.last.Seq && d.Seq != 0 {
		return true // late, or shown already
	}
	g.last, g.offered = d, offered(d)
	return g.send("desk", d.Seq, viewDesk(d, g.a.at()))
}

func (g *airing) pool(l *core.Pool) bool {
	if l == nil {
		return true
	}
	g.pooled = g.a.o.Now()
	return g.send("pool", 0, viewPool(l, g.a.at()))
}

func (g *airing) ping() bool { return g.send("ping", 0, pingView{g.a.o.Screens.ask(g.p)}) }

// send writes one event; false: the reader is gone, or too slow.
func (g *airing) send(event string, id uint64, data any) bool {
	if id != 0 {
		fmt.Fprintf(&g.buf, "id: %d\n", id)
	}
	fmt.Fprintf(&g.buf, "event: %s\ndata: ", event)
	enc := json.NewEncoder(&g.buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(data); err != nil { // ends the line
		g.a.log.Error("event not sent", "event", event, "error", err)
		return false
	}
	g.buf.WriteByte('\n')
	return g.flush()
}

// flush sends what is written; false: the reader is gone, or too slow.
func (g *airing) flush() bool {
	_ = g.ctl.SetWriteDeadline(time.Now().Add(eventTime)) // test recorders have none
	_, err := g.w.Write(g.buf.Bytes())
	g.buf.Reset()
	return err == nil && g.ctl.Flush() == nil
}

// stillSits says whether the session still holds.
func (g *airing) stillSits(ctx context.Context) bool {
	s, err := g.a.sit(ctx, g.p.token)
	return err != nil || s != nil // a database that stumbles cuts nobody off
}
