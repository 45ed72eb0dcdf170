package mix

import "slices"

// Unity is the gain that changes nothing. Twice as much is 6 dB louder.
const Unity = 256

const (
	narrow = 160 // samples in a frame at 8 kHz
	wide   = 320 // and at 16 kHz
)

// Mixer adds up what its parties say so that each hears all others and not
// itself. It works at 16 kHz when any party does, else at 8 kHz.
type Mixer struct {
	parties []*Party
	width   int // samples in a frame of this tick
	sum     [wide]int32
}

// NewMixer returns a mixer without parties.
func NewMixer() *Mixer { return &Mixer{width: narrow} }

// Party is one who speaks and hears.
type Party struct {
	mixer *Mixer
	width int // samples in a frame of its own
	said  bool
	spoke bool // in the tick that Mix has ended
	raw   [wide]int16
	wider [wide]int16 // raw at twice its rate
	in    []int16     // what it says, as wide as the mixer: one of the two
	out   [wide]int16
	gains []gain // towards those it does not hear as they are

	up      Doubler
	down    Halver
	ringing bool // up has an echo of the last frame in it
}

type gain struct {
	from  *Party
	times int32
}

// Add lets a party in, whose frames are at rate Hz: 8000 or 16000.
func (m *Mixer) Add(rate int) *Party {
	p := &Party{mixer: m}
	p.SetRate(rate)
	m.parties = append(m.parties, p)
	return p
}

// Remove lets the party go. It is heard no more from the next Mix on.
func (m *Mixer) Remove(p *Party) {
	m.parties = slices.DeleteFunc(m.parties, func(q *Party) bool { return q == p })
	for _, q := range m.parties {
		q.Gain(p, Unity)
	}
	if p.mixer == m {
		p.mixer = nil
	}
}

// Len returns how many parties there are.
func (m *Mixer) Len() int { return len(m.parties) }

// Mix ends a tick: all parties' Put count, all Take that follow give this tick.
// A party that has put nothing since the last Mix is silent.
func (m *Mixer) Mix() {
	m.width = narrow
	for _, p := range m.parties {
		m.width = max(m.width, p.width)
	}
	sum := m.sum[:m.width]
	clear(sum)
	for _, p := range m.parties {
		if p.ready(m.width); p.spoke {
			in := p.in[:len(sum)]
			for i, s := range in {
				sum[i] += int32(s)
			}
		}
	}
}

// SetRate changes the rate of the party's frames.
func (p *Party) SetRate(rate int) {
	if p.width == rate/50 {
		return
	}
	p.width = rate / 50
	p.said, p.ringing = false, false
	p.up, p.down = Doubler{}, Halver{}
}

// Put says what the party says in this tick: 20 ms at its rate. It is copied.
// What is missing of a shorter one is silence; nil is silence too.
func (p *Party) Put(pcm []int16) {
	p.said = len(pcm) > 0
	clear(p.raw[copy(p.raw[:p.width], pcm):])
}

// ready brings what was put to the mixer's width.
func (p *Party) ready(width int) {
	p.spoke = p.said || p.ringing && width > p.width
	p.ringing = p.said
	if !p.said {
		clear(p.raw[:])
	}
	p.said = false
	if !p.spoke {
		return
	}
	if width > p.width {
		p.in = p.up.Next(p.wider[:0], p.raw[:p.width])
		return
	}
	p.in = p.raw[:]
}

// Take appends what the party hears in this tick to dst: 20 ms at its rate.
func (p *Party) Take(dst []int16) []int16 {
	if p.mixer != nil && p.mixer.width > p.width {
		out := p.out[:p.mixer.width]
		p.hear(out)
		return p.down.Next(dst, out)
	}
	n := len(dst)
	dst = slices.Grow(dst, p.width)[:n+p.width]
	if p.mixer == nil || p.mixer.width < p.width { // gone, or come since the last Mix
		clear(dst[n:])
	} else {
		p.hear(dst[n:])
	}
	return dst
}

// hear fills out with everyone else.
func (p *Party) hear(out []int16) {
	if len(p.gains) > 0 {
		p.hearRow(out)
		return
	}
	sum := p.mixer.sum[:len(out)]
	if !p.spoke {
		for i, v := range sum {
			out[i] = saturate(v)
		}
		return
	}
	in := p.in[:len(sum)]
	for i, v := range sum {
		out[i] = saturate(v - int32(in[i]))
	}
}

// hearRow is hear for a party that has a row of gains.
func (p *Party) hearRow(out []int16) {
	var sum [wide]int32
	for _, q := range p.mixer.parties {
		if q == p || !q.spoke {
			continue
		}
		if g := p.gainOf(q); g != 0 {
			for i, s := range q.in[:len(out)] {
				sum[i] += int32(s) * g >> 8
			}
		}
	}
	for i := range out {
		out[i] = saturate(sum[i])
	}
}

// Gain sets how loud p hears from: Unity as it is, 0 not at all, at most 16
// times Unity. A row of gains makes listening in, whispering and joining in.
func (p *Party) Gain(from *Party, times int) {
	p.gains = slices.DeleteFunc(p.gains, func(g gain) bool { return g.from == from })
	if times = min(max(times, 0), 16*Unity); times != Unity {
		p.gains = append(p.gains, gain{from, int32(times)})
	}
}

func (p *Party) gainOf(q *Party) int32 {
	for _, g := range p.gains {
		if g.from == q {
			return g.times
		}
	}
	return Unity
}

// saturate is written for the branch that is hardly ever taken.
func saturate(v int32) int16 {
	if int32(int16(v)) != v {
		return int16(v>>31 ^ 0x7fff)
	}
	return int16(v)
}
