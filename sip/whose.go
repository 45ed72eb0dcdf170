package sip

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/icholy/digest"

	"belfry/core"
)

// who is a user of ours whose phone has proven itself.
type who struct {
	ext  string
	user core.UserID
}

// proof is what a request says about who sends it.
type proof uint8

const (
	unproven proof = iota // nothing that answers a challenge of ours
	stale                 // a challenge that is too old, or was answered before
	wrong
	proven
)

// whose says whose call an INVITE is: empty when it is a trunk's. What comes
// from a registered phone, says that it comes from an extension, or comes from
// nowhere that is known, has to prove itself. proceed is false when the request
// was answered.
func (l *lane) whose(m *message, trunk Trunk, known bool) (w who, proceed bool) {
	e := l.e
	switch {
	case trunk.way != nil:
		return who{}, l.vouched(trunk.way, m)
	case e.opts.Secret == nil || e.opts.Users == nil:
		if !known {
			l.refuse(m, 403, "Forbidden")
		}
		return who{}, known
	case !known, e.registrar.lives(m.flow), l.isExtension(m.from.uri), credentialed(m):
		return l.authenticate(m)
	}
	return who{}, true
}

func (l *lane) isExtension(address string) bool {
	u, ok := parseURI(address)
	if !ok {
		return false
	}
	_, ok = l.e.opts.Users(number(u.user))
	return ok
}

func credentialed(m *message) bool {
	_, some := m.get(hAuthorization)
	return some
}

// authenticate has the sender prove who they are. false: the request was
// answered. Unknown extensions and wrong passwords get the same answers.
func (l *lane) authenticate(m *message) (w who, ok bool) {
	e := l.e
	from := m.flow.addr.Addr()
	ext, p := e.prove(m, l.now)
	if p == proven {
		if w.user, ok = e.opts.Users(ext); ok {
			e.guard.trust(from, l.now)
			l.stood(m)
			w.ext = ext
			return w, true
		}
		p = wrong
	}
	if p == wrong {
		l.turnAway(m, ext)
		return who{}, false
	}
	points := int64(askedScore)
	if p == stale {
		points = 0
	}
	slow := e.guard.blame(from, points, l.spared(from), l.now)
	if !slow || e.opts.Spare(from) {
		l.challenge(m, p == stale)
		return who{}, false
	}
	l.later(m, nil, func(m *message) { l.challenge(m, false) }) // nothing is kept: who asks may be made up
	return who{}, false
}

// prove checks the credentials of a request, if it has any for us.
func (e *Endpoint) prove(m *message, now int64) (ext string, p proof) {
	var c credentials
	found := false
	for i := range m.hdrs {
		if m.hdrs[i].id != hAuthorization || found {
			continue
		}
		got, ok := parseCredentials(m.hdrs[i].value)
		if ok && got.realm == realm {
			c, found = got, true
		}
	}
	from := m.flow.addr.Addr()
	at := e.opts.Now()
	switch {
	case !found || !c.wellFormed():
		return "", unproven
	case !e.nonces.fresh(c.nonce, from, at):
		return "", stale
	case !sameTarget(c.uri, m.uri):
		return c.username, wrong
	case !e.registrar.trusts(m.flow, c.username) && !e.guard.mayGuess(from, c.username, now):
		return c.username, wrong
	}
	secret := e.nonces.nobodys(c.username) // made for all, so that it takes all the same time
	real, known := e.opts.Secret(c.username)
	if known {
		secret = real
	}
	if right := c.answers(m.method, secret); !right || !known {
		e.guard.guessedWrong(from, c.username, now)
		return c.username, wrong
	}
	if !e.nonces.use(c.nonce, c.nc, at) {
		return "", stale
	}
	return strings.Clone(c.username), proven
}

// sameTarget says whether what was proven is what is asked: the digest is of the
// URI in it.
func sameTarget(proven, asked string) bool {
	if proven == asked {
		return true
	}
	a, ok1 := parseURI(proven)
	b, ok2 := parseURI(asked)
	return ok1 && ok2 && a.user == b.user && strings.EqualFold(a.host, b.host)
}

// realm is what phones are told that they log in to. Their secrets are of it.
const realm = "belfry"

// challenges are the two ways in which a phone may prove itself, the better one
// first (RFC 8760 §2.4). A phone that would stumble over that gets the one that
// all know.
func (l *lane) challenges(m *message, old bool) []Header {
	nonce := l.e.nonces.make(m.flow.addr.Addr(), l.e.opts.Now())
	of := func(algorithm string) Header {
		c := digest.Challenge{Realm: realm, Nonce: nonce, Algorithm: algorithm, QOP: []string{"auth"}, Stale: old}
		return Header{"WWW-Authenticate", c.String()}
	}
	if l.stumbles(m) {
		return []Header{of("MD5")}
	}
	return []Header{of("SHA-256"), of("MD5")}
}

// stumbles says whether a phone gives up at a challenge that it does not know,
// where it should pass on to the next (RFC 8760 §2.4): it is known to, or it
// comes again and still proves nothing.
func (l *lane) stumbles(m *message) bool {
	if agent := m.value(hUserAgent); strings.HasPrefix(agent, "baresip v0.") || strings.HasPrefix(agent, "baresip v1.") || sippBranch(m.via.branch) {
		return true
	}
	key := l.hash(m.callID)
	a := &l.asked[key%uint64(len(l.asked))]
	again := a.key == key && m.cseq > a.cseq && !credentialed(m)
	if !again {
		*a = asked{key, m.cseq}
	}
	return again
}

// stood notes that the phone did not stumble after all: it only asks each time
// to be challenged.
func (l *lane) stood(m *message) {
	key := l.hash(m.callID)
	if a := &l.asked[key%uint64(len(l.asked))]; a.key == key {
		*a = asked{}
	}
}

// asked is the first request of a Call-ID that was challenged.
type asked struct {
	key  uint64
	cseq uint32
}

// sippBranch says whether a branch is of the form that SIPp makes, which says
// not who it is: z9hG4bK-process-call-step.
func sippBranch(branch string) bool {
	if !magic(branch) || len(branch) < 8 || branch[7] != '-' {
		return false
	}
	parts := strings.Split(branch[8:], "-")
	return len(parts) == 3 && !slices.ContainsFunc(parts, func(p string) bool { return p == "" || !all(p, cDigit) })
}

// challenge asks for proof, and keeps nothing of the request.
func (l *lane) challenge(m *message, old bool) {
	l.e.stats.challenged.Add(1)
	l.refuse(m, 401, reasonOf(401), l.challenges(m, old)...)
}

// spared says whether an address is never shut out.
func (l *lane) spared(from netip.Addr) bool {
	if l.e.opts.Spare(from) || l.e.registrar.livesAt(from) {
		return true
	}
	t, ok := l.e.source(netip.AddrPortFrom(from, 5060))
	return ok && t.way != nil
}

// turnAway answers a wrong password, slowly: 401 while a person may be trying
// to remember it, 403 from then on.
func (l *lane) turnAway(m *message, ext string) {
	from := m.flow.addr.Addr()
	l.e.guard.blame(from, wrongScore, l.spared(from), l.now)
	l.e.log.Info("a wrong password of a phone", "from", m.flow.addr, "method", m.method, "extension", plainName(ext))
	again := l.e.guard.mayGuess(from, ext, l.now)
	tx := l.newServer(m)
	l.later(m, tx, func(m *message) {
		if again {
			tx.respond(401, l.responseTo(m, 401, reasonOf(401), l.tag(), l.challenges(m, false)))
			return
		}
		tx.respond(403, l.responseTo(m, 403, reasonOf(403), l.tag(), nil))
	})
}

// mostLate is how many answers of a lane may be late at a time; who comes on top
// gets none.
const mostLate = 256

// lateAnswer is given after a while.
type lateAnswer struct {
	l      *lane
	m      message
	answer func(*message)
}

// later answers a request after a second. With a transaction, copies of it
// meanwhile are known as such.
func (l *lane) later(m *message, tx *serverTx, answer func(*message)) {
	if l.late >= mostLate {
		if tx != nil {
			tx.close()
		}
		return
	}
	l.late++
	late := &lateAnswer{l: l, m: *m, answer: answer}
	late.m.hdrs = append([]header(nil), m.hdrs...)
	l.after(2*l.e.opts.Timers.T1, late, 0)
}

func (a *lateAnswer) wake(uint32) {
	a.l.late--
	a.answer(&a.m)
}

// nonceLife is how long a challenge may be answered.
const nonceLife = time.Minute
