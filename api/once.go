package api

import (
	"bytes"
	chain "container/list"
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
	"time"
)

// once carries an order with an Idempotency-Key out once, and gives the same
// answer to whoever repeats it (draft-ietf-httpapi-idempotency-key-header-07).
// It is in memory and bounded: the oldest answers go first, and a restart
// forgets them all; the floor's own rules make a repeated order harmless then.
type once struct {
	now func() time.Time
	mu  sync.Mutex
	by  map[onceKey]*chain.Element
	old *chain.List // of *onceEntry, oldest first
}

type onceKey struct{ user, key string }

type onceEntry struct {
	key    onceKey
	asked  [sha256.Size]byte // method, address and body
	at     time.Time
	done   bool
	status int
	header http.Header
	body   []byte
}

const (
	onceKept    = 24 * time.Hour
	onceMost    = 20_000
	onceLongest = 200
)

func newOnce(now func() time.Time) *once {
	return &once{now: now, by: map[onceKey]*chain.Element{}, old: chain.New()}
}

// guard stands between the check of rights and the routes.
func (o *once) guard(a *API, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, s := r.Header.Get("Idempotency-Key"), seatOf(r.Context())
		if key == "" || s == nil || reads(r) || r.URL.Path == pongPath { // a pong is worth nothing twice
			next.ServeHTTP(w, r)
			return
		}
		if len(key) > onceLongest {
			a.refuse(w, problem(http.StatusUnprocessableEntity, "invalid", "An Idempotency-Key may have 200 characters."))
			return
		}
		e, p := o.begin(onceKey{string(s.user.ID), key}, asked(r))
		switch {
		case p != nil:
			a.refuse(w, p)
		case e.done:
			replay(w, e)
		default:
			o.carryOut(e, w, r, next)
		}
	})
}

// asked is what makes two requests the same.
func asked(r *http.Request) [sha256.Size]byte {
	body, _ := io.ReadAll(r.Body) // it is in memory already
	r.Body = io.NopCloser(bytes.NewReader(body))
	return sha256.Sum256([]byte(r.Method + " " + r.URL.RequestURI() + "\n" + string(body)))
}

// begin finds the entry of a key, or makes one that is in flight.
func (o *once) begin(k onceKey, asked [sha256.Size]byte) (*onceEntry, *Problem) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	for el := o.old.Front(); el != nil; el = o.old.Front() {
		e := el.Value.(*onceEntry)
		if o.old.Len() < onceMost && now.Sub(e.at) < onceKept {
			break
		}
		o.forget(el)
	}
	el, ok := o.by[k]
	if !ok {
		e := &onceEntry{key: k, asked: asked, at: now}
		o.by[k] = o.old.PushBack(e)
		return e, nil
	}
	e := el.Value.(*onceEntry)
	switch {
	case e.asked != asked:
		return nil, problem(http.StatusUnprocessableEntity, "key-reused", "This Idempotency-Key came with another request.")
	case !e.done:
		return nil, problem(http.StatusConflict, "key-in-flight", "A request with this Idempotency-Key is still being worked on.").with("Retry-After", "1")
	}
	return e, nil
}

func (o *once) forget(el *chain.Element) {
	o.old.Remove(el)
	delete(o.by, el.Value.(*onceEntry).key)
}

// carryOut runs the order and keeps its answer. An answer that asks to try
// again is not kept, nor is none at all.
func (o *once) carryOut(e *onceEntry, w http.ResponseWriter, r *http.Request, next http.Handler) {
	c := &copyWriter{ResponseWriter: w}
	kept := false
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		el, ok := o.by[e.key]
		if !ok || el.Value != e {
			return // too old already
		}
		if !kept {
			o.forget(el)
			return
		}
		e.status, e.header, e.body, e.done = c.status, c.header, c.body.Bytes(), true
	}()
	next.ServeHTTP(c, r)
	kept = c.status != 0 && c.status < http.StatusInternalServerError && c.status != http.StatusTooManyRequests
}

func replay(w http.ResponseWriter, e *onceEntry) {
	for k, v := range e.header {
		w.Header()[k] = v
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(e.status)
	_, _ = w.Write(e.body) // whoever has gone may ask again
}

// copyWriter keeps what goes through it.
type copyWriter struct {
	http.ResponseWriter
	status int
	header http.Header
	body   bytes.Buffer
}

func (c *copyWriter) WriteHeader(status int) {
	if c.status == 0 {
		c.status, c.header = status, http.Header{}
		for _, k := range []string{"Content-Type", "Location", "ETag", "Link", "Allow", "Retry-After"} {
			if v := c.Header().Values(k); len(v) > 0 {
				c.header[k] = v
			}
		}
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *copyWriter) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController what it needs.
func (c *copyWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
