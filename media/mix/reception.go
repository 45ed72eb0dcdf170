package mix

import "time"

// Reception counts what came of one RTP stream (RFC 3550 §6.4.1, A.1, A.3, A.8),
// for its reports and for MOS. The zero value works. It counts from anew when
// the stream jumps.
type Reception struct {
	any      bool
	first    uint32
	highest  uint32 // extended by the turns of the sequence number
	received int
	lost     int // by streams before the jump
	before   int // packets of them

	transit int32
	jitter  uint32 // ticks times 16
	epoch   time.Time

	expectedThen, receivedThen int
	doubt                      uint16
	inDoubt                    bool
}

// Push counts a packet that came at the instant at.
func (r *Reception) Push(seq uint16, ts uint32, at time.Time) {
	if !r.any {
		r.epoch = at
		r.begin(seq)
	}
	step := int16(seq - uint16(r.highest))
	if step > farSeq || step < -farSeq {
		if !r.inDoubt || seq != r.doubt {
			r.inDoubt, r.doubt = true, seq+1
			return
		}
		r.lost += r.here()
		r.before += r.received
		r.begin(seq)
		step = 0
	}
	r.inDoubt = false
	if step > 0 {
		r.highest += uint32(step)
	} else if step < 0 && r.highest+uint32(int32(step)) < r.first {
		r.first = r.highest + uint32(int32(step)) // reordered at the very start
	}
	r.received++

	transit := int32(uint32(int64(at.Sub(r.epoch))/tick) - ts)
	if r.received > 1 {
		d := transit - r.transit
		if d < 0 {
			d = -d
		}
		if d < farTicks { // a jump of the sender's clock is no jitter
			r.jitter += uint32(d) - (r.jitter+8)>>4
		}
	}
	r.transit = transit
}

// begin starts a stream. One turn in hand lets packets come before the first.
func (r *Reception) begin(seq uint16) {
	r.any, r.inDoubt = true, false
	r.first = 1<<16 + uint32(seq)
	r.highest = r.first
	r.received = 0
}

// here is what this stream has lost.
func (r *Reception) here() int {
	if !r.any {
		return 0
	}
	return max(0, int(r.highest-r.first)+1-r.received)
}

// Received returns how many packets came.
func (r *Reception) Received() int { return r.before + r.received }

// Lost returns how many did not come; never below 0.
func (r *Reception) Lost() int { return r.lost + r.here() }

// Expected returns how many were sent, as the sequence numbers tell.
func (r *Reception) Expected() int { return r.Received() + r.Lost() }

// Highest returns the extended highest sequence number.
func (r *Reception) Highest() uint32 {
	if !r.any {
		return 0
	}
	return r.highest - 1<<16
}

// JitterTicks returns the interarrival jitter in ticks of 1/8000 s.
func (r *Reception) JitterTicks() uint32 { return r.jitter >> 4 }

// Jitter returns the interarrival jitter.
func (r *Reception) Jitter() time.Duration { return time.Duration(r.jitter>>4) * tick }

// Fraction returns the fraction lost, of 256, since it was last asked.
func (r *Reception) Fraction() uint8 {
	expected, received := r.Expected()-r.expectedThen, r.Received()-r.receivedThen
	r.expectedThen, r.receivedThen = r.Expected(), r.Received()
	if expected <= 0 || received >= expected {
		return 0
	}
	return uint8(min(255, (expected-received)*256/expected))
}
