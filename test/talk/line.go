package talk

import (
	"cmp"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
	"belfry/media/codec"
	"belfry/sip"

	"github.com/pion/rtp"
)

// line is one call at a SIP phone: a caller's, a colleague's or somebody's
// outside.
type line struct {
	voice
	h     *house
	call  *sip.PhoneCall
	cause core.Cause // once it is over

	putting sync.Mutex
	mic     *media.Leg

	rang, up, over chan struct{}
	ringing        sync.Once
}

func (h *house) newLine(name string, hz int, c *sip.PhoneCall) *line {
	l := &line{
		voice: voice{name: name, hz: hz}, h: h, call: c,
		rang: make(chan struct{}), up: make(chan struct{}), over: make(chan struct{}),
	}
	h.work.Go(l.run)
	return l
}

// dial calls the house.
func (h *house) dial(name string, hz int, number string, codecs ...codec.Codec) *line {
	return h.dialFrom(name, hz, number, "+336000"+number[len(number)-5:], codecs...)
}

// dialFrom is dial from a number.
func (h *house) dialFrom(name string, hz int, number, from string, codecs ...codec.Codec) *line {
	return h.newLine(name, hz, h.phone.Dial("sip:"+number+"@"+h.SIP, sip.DialOptions{
		From: core.Party{Number: from}, Codecs: codecs,
	}))
}

// patient is dialFrom until there is an answer other than 503, with which a machine
// that has too much to do refuses a call: it rings, is answered, or refused.
func (h *house) patient(t testing.TB, name string, hz int, number, from string) *line {
	t.Helper()
	for {
		l := h.dialFrom(name, hz, number, from)
		l.record()
		select {
		case <-l.rang:
			return l
		case <-l.over:
			if l.cause.Code != 503 {
				return l
			}
		case <-time.After(patience):
			t.Fatalf("the call of %s is not answered", name)
		}
	}
}

// reach is dial until it is answered. A machine that has too much to do refuses
// a call with 503; people call again.
func (h *house) reach(t testing.TB, name string, hz int, number string, codecs ...codec.Codec) *line {
	t.Helper()
	for {
		l := h.dial(name, hz, number, codecs...)
		select {
		case <-l.up:
			return l
		case <-l.over:
			if l.cause.Code != 503 {
				t.Fatalf("the call of %s ended: %+v", name, l.cause)
			}
		case <-time.After(patience):
			t.Fatalf("the call of %s is not answered", name)
		}
	}
}

// run follows the call to its end.
func (l *line) run() {
	for ev := range l.call.Events() {
		switch e := ev.Event.(type) {
		case core.LegRang:
			l.rings()
		case core.LegUp:
			l.attach(codec.Codec(e.Codec))
			l.rings()
			close(l.up)
		case core.LegGone:
			l.cause = e.Cause
		default:
		}
	}
	l.h.beat.with(&l.voice, false)
	l.putting.Lock()
	defer l.putting.Unlock()
	if l.mic != nil {
		l.mic.Close()
	}
	close(l.over)
}

func (l *line) rings() { l.ringing.Do(func() { close(l.rang) }) }

// attach puts mouth and ear on the phone.
func (l *line) attach(c codec.Codec) {
	l.putting.Lock()
	defer l.putting.Unlock()
	if l.mic != nil {
		return // early media went before
	}
	id := core.LegID("leg_b" + rand.Text())
	mic, err := l.h.audio.OpenLine(id, &l.ear)
	if err != nil {
		return // it has gone again
	}
	l.mic = mic
	mic.SetCodecs(c)
	mic.SetCodec(c)
	for _, leg := range []core.LegID{l.call.Leg, id} {
		l.h.audio.Do(core.Order{Epoch: 1, Effect: core.Join{Room: core.RoomID("cal_" + string(id)), Leg: leg}})
	}
	l.mouth.open(c, func(p *rtp.Packet) {
		if b, err := p.Marshal(); err == nil {
			mic.Receive(b)
		}
	})
	l.h.beat.with(&l.voice, true)
}

// answered waits until the call is answered.
func (l *line) answered(t testing.TB) {
	t.Helper()
	select {
	case <-l.up:
	case <-l.over:
		t.Fatalf("the call of %s ended: %+v", l.name, l.cause)
	case <-time.After(patience):
		t.Fatalf("the call of %s is not answered", l.name)
	}
}

// hangUp ends the call, and waits for the end.
func (l *line) hangUp(t testing.TB) {
	t.Helper()
	l.call.Hangup()
	l.ended(t)
}

// ended waits until the call is over.
func (l *line) ended(t testing.TB) {
	t.Helper()
	select {
	case <-l.over:
	case <-time.After(patience):
		t.Fatalf("the call of %s does not end", l.name)
	}
}

// extension is a phone that can be called: a colleague's, or a number outside.
type extension struct {
	h    *house
	name string
	hz   int

	mu    sync.Mutex
	does  string        // answer, ring, busy, decline, no answer, announce, answer at once, answer in time
	after time.Duration // of an answer in time
	codec codec.Codec   // the only one it speaks; empty: the first that is offered
	calls chan *line
}

// extension makes one; to is what is dialled to reach it.
func (h *house) extension(name string, hz int, to string) *extension {
	x := &extension{h: h, name: name, hz: hz, does: "answer", calls: make(chan *line, 8)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.extensions[to] = x
	return x
}

// speaks has it speak one codec, and no other.
func (x *extension) speaks(c codec.Codec) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.codec = c
}

// will says what it does when it is called.
func (x *extension) will(do string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.does = do
	for {
		select {
		case <-x.calls: // of earlier
		default:
			return
		}
	}
}

// answerIn has it ring for so long before it answers.
func (x *extension) answerIn(d time.Duration) {
	x.will("answer in time")
	x.mu.Lock()
	defer x.mu.Unlock()
	x.after = d
}

// called takes a call that came in.
func (h *house) called(c *sip.PhoneCall) {
	h.mu.Lock()
	x := h.extensions[c.To]
	h.mu.Unlock()
	if x == nil {
		c.Reject(404)
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	l := h.newLine(x.name, x.hz, c)
	if x.codec != "" {
		c.Speak(x.codec)
	}
	switch x.does {
	case "busy":
		c.Reject(486)
	case "decline":
		c.Ring()
		time.AfterFunc(ringsFor, func() { c.Reject(603) })
	case "no answer":
		c.Ring()
		time.AfterFunc(ringsFor, func() { c.Reject(480) })
	case "ring":
		c.Ring()
	case "announce":
		c.Early()
		l.attach(cmp.Or(x.codec, codec.PCMA))
	case "answer at once":
		c.Answer()
	case "answer in time":
		c.Ring()
		time.AfterFunc(x.after, c.Answer)
	default:
		c.Ring()
		time.AfterFunc(ringsFor, c.Answer)
	}
	l.rings()
	select {
	case x.calls <- l:
	default:
	}
}

// ringsFor is how long people let it ring before they do something.
const ringsFor = 150 * time.Millisecond

// rung waits until it is called.
func (x *extension) rung(t testing.TB) *line {
	t.Helper()
	select {
	case l := <-x.calls:
		return l
	case <-time.After(patience):
		t.Fatalf("%s is not called", x.name)
		return nil
	}
}
