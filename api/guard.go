package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
)

const (
	maxBody   = 64 << 10
	readTime  = 10 * time.Second // for a body
	writeTime = 30 * time.Second // for an answer; streams and audio set their own
)

// guard stands before every route: who may come in, with what, and how long it
// may take. What the table of rights does not allow never reaches a route.
func (a *API) guard(next http.Handler) http.Handler {
	next = a.once.guard(a, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		prove(r.Context())
		counted := &statusWriter{ResponseWriter: w}
		defer a.recover(counted, r)
		a.headers(counted, r)
		a.enter(counted, r, next)
		a.o.Meter.request(r.Method, counted.status)
	})
}

// enter lets the request in, or says why not.
func (a *API) enter(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if p := a.fromAbroad(r); p != nil {
		a.refuse(w, p)
		return
	}
	_, pattern := a.mux.Handler(r)
	n := needs[pattern] // none: nobody
	if pattern == "" {
		a.nothingHere(w, r)
		return
	}
	if n.who == byMachine && near(r) {
		n.who = byAnyone
	}
	var s *seat
	if n.who != byAnyone {
		var err error
		if s, err = a.sit(r.Context(), a.token(r)); err != nil {
			a.refuse(w, a.problemOf(r.Context(), err))
			return
		}
		if s == nil && n.who == byPage {
			http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
			return
		}
		if s == nil {
			a.refuse(w, problem(http.StatusUnauthorized, "not-signed-in", "Sign in first.").with("Www-Authenticate", `Bearer realm="belfry"`))
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), seatKey{}, s))
	}
	if !n.holds(s) {
		a.refuse(w, problem(http.StatusForbidden, "not-allowed", "Your profile does not have the right to do this."))
		return
	}
	if p := a.takeBody(w, r); p != nil {
		a.refuse(w, p)
		return
	}
	next.ServeHTTP(w, r)
}

// fromAbroad refuses what another site's page sends: orders always, and of the
// API also what is only read. A link that somebody follows is no such thing.
func (a *API) fromAbroad(r *http.Request) *Problem {
	err := a.foreign.Check(r)
	if err == nil && strings.HasPrefix(r.URL.Path, "/api/") && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
		switch r.Header.Get("Sec-Fetch-Site") {
		case "", "same-origin", "none":
		default:
			err = errors.New("read by a page of another site")
		}
	}
	if err == nil {
		return nil
	}
	return problem(http.StatusForbidden, "foreign-origin", "This request comes from a page of another site.")
}

// takeBody reads the body, so that no route waits for a slow sender, and gives
// it back to be read again.
func (a *API) takeBody(w http.ResponseWriter, r *http.Request) *Problem {
	ctl := http.NewResponseController(w)
	_ = ctl.SetWriteDeadline(time.Now().Add(writeTime)) // test recorders have none
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	_ = ctl.SetReadDeadline(time.Now().Add(readTime))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem(http.StatusRequestEntityTooLarge, "too-large", "A body may have 64 kB.")
	}
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
		return problem(http.StatusRequestTimeout, "too-slow", "The body did not come in time.")
	}
	if err != nil {
		return problem(http.StatusBadRequest, "unreadable", "The body could not be read.")
	}
	_ = ctl.SetReadDeadline(time.Time{})
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// nothingHere is for a method that no route of this address has.
func (a *API) nothingHere(w http.ResponseWriter, r *http.Request) {
	if allow := a.allowed(r); allow != "" {
		a.refuse(w, problem(http.StatusMethodNotAllowed, "method-not-allowed", "This address takes "+allow+".").with("Allow", allow))
		return
	}
	a.refuse(w, problem(http.StatusNotFound, "no-such-thing", "There is nothing at this address."))
}

// allowed are the methods that the address has.
func (a *API) allowed(r *http.Request) string {
	var have []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		try := &http.Request{Method: m, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(try); strings.HasPrefix(pattern, m+" ") {
			have = append(have, m)
		}
	}
	return strings.Join(have, ", ")
}

// recover keeps a route that panics from taking the process with it.
func (a *API) recover(w *statusWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler { //nolint:errorlint // a value of panic, compared as net/http does
		panic(v)
	}
	a.log.ErrorContext(r.Context(), "route panicked", "method", r.Method, "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
	a.o.Meter.request(r.Method, http.StatusInternalServerError)
	if w.status == 0 {
		a.refuse(w, problem(http.StatusInternalServerError, "internal", "Something went wrong on our side; the log has it."))
		return
	}
	panic(http.ErrAbortHandler) // half an answer is out: cut it off
}

// near says whether the peer is on this machine and speaks for itself.
func near(r *http.Request) bool {
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	return peer(r).IsLoopback()
}

func peer(r *http.Request) netip.Addr {
	ap, _ := netip.ParseAddrPort(r.RemoteAddr)
	return ap.Addr().Unmap()
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController what it needs.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
