package mix

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"belfry/media/codec"
)

var start = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// speech is a stand-in for a voice: glides, harmonics, pauses and breath.
func speech(rate, n int) []int16 {
	random := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, n)
	phase, breath := 0.0, 0.0
	for i := range pcm {
		at := float64(i) / float64(rate)
		pitch := 140 + 40*math.Sin(2*math.Pi*0.7*at)
		phase += 2 * math.Pi * pitch / float64(rate)
		v := 0.0
		for h := 1.0; h*pitch < 3400; h++ {
			v += math.Sin(h*phase+h*h) / h
		}
		breath = 0.8*breath + 20*random.NormFloat64()
		pcm[i] = int16(5000*max(0, math.Sin(2*math.Pi*2.5*at))*v + breath)
	}
	return pcm
}

// arrival is one packet on its way.
type arrival struct {
	Packet
	at time.Duration
}

// stream cuts pcm into packets of ms milliseconds that leave on time.
func stream(c codec.Codec, pcm []int16, ms int) []arrival {
	e := codec.NewEncoder(c)
	n := c.SampleRate() / 1000 * ms
	var all []arrival
	seq, ts := uint16(65500), uint32(math.MaxUint32-5000) // both turn over soon
	for i := 0; i+n <= len(pcm); i += n {
		payload := e.Encode(nil, pcm[i:i+n])
		all = append(all, arrival{Packet{seq, ts, payload}, time.Duration(i/n*ms) * time.Millisecond})
		seq, ts = seq+1, ts+uint32(8*ms)
	}
	return all
}

// listen plays packets in the order of their arrival to an ear that is asked every 20 ms.
func listen(e *Ear, all []arrival, frames int) (pcm []int16, heard []Heard) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b arrival) int { return int(a.at - b.at) })
	for f := range frames {
		due := time.Duration(f)*Frame + 7*time.Millisecond
		for len(all) > 0 && all[0].at <= due {
			e.Push(all[0].Packet, start.Add(all[0].at))
			all = all[1:]
		}
		var h Heard
		pcm, h = e.Next(pcm, start.Add(due))
		heard = append(heard, h)
	}
	return pcm, heard
}

func TestEarGivesWhatWasSent(t *testing.T) {
	t.Parallel()
	for _, c := range codec.All() {
		for _, ms := range []int{10, 20, 30, 40, 60} {
			t.Run(fmt.Sprintf("%s %d ms", c, ms), func(t *testing.T) {
				t.Parallel()
				in := speech(c.SampleRate(), 4*c.SampleRate())
				e := NewEar(c)
				var wire []byte
				for _, p := range stream(c, in, ms) {
					wire = append(wire, p.Payload...)
				}
				want := codec.NewDecoder(c).Decode(nil, wire)
				got, heard := listen(e, stream(c, in, ms), 190)
				if n := count(heard, Concealed); n > 0 {
					t.Errorf("%d frames were made up", n)
				}
				// The very first samples blend in.
				if !contains(got, want[c.SampleRate()/50:3*c.SampleRate()]) {
					t.Error("what came out is not what went in")
				}
				if e.Delay() > 80*time.Millisecond {
					t.Errorf("it holds packets for %v without need", e.Delay())
				}
			})
		}
	}
}

// contains says whether part stands in pcm as it is.
func contains(pcm, part []int16) bool {
	for i := 0; i+len(part) <= len(pcm); i++ {
		if slices.Equal(pcm[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

func count(heard []Heard, h Heard) int {
	n := 0
	for _, v := range heard {
		if v == h {
			n++
		}
	}
	return n
}

func TestEarDisorder(t *testing.T) {
	t.Parallel()
	in := speech(8000, 20*8000)
	for _, row := range []struct {
		name  string
		upset func(i int, all []arrival) []arrival // of packet i
		// most pieces made up, of 2000; packets counted late and double
		made, late, double int
		delay              [2]int // ms, at the end
	}{
		{"in order", func(i int, a []arrival) []arrival { return a }, 0, 0, 0, [2]int{20, 30}},
		{"every packet twice", func(i int, a []arrival) []arrival { return append(a, a[0]) }, 0, 0, 998, [2]int{20, 30}},
		{"one in twenty lost", func(i int, a []arrival) []arrival {
			if i%20 == 19 {
				return nil
			}
			return a
		}, 110, 0, 0, [2]int{20, 30}},
		{"pairs swapped", func(i int, a []arrival) []arrival {
			if i%2 == 0 {
				a[0].at += 25 * time.Millisecond
			}
			return a
		}, 20, 5, 0, [2]int{30, 50}},
		{"jitter up to 60 ms", func(i int, a []arrival) []arrival {
			a[0].at += time.Duration(i*7919%61) * time.Millisecond
			return a
		}, 20, 8, 0, [2]int{60, 80}},
		{"one in ten is 90 ms late", func(i int, a []arrival) []arrival {
			if i%10 == 3 {
				a[0].at += 90 * time.Millisecond
			}
			return a
		}, 20, 5, 0, [2]int{90, 115}},
		{"a second of jitter, then none", func(i int, a []arrival) []arrival {
			if i < 50 {
				a[0].at += time.Duration(i*7919%100) * time.Millisecond
			}
			return a
		}, 30, 10, 0, [2]int{20, 30}},
		{"the far clock is 0.02 % slow", func(i int, a []arrival) []arrival {
			a[0].at += time.Duration(i) * 4 * time.Microsecond
			return a
		}, 0, 0, 0, [2]int{20, 30}},
		{"the far clock is 0.02 % fast", func(i int, a []arrival) []arrival {
			a[0].at -= time.Duration(i) * 4 * time.Microsecond
			return a
		}, 0, 0, 0, [2]int{20, 30}},
		{"nothing for half a second, then all at once", func(i int, a []arrival) []arrival {
			if i >= 400 && i < 425 {
				a[0].at = 425 * Frame
			}
			return a
		}, 60, 26, 0, [2]int{20, 30}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var all []arrival
			for i, p := range stream(codec.PCMU, in, 20) {
				all = append(all, row.upset(i, []arrival{p})...)
			}
			e := NewEar(codec.PCMU)
			listen(e, all, 998)
			c := e.Count()
			if c.Made > row.made || c.Late > row.late || c.Double != row.double || c.Strange != 0 {
				t.Errorf("%+v", c)
			}
			if ms := int(e.Delay().Milliseconds()); ms < row.delay[0] || ms > row.delay[1] {
				t.Errorf("in the end it holds packets for %d ms, want %v", ms, row.delay)
			}
		})
	}
}

// The packets of each row follow two seconds of sound; what comes after two
// more seconds must be heard again at once.
func TestEarJumps(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		change  func(p *arrival)
		gap     int // packets that are missing between
		strange int
		most    int // pieces made up
	}{
		{"the timestamp jumps forward", func(p *arrival) { p.TS += 9_000_000 }, 0, 0, 12},
		{"the timestamp jumps back", func(p *arrival) { p.TS -= 9_000_000 }, 0, 0, 12},
		{"another stream", func(p *arrival) { p.Seq += 30000; p.TS += 1 << 31 }, 0, 1, 14},
		{"another stream, its numbers a little behind", func(p *arrival) { p.Seq -= 150; p.TS += 1 << 30 }, 0, 1, 14},
		{"silence is not sent", func(p *arrival) { p.at += 3 * time.Second; p.TS += 24000 }, 0, 0, 12},
		{"three seconds are lost", func(p *arrival) { p.at += 3 * time.Second; p.TS += 24000; p.Seq += 150 }, 0, 0, 12},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			all := stream(codec.PCMA, speech(8000, 4*8000), 20)
			for i := 100; i < len(all); i++ {
				row.change(&all[i])
			}
			e := NewEar(codec.PCMA)
			_, heard := listen(e, all, int(all[len(all)-1].at/Frame)+1)
			if c := e.Count(); c.Strange != row.strange || c.Made > row.most {
				t.Errorf("%+v", c)
			}
			if n := count(heard[len(heard)-90:], Voice); n != 90 {
				t.Errorf("of the last 90 frames %d are as they came", n)
			}
		})
	}
}

func TestEarIgnoresStrays(t *testing.T) {
	t.Parallel()
	all := stream(codec.PCMU, speech(8000, 4*8000), 20)
	for i := range 20 {
		all = append(all,
			arrival{Packet{uint16(7000 + 911*i), uint32(i) * 77777, make([]byte, 160)}, all[5*i].at + 1},
			arrival{Packet{all[5*i].Seq, all[5*i].TS, nil}, all[5*i].at},
			arrival{Packet{all[5*i].Seq, all[5*i].TS, make([]byte, 3000)}, all[5*i].at})
	}
	e := NewEar(codec.PCMU)
	_, heard := listen(e, all, 195)
	if c := e.Count(); c.Made != 0 || c.Strange != 20 || count(heard, Concealed) != 0 {
		t.Errorf("%+v", c)
	}
}

func TestEarIsSilentWithoutPackets(t *testing.T) {
	t.Parallel()
	e := NewEar(codec.G722)
	all := stream(codec.G722, speech(16000, 16000), 20)
	pcm, heard := listen(e, all, 200)
	for i, s := range pcm[len(pcm)-320*130:] {
		if s != 0 {
			t.Fatalf("sample %d is %d", i, s)
		}
	}
	if n := count(heard, Concealed); n < 3 || n > 4 {
		t.Errorf("it made up %d frames, want those of 60 ms", n)
	}
	if heard[199] != Nothing {
		t.Errorf("the last frame is %d", heard[199])
	}
}

func TestEarChangesCodec(t *testing.T) {
	t.Parallel()
	e := NewEar(codec.PCMU)
	if out, _ := e.Next(nil, start); len(out) != 160 || e.Rate() != 8000 {
		t.Errorf("%d samples", len(out))
	}
	e.SetCodec(codec.G722)
	if out, _ := e.Next(nil, start); len(out) != 320 || e.Rate() != 16000 || e.Codec() != codec.G722 {
		t.Errorf("%d samples", len(out))
	}
}

// An ear must not be led astray by whatever order of whatever packets.
func FuzzEar(f *testing.F) {
	f.Add([]byte{0, 1, 0, 160, 20, 0, 2, 1, 64, 40})
	f.Add([]byte{255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 128, 0, 128, 0, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		e := NewEar(codec.PCMU)
		var payload [2000]byte
		at := start
		for len(script) >= 5 {
			seq := uint16(script[0])<<8 | uint16(script[1])
			ts := uint32(script[2])<<24 | uint32(script[3])<<8
			e.Push(Packet{seq, ts, payload[:int(script[4])*8%2000]}, at)
			if script[0]&1 == 0 {
				out, _ := e.Next(nil, at)
				if len(out) != 160 {
					t.Fatalf("a frame of %d samples", len(out))
				}
				at = at.Add(Frame)
			}
			script = script[5:]
		}
		if d := e.Delay(); d != 0 && (d < 20*time.Millisecond || d > 200*time.Millisecond) {
			t.Errorf("it holds packets for %v", d)
		}
	})
}

func TestEarAllocatesNothing(t *testing.T) {
	for _, c := range codec.All() {
		e := NewEar(c)
		payload, out := make([]byte, 160), make([]int16, 0, c.FrameSamples())
		p, at := Packet{Payload: payload}, start
		if n := testing.AllocsPerRun(500, func() {
			if p.Seq%7 != 0 {
				e.Push(p, at)
			}
			p.Seq, p.TS, at = p.Seq+1, p.TS+160, at.Add(Frame)
			out, _ = e.Next(out[:0], at)
		}); n != 0 {
			t.Errorf("%s: %v allocations a frame", c, n)
		}
	}
}

func BenchmarkEar(b *testing.B) {
	for _, c := range codec.All() {
		b.Run(string(c), func(b *testing.B) {
			e := NewEar(c)
			out := make([]int16, 0, c.FrameSamples())
			p, at := Packet{Payload: stream(c, speech(c.SampleRate(), c.FrameSamples()), 20)[0].Payload}, start
			b.ReportAllocs()
			for b.Loop() {
				e.Push(p, at)
				p.Seq, p.TS, at = p.Seq+1, p.TS+160, at.Add(Frame)
				out, _ = e.Next(out[:0], at)
			}
		})
	}
}

// TestEarFollowsAClockThatStood: a sender that is silent for a while and does not
// count it is heard again within a quarter of a second.
func TestEarFollowsAClockThatStood(t *testing.T) {
	t.Parallel()
	all := stream(codec.PCMU, speech(8000, 8000*3), 20)
	for i := range all[50:] {
		all[50+i].at += 400 * time.Millisecond
	}
	_, heard := listen(NewEar(codec.PCMU), all, 150)
	const back = 70 // the first packet after the pause comes with this frame
	if n := count(heard[back+13:], Voice); n < 60 {
		t.Errorf("%d frames of voice in %d after the pause", n, len(heard[back+13:]))
	}
}
