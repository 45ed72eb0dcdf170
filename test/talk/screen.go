package talk

import (
	"fmt"
	"testing"
	"time"

	"belfry/media/codec"
	"belfry/test/browser"
)

// screen is an agent whose page is in a real browser: one that can crash, sleep,
// and lose its network. The page is also there as a client of the API, whose line
// and stream of events are never opened.
type screen struct {
	*page
	*browser.Page
	m     *team
	b     *browser.Browser
	where string // the site, as the browser reaches it
}

// sit has a team's agent leave their page for one in a browser.
func (m *team) sit(t testing.TB, o browser.Options, where string) *screen {
	t.Helper()
	m.agent.leave()
	if where == "" {
		where = m.h.HTTP
	}
	o.Microphone, o.Raw = browser.Tone(t, m.agent.hz, 10), true
	s := &screen{page: m.agent, m: m, b: browser.Launch(t, o), where: where}
	return s
}

// opens loads the page in a browser context of its own: another computer, as far
// as the site can tell.
func (s *screen) opens(t testing.TB) {
	t.Helper()
	home := s.b.Context()
	home.Cookie(s.where, "belfry_session", s.cookie)
	s.Page = home.Open(s.where + "/banner")
}

// works starts the shift, or goes on with it.
func (s *screen) works(t testing.TB) {
	t.Helper()
	s.opens(t)
	if s.fresh(t).Agent.State == "off" {
		s.Click("button", "I am available")
	}
	s.sees(t, "is ready", func(d desk) bool { return d.Agent.State == "ready" && d.Agent.StationUp })
}

// fresh asks for the desk.
func (s *screen) fresh(t testing.TB) (d desk) {
	t.Helper()
	s.ask(t, "GET", "/api/v1/me/desk", nil, &d)
	return d
}

// sees waits until the desk is so.
func (s *screen) sees(t testing.TB, what string, holds func(desk) bool) (d desk) {
	t.Helper()
	until(t, func() string { return fmt.Sprintf("%s %s, and has %s", s.name, what, d.short()) }, func() bool {
		d = s.fresh(t)
		return holds(d)
	})
	return d
}

// takes has a caller come in and talk with the agent at the browser.
func (s *screen) takes(t testing.TB, codecs ...codec.Codec) (caller *line, call deskCall) {
	t.Helper()
	caller = s.m.h.dial("the caller", hz(s.m.n, 4), s.m.number(), codecs...)
	s.Wait(`document.querySelector('[role="alertdialog"][aria-labelledby]') !== null`)
	s.Click("button", "Accept")
	caller.answered(t)
	call = s.sees(t, "talks", func(d desk) bool { return len(d.Calls) == 1 && d.Calls[0].State == "talking" }).Calls[0]
	s.talks(t, &caller.voice)
	return caller, call
}

// talks waits until the agent and another hear each other.
func (s *screen) talks(t testing.TB, with *voice) {
	t.Helper()
	said := ""
	until(t, func() string { return said }, func() bool { said = with.hearsTone(s.hz); return said == "" })
	s.WaitTone(with.hz)
}

// pass lets time pass at the page while nobody does anything.
func (s *screen) pass(d time.Duration) {
	s.Eval(fmt.Sprintf(`new Promise((done) => setTimeout(done, %d))`, d.Milliseconds()), nil)
}

// same says that it is the call that it was, and gives it.
func (s *screen) same(t testing.TB, was deskCall, state string) deskCall {
	t.Helper()
	d := s.sees(t, "has the call "+state, func(d desk) bool {
		c := d.find(was.ID)
		return c != nil && c.State == state && d.Agent.StationUp
	})
	is := *d.find(was.ID)
	if is.Began != was.Began || is.Interaction != was.Interaction || is.Recording.ID != was.Recording.ID {
		t.Errorf("it is another call: %+v was %+v", is, was)
	}
	return is
}
