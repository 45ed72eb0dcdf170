package mix

// Mixer adds up what its parties say so that each hears all others and not
// itself. It works at 16 kHz when any party does, else at 8 kHz.
type Mixer struct {
	parties []*Party
}

// NewMixer returns a mixer without parties.
func NewMixer() *Mixer { return &Mixer{} }

// Add lets a party in, whose frames are at rate Hz: 8000 or 16000.
func (m *Mixer) Add(rate int) *Party { return &Party{} }

// Remove lets the party go. What others heard of it ends with the next tick.
func (m *Mixer) Remove(p *Party) {}

// Mix ends a tick: all parties' Put count, all Take that follow give this tick.
// A party that has put nothing since the last Mix is silent.
func (m *Mixer) Mix() {}

// Party is one who speaks and hears.
type Party struct{}

// SetRate changes the rate of the party's frames.
func (p *Party) SetRate(rate int) {}

// Put says what the party says in this tick: 20 ms at its rate. It is copied.
func (p *Party) Put(pcm []int16) {}

// Take appends what the party hears in this tick to dst: 20 ms at its rate.
func (p *Party) Take(dst []int16) []int16 { return dst }

// Gain sets how loud p hears from: Unity as it is, 0 not at all.
func (p *Party) Gain(from *Party, gain int) {}

// Unity is the gain that changes nothing. Twice as much is 6 dB louder.
const Unity = 256
