package mix

import (
	"math"
	"testing"

	"belfry/media/codec"
)

func flat(n int, v int16) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = v
	}
	return pcm
}

func TestEveryoneHearsTheOthers(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		says []int16 // of each party, all along; -1 says nothing
		want []int16
	}{
		{"two", []int16{100, 20}, []int16{20, 100}},
		{"three", []int16{100, 20, 3}, []int16{23, 103, 120}},
		{"one alone", []int16{100}, []int16{0}},
		{"one is silent", []int16{100, -1, 3}, []int16{3, 103, 100}},
		{"too loud", []int16{30000, 30000, 30000, 1}, []int16{32767, 32767, 32767, 32767}},
		{"a sum that comes back into range", []int16{30000, 30000, -30000}, []int16{0, 0, 32767}},
		{"too low", []int16{-30000, -30000, 5}, []int16{-29995, -29995, -32768}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			m := NewMixer()
			var all []*Party
			for _, v := range row.says {
				p := m.Add(8000)
				if all = append(all, p); v != -1 {
					p.Put(flat(160, v))
				}
			}
			m.Mix()
			for i, p := range all {
				got := p.Take(nil)
				if len(got) != 160 || got[0] != row.want[i] || got[159] != row.want[i] {
					t.Errorf("party %d hears %d samples of %d, want %d", i, len(got), got[0], row.want[i])
				}
			}
			m.Mix() // nobody said anything since
			if got := all[0].Take(nil); got[0] != 0 {
				t.Errorf("what was said is heard twice: %d", got[0])
			}
		})
	}
}

func TestGainRow(t *testing.T) {
	t.Parallel()
	// A coach whispers to the agent; the caller does not hear it, the coach hears both.
	m := NewMixer()
	caller, agent, coach := m.Add(8000), m.Add(8000), m.Add(8000)
	caller.Gain(coach, 0)
	agent.Gain(coach, Unity/2)
	for range 2 {
		caller.Put(flat(160, 1000))
		agent.Put(flat(160, 200))
		coach.Put(flat(160, 60))
		m.Mix()
		for _, row := range []struct {
			who  *Party
			want int16
		}{{caller, 200}, {agent, 1030}, {coach, 1200}} {
			if got := row.who.Take(nil)[80]; got != row.want {
				t.Errorf("hears %d, want %d", got, row.want)
			}
		}
	}
	m.Remove(coach)
	if len(caller.gains)+len(agent.gains) != 0 || m.Len() != 2 {
		t.Error("someone still minds the coach")
	}
	if got := coach.Take(nil); len(got) != 160 || got[0] != 0 {
		t.Error("who has left still hears")
	}
}

func tone(hz float64, rate, n, from int, amplitude float64) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hz*float64(i+from)/float64(rate))))
	}
	return pcm
}

func TestWideAndNarrow(t *testing.T) {
	t.Parallel()
	m := NewMixer()
	narrow, wide1, wide2 := m.Add(8000), m.Add(16000), m.Add(16000)
	var toNarrow, toWide []int16
	for f := range 50 {
		narrow.Put(tone(700, 8000, 160, 160*f, 8000))
		wide1.Put(tone(1100, 16000, 320, 320*f, 8000))
		wide2.Put(tone(6000, 16000, 320, 320*f, 8000))
		m.Mix()
		toNarrow, toWide = narrow.Take(toNarrow), wide1.Take(toWide)
		if n := len(wide2.Take(nil)); n != 320 {
			t.Fatalf("%d samples", n)
		}
	}
	level := 20 * math.Log10(8000./32768)
	for _, row := range []struct {
		name        string
		pcm         []int16
		rate        int
		hz          float64
		least, most float64
	}{
		{"narrow hears the wide one", toNarrow, 8000, 1100, level - .2, level + .2},
		{"narrow does not hear itself", toNarrow, 8000, 700, -96, -70},
		{"what is above its band does not fold", toNarrow, 8000, 2000, -96, -70},
		{"wide hears the narrow one", toWide, 16000, 700, level - .2, level + .2},
		{"without a mirror image", toWide, 16000, 7300, -96, -70},
		{"wide hears the top of the other", toWide, 16000, 6000, level - .2, level + .2},
		{"wide does not hear itself", toWide, 16000, 1100, -96, -70},
	} {
		if got := ToneLevel(row.pcm[row.rate/10:], row.rate, row.hz); got < row.least || got > row.most {
			t.Errorf("%s: %.1f dB, want %.1f to %.1f", row.name, got, row.least, row.most)
		}
	}
	m.Remove(wide1)
	m.Remove(wide2)
	narrow.Put(flat(160, 5))
	other := m.Add(8000)
	m.Mix()
	if got := other.Take(nil); len(got) != 160 || got[0] != 5 {
		t.Errorf("after the wide ones left: %d samples of %d", len(got), got[0])
	}
}

func TestWhoComesBetweenTwoTicksHearsNothingYet(t *testing.T) {
	t.Parallel()
	m := NewMixer()
	m.Add(8000).Put(flat(160, 70))
	m.Mix()
	late, wide := m.Add(8000), m.Add(16000)
	if got := wide.Take(nil); len(got) != 320 || got[0] != 0 || got[319] != 0 {
		t.Errorf("%d samples of %d", len(got), got[0])
	}
	if got := late.Take(nil); len(got) != 160 || got[0] != 70 {
		t.Errorf("%d samples of %d", len(got), got[0])
	}
}

func TestMixAllocatesNothing(t *testing.T) {
	m := NewMixer()
	a, b, c := m.Add(8000), m.Add(16000), m.Add(8000)
	a.Gain(c, 40)
	in, out := speech(16000, 320), make([]int16, 0, 320)
	if n := testing.AllocsPerRun(200, func() {
		for _, p := range []*Party{a, b, c} {
			p.Put(in)
		}
		m.Mix()
		for _, p := range []*Party{a, b, c} {
			out = p.Take(out[:0])
		}
	}); n != 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

// BenchmarkTick decodes, mixes and encodes for a room of three.
func BenchmarkTick(b *testing.B) {
	for _, room := range []struct {
		name   string
		codecs []codec.Codec
	}{
		{"3 PCMU", []codec.Codec{codec.PCMU, codec.PCMU, codec.PCMU}},
		{"5 PCMU", []codec.Codec{codec.PCMU, codec.PCMU, codec.PCMU, codec.PCMU, codec.PCMU}},
		{"2 PCMU and 1 G722", []codec.Codec{codec.PCMU, codec.PCMU, codec.G722}},
	} {
		b.Run(room.name, func(b *testing.B) {
			m := NewMixer()
			var parties []*Party
			var encoders []*codec.Encoder
			var decoders []*codec.Decoder
			var wires [][]byte
			for _, c := range room.codecs {
				parties = append(parties, m.Add(c.SampleRate()))
				encoders, decoders = append(encoders, codec.NewEncoder(c)), append(decoders, codec.NewDecoder(c))
				wires = append(wires, codec.NewEncoder(c).Encode(nil, speech(c.SampleRate(), c.FrameSamples())))
			}
			pcm := make([]int16, 0, 320)
			b.ReportAllocs()
			for b.Loop() {
				for i, p := range parties {
					pcm = decoders[i].Decode(pcm[:0], wires[i])
					p.Put(pcm)
				}
				m.Mix()
				for i, p := range parties {
					pcm = p.Take(pcm[:0])
					wires[i] = encoders[i].Encode(wires[i][:0], pcm)
				}
			}
		})
	}
}
