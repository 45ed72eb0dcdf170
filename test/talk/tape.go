package talk

import (
	"encoding/binary"
	"math"
	"testing"
	"time"
)

// tape is a recording as it can be listened to.
type tape struct {
	ID       string    `json:"id"`
	Began    time.Time `json:"began"`
	Segments []segment `json:"segments"`

	rate        int
	left, right []int16
}

type segment struct {
	Kind  string  `json:"kind"`
	From  float64 `json:"from"`
	Until float64 `json:"until"`
}

// tape waits until the only recording of a call is ready, and fetches it.
func (h *house) tape(t testing.TB, interaction string) tape {
	t.Helper()
	var r record
	until(t, func() string { return "the recording is ready, and not " + h.stateOf(r) }, func() bool {
		h.admin.try(t, "GET", "/api/v1/interactions/"+interaction, nil, &r)
		return h.stateOf(r) == "ready"
	})
	if len(r.Recordings) != 1 {
		t.Fatalf("the call has %d recordings", len(r.Recordings))
	}
	var p tape
	at := "/api/v1/recordings/" + r.Recordings[0].ID
	h.admin.ask(t, "GET", at, nil, &p)
	b := h.admin.read(t, at+"/audio")
	if channels := binary.LittleEndian.Uint16(b[22:]); channels != 2 {
		t.Fatalf("the recording has %d channels", channels)
	}
	p.rate = int(binary.LittleEndian.Uint32(b[24:]))
	for i := 44; i+3 < len(b); i += 4 {
		p.left = append(p.left, int16(binary.LittleEndian.Uint16(b[i:])))
		p.right = append(p.right, int16(binary.LittleEndian.Uint16(b[i+2:])))
	}
	return p
}

func (h *house) stateOf(r record) string {
	if len(r.Recordings) == 0 {
		return "none"
	}
	return r.Recordings[0].State
}

// part is what a side holds between two instants of the timeline, in seconds.
func (p *tape) part(side []int16, from, until float64) []int16 {
	lo, hi := int(from*float64(p.rate)), int(until*float64(p.rate))
	lo, hi = min(max(lo, 0), len(side)), min(max(hi, 0), len(side))
	return side[lo:max(lo, hi)]
}

// at is an instant on the timeline, in seconds.
func (p *tape) at(t time.Time) float64 { return t.Sub(p.Began).Seconds() }

// hears says for which share of the tenths of a second between two instants a
// voice is on a side, and nobody else.
func (p *tape) hears(side []int16, v *voice, from, until float64) float64 {
	n, on := 0, 0
	for at := from; at+0.1 <= until+1e-9; at += 0.1 {
		x := p.part(side, at, at+0.1)
		n++
		if l := level(x, v.hz, p.rate); l > loud && loudness(x)-l < 1 {
			on++
		}
	}
	return float64(on) / float64(max(1, n))
}

// edges are the instants, near one, at which a side falls silent and sounds
// again; not a number where it does not.
func (p *tape) edges(side []int16, near float64) (off, on float64) {
	const step = 0.0025
	off, on = math.NaN(), math.NaN()
	for at := near - 0.15; at < near+1; at += step {
		quiet := loudness(p.part(side, at, at+step)) < -40
		switch {
		case quiet && math.IsNaN(off):
			off = at
		case !quiet && !math.IsNaN(off) && at-off > 0.1:
			return off, at
		case !quiet:
			off = math.NaN() // a wave goes through zero
		}
	}
	return off, on
}

// sounding says how many samples of both sides between two instants are not zero.
func (p *tape) sounding(from, until float64) (n int) {
	for _, side := range [][]int16{p.left, p.right} {
		for _, x := range p.part(side, from, until) {
			if x != 0 {
				n++
			}
		}
	}
	return n
}
