package media

import (
	"net/netip"
	"time"

	"belfry/core"

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
	e  *Engine
	id core.LegID
}

// ID is the leg's name.
func (l *Leg) ID() core.LegID { return l.id }

// Port is the RTP port, to be written into SDP; RTCP is on the next. 0 for a
// browser's line.
func (l *Leg) Port() int { return 0 }

// SetRemote says where the far end wants its audio and what was agreed. It may
// be called again after each offer and answer; the source is learned anew when
// the address changed.
func (l *Leg) SetRemote(addr netip.AddrPort, f Format) {}

// SetCodec says which codec to send on a browser's line; it has agreed on all.
func (l *Leg) SetCodec(c Codec) {}

// SetDTMF says which payload type telephone-event has on a browser's line.
func (l *Leg) SetDTMF(pt uint8) {}

// Receive takes one RTP packet that came on a browser's line, decrypted. The
// packet is the caller's again when it returns.
func (l *Leg) Receive(packet []byte) {}

// ReceiveRTCP takes RTCP that came on a browser's line, decrypted: its receiver
// reports say how we are heard. Short or strange packets change nothing.
func (l *Leg) ReceiveRTCP(packet []byte) {}

// Digit is a key that came by signalling (SIP INFO): 0-9, *, #, A-D.
func (l *Leg) Digit(d byte) {}

// OnSilent has f called once for each silence: no packet came for that long
// where some were due. From a SIP leg they are due from SetRemote on while
// Format.Recv holds, and the first may take twice as long; from a browser's
// line they are due while it is in a room. f runs on the engine's goroutine of
// news and may call the leg.
func (l *Leg) OnSilent(after time.Duration, f func()) {}

// Quality is how the leg has sounded so far; nil when no audio has flowed.
func (l *Leg) Quality() *core.Quality { return nil }

// Close ends the leg: what was played, recorded and joined ends, the ports rest.
func (l *Leg) Close() {}
