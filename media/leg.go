package media

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"belfry/core"
	"belfry/media/codec"
	"belfry/media/mix"

	"github.com/pion/rtp"
)

// LineWriter takes what a browser shall hear. The engine sets payload type,
// marker, sequence number, timestamp and SSRC, one continuous line of each, and
// calls it from one goroutine at a time. It must not keep h or payload, and must
// not call the leg. Its shape is pion's TrackLocalWriter.
type LineWriter interface {
	WriteRTP(h *rtp.Header, payload []byte) (int, error)
}

// Leg is one endpoint's audio. All methods may be called from anywhere; after
// Close they do nothing.
type Leg struct {
	e     *Engine
	id    core.LegID
	line  LineWriter // of a browser; else the sockets
	rtp   socket
	rtcp  socket
	port  int
	tempo pulse

	room  *room  // guarded by Engine.mu
	epoch uint64 // guarded by Engine.mu

	mu              sync.Mutex // guards what follows
	closed          bool
	agreed          bool // there is a format
	format          Format
	codecs          []Codec // what a browser's line may be sent
	src             source
	fixed           netip.AddrPort // the socket is tied to there
	out             stamp
	wave            [longest]byte // the packet that leaves
	header          rtp.Header    // the same for a line
	seal            seal
	opened, sealing rtp.Header // scratch of the seal

	hearing  hearing
	ear      *mix.Ear // nil unless somebody listens: a mix, a recording
	peer     *Leg     // who is relayed what comes
	expect   Codec    // what the peer is sent
	mixing   bool     // the room's mix makes what leaves
	muted    bool
	keysIn   mix.KeysIn
	rtpKeys  bool // keys have come as events
	tonesIn  mix.TonesIn
	keysOut  mix.KeysOut
	tonesOut mix.TonesOut
	keysAway func(digits string) // where keys go that the far end takes no events for
	enc      *codec.Encoder
	rates    rates
	play     *play
	lastPlay core.PlayID
	rec      *recording
	lastRec  core.RecordID
	side     core.Side // of a recording, as Join said
	taps     []tap     // recordings of the room that it is in
	watch    watch
	reports  reports
	pcm      []int16 // scratch of a beat
	bytes    []byte  // scratch of a beat
}

func newLeg(e *Engine, id core.LegID) *Leg {
	return &Leg{e: e, id: id, out: newStamp(), watch: watch{joined: -1}, pcm: make([]int16, 0, 320), bytes: make([]byte, 0, 320)}
}

// ID is the leg's name.
func (l *Leg) ID() core.LegID { return l.id }

// Port is the RTP port, to be written into SDP; RTCP is on the next. 0 for a
// browser's line.
func (l *Leg) Port() int { return l.port }

// SetRemote says where the far end wants its audio and what was agreed. It may
// be called again after each offer and answer; the source is learned anew when
// the address changed.
func (l *Leg) SetRemote(addr netip.AddrPort, f Format) {
	now := l.e.now()
	l.mu.Lock()
	if l.closed || l.line != nil {
		l.mu.Unlock()
		return
	}
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	changed := !l.agreed || l.format.Codec != f.Codec
	if f.Recv && (!l.agreed || !l.format.Recv) {
		l.watch.due = now
	}
	if f.DTMFIn == 0 {
		f.DTMFIn = f.DTMFPT
	}
	if l.src.expect(addr, now) {
		l.fix(netip.AddrPort{})
	}
	l.format, l.agreed = f, true
	if err := l.seal.use(f.Secure); err != nil {
		l.e.log.Error("media: nothing can be sent or heard", "leg", l.id, "error", err)
	}
	l.mu.Unlock()
	if changed {
		l.formatChanged()
	}
}

// SetCodec says which codec to send on a browser's line until a room needs
// another. It is PCMU at first.
func (l *Leg) SetCodec(c Codec) {
	l.mu.Lock()
	changed := l.line != nil && c.Valid() && c != l.format.Codec
	if changed {
		l.format.Codec = c
	}
	l.mu.Unlock()
	if changed {
		l.formatChanged()
	}
}

// SetCodecs says which codecs a browser's line has agreed on; all when it is
// never called. In a room the line is sent the other leg's, if it can be.
func (l *Leg) SetCodecs(all ...Codec) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.line != nil && len(all) > 0 {
		l.codecs = slices.Clone(all)
	}
}

// formatChanged has the room and the player take note of another codec.
func (l *Leg) formatChanged() {
	l.e.mu.Lock()
	defer l.e.mu.Unlock()
	if l.room != nil {
		l.e.route(l.room)
	}
	l.e.reload(l)
}

// SetDTMF says which payload type telephone-event has on a browser's line.
func (l *Leg) SetDTMF(pt uint8) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.line != nil {
		l.format.DTMFPT, l.format.DTMFIn = pt, pt
	}
}

// OnKeys has f called with keys for a far end that takes none as events (RFC
// 4733), in place of tones: it can be told of them by signalling. f runs on the
// engine's goroutine of news and may call the leg. Nil: they are tones.
func (l *Leg) OnKeys(f func(digits string)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keysAway = f
}

// mute makes the leg unheard by its room.
func (l *Leg) mute(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.muted != on {
		l.muteTaps(on, l.e.now())
	}
	l.muted = on
}

// OnSilent has f called once for each silence: no packet came for that long
// where some were due. From a SIP leg they are due once it was joined or played
// to and has sent one, while Format.Recv holds: so one that only rings, or only
// listens, is in peace. From a browser's line they are due while it is in a
// room. f runs on the engine's goroutine of news and may call the leg.
func (l *Leg) OnSilent(after time.Duration, f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watch.due = l.e.now()
	l.watch.after, l.watch.silent, l.watch.told = after, f, false
}

// Close ends the leg: what was played, recorded and joined ends, the ports rest.
// A recording is on disk and RecordEnded told when it returns, so that LegGone
// can follow it; that takes the disk some milliseconds.
func (l *Leg) Close() {
	l.e.moving.Add(1)
	defer l.e.moving.Add(-1)
	l.e.mu.Lock()
	if l.e.legs[l.id] == l {
		l.e.leave(l)
		delete(l.e.legs, l.id)
	}
	l.e.mu.Unlock()

	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	l.closed, l.play, l.watch.silent = true, nil, nil
	rec := l.rec
	l.endRecord("hangup")
	l.mu.Unlock()
	l.unbind()
	rec.wait()
}

// unbind closes the sockets and lets their ports rest.
func (l *Leg) unbind() {
	if l.rtp == nil {
		return
	}
	l.rtp.close()
	l.rtcp.close()
	l.e.ports.give(l.port, l.e.now())
}
