package api

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// tries slows down who guesses passwords. Wrong tries count for a peer with a
// login, and for a peer alone; nobody can lock a victim out from elsewhere.
type tries struct {
	now     func() time.Time
	mu      sync.Mutex
	wrong   map[string]*tally
	waiting int
}

type tally struct {
	n    int
	last time.Time
}

const (
	freePair    = 5  // wrong tries of one login from one peer before it slows
	freePeer    = 30 // of any logins from one peer
	longestWait = 8 * time.Second
	mostWaiting = 64
	forgetAfter = 15 * time.Minute
)

func newTries(now func() time.Time) *tries { return &tries{now: now, wrong: map[string]*tally{}} }

// wait holds a sign-in back for as long as earlier wrong ones call for. It says
// false when too many are waiting already.
func (t *tries) wait(ctx context.Context, from netip.Addr, login string) bool {
	t.mu.Lock()
	d := max(t.delay(pairKey(from, login), freePair), t.delay(peerKey(from), freePeer))
	if d > 0 && t.waiting >= mostWaiting {
		t.mu.Unlock()
		return false
	}
	t.waiting++
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		t.waiting--
		t.mu.Unlock()
	}()
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// delay doubles with each wrong try beyond the free ones: 250 ms to 8 s.
func (t *tries) delay(key string, free int) time.Duration {
	w := t.wrong[key]
	if w == nil || w.n < free || t.now().Sub(w.last) > forgetAfter {
		return 0
	}
	return min(250*time.Millisecond<<min(w.n-free, 5), longestWait)
}

// failed counts a wrong try, right forgets those of the pair.
func (t *tries) failed(from netip.Addr, login string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if len(t.wrong) > 10_000 {
		for k, w := range t.wrong {
			if now.Sub(w.last) > forgetAfter {
				delete(t.wrong, k)
			}
		}
		if len(t.wrong) > 10_000 { // all of them fresh: an attack from many peers
			clear(t.wrong)
		}
	}
	for _, key := range []string{pairKey(from, login), peerKey(from)} {
		w := t.wrong[key]
		if w == nil || now.Sub(w.last) > forgetAfter {
			w = &tally{}
			t.wrong[key] = w
		}
		w.n++
		w.last = now
	}
}

func (t *tries) right(from netip.Addr, login string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.wrong, pairKey(from, login))
}

func pairKey(from netip.Addr, login string) string {
	return peerKey(from) + " " + strings.ToLower(login)
}

// peerKey is the address; of IPv6 the network, since one host has all of it.
func peerKey(from netip.Addr) string {
	if from.Is6() {
		if p, err := from.Prefix(64); err == nil {
			return p.String()
		}
	}
	return from.String()
}
