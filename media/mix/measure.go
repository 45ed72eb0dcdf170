package mix

import (
	"time"

	"belfry/media/codec"
)

// Reception counts what came of one RTP stream (RFC 3550 §6.4.1, A.1, A.3, A.8).
// The zero value works.
type Reception struct{}

// Push counts a packet that came at the instant at.
func (r *Reception) Push(seq uint16, ts uint32, at time.Time) {}

// Received returns how many packets came.
func (r *Reception) Received() int { return 0 }

// Expected returns how many were sent, as the sequence numbers tell.
func (r *Reception) Expected() int { return 0 }

// Lost returns how many did not come; never below 0.
func (r *Reception) Lost() int { return 0 }

// Highest returns the extended highest sequence number.
func (r *Reception) Highest() uint32 { return 0 }

// JitterTicks returns the interarrival jitter in ticks of 1/8000 s.
func (r *Reception) JitterTicks() uint32 { return 0 }

// Jitter returns the interarrival jitter.
func (r *Reception) Jitter() time.Duration { return 0 }

// Fraction returns the fraction lost, of 256, since it was last asked.
func (r *Reception) Fraction() uint8 { return 0 }

// Line is what the E-model wants to know of one direction.
type Line struct {
	Codec codec.Codec
	Delay time.Duration // mouth to ear, one way
	Loss  int           // per 1,000, lost or too late
	Bare  bool          // losses are not concealed
}

// MOS is the E-model's estimate (ITU-T G.107, R0 93.2) times 100: 100 to 450.
func MOS(l Line) int { return 0 }

// Level returns the power of pcm in dB below full scale: 0 a full square wave,
// -3 a full sine, -96 silence.
func Level(pcm []int16) float64 { return 0 }

// ToneLevel returns the level of the tone of hz in pcm, in dB below a full
// sine (Goertzel's algorithm). pcm should hold 20 ms or more.
func ToneLevel(pcm []int16, rate int, hz float64) float64 { return 0 }

// VoiceMeter tells voice from background, 20 ms at a time. The zero value works.
type VoiceMeter struct{}

// Push takes 20 ms and says whether someone speaks.
func (v *VoiceMeter) Push(pcm []int16) bool { return false }

// Quiet returns for how long nobody has spoken.
func (v *VoiceMeter) Quiet() time.Duration { return 0 }

// TonesIn finds in-band keys (DTMF, ITU-T Q.23, Q.24) in sound at 8 kHz. The
// zero value works.
type TonesIn struct{}

// Push takes sound at 8 kHz and returns the key that begins in it, or 0.
func (t *TonesIn) Push(pcm []int16) byte { return 0 }

// TonesOut makes in-band keys: 100 ms each, 80 ms apart. The zero value is silent.
type TonesOut struct{}

// Press adds keys, as KeysOut.Press does.
func (t *TonesOut) Press(digits string) error { return nil }

// Busy says whether there is something left to play.
func (t *TonesOut) Busy() bool { return false }

// Next appends n samples at rate Hz to dst.
func (t *TonesOut) Next(dst []int16, n, rate int) []int16 { return dst }

// Noise makes soft background noise, so that silence is not taken for a dead
// line. The zero value is at -62 dBov.
type Noise struct{}

// Next appends n samples to dst.
func (n *Noise) Next(dst []int16, samples int) []int16 { return dst }

// Doubler brings 8 kHz to 16 kHz, Halver 16 kHz to 8 kHz. The zero values work.
type Doubler struct{}

// Next appends pcm at twice its rate to dst.
func (d *Doubler) Next(dst, pcm []int16) []int16 { return dst }

// Halver brings 16 kHz to 8 kHz.
type Halver struct{}

// Next appends pcm at half its rate to dst; len(pcm) is even.
func (h *Halver) Next(dst, pcm []int16) []int16 { return dst }
