package mix

import (
	"math"
	"testing"
	"time"

	"belfry/media/codec"
)

func TestMOS(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		line Line
		want int
	}{
		{"at its best", Line{Codec: codec.PCMU}, 441},
		{"150 ms", Line{Codec: codec.PCMA, Delay: 150 * time.Millisecond}, 433},
		{"1 % lost", Line{Delay: 150 * time.Millisecond, Loss: 10}, 423},
		{"3 % lost", Line{Delay: 150 * time.Millisecond, Loss: 30}, 400},
		{"5 % lost", Line{Delay: 150 * time.Millisecond, Loss: 50}, 377},
		{"10 % lost", Line{Delay: 150 * time.Millisecond, Loss: 100}, 323},
		{"10 % lost, not concealed", Line{Delay: 150 * time.Millisecond, Loss: 100, Bare: true}, 135},
		{"wide", Line{Codec: codec.G722, Delay: 150 * time.Millisecond, Loss: 10}, 423},
		{"half a second", Line{Delay: 500 * time.Millisecond}, 235},
		{"all lost", Line{Loss: 1000}, 118},
		{"beyond all bounds", Line{Delay: time.Hour, Loss: 5000}, 100},
		{"below all bounds", Line{Delay: -time.Hour, Loss: -5}, 441},
	} {
		if got := MOS(row.line); got != row.want {
			t.Errorf("%s: %d, want %d", row.name, got, row.want)
		}
	}
}

func TestLevel(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		pcm  []int16
		want float64
	}{
		{"nothing", nil, Silence},
		{"silence", make([]int16, 160), Silence},
		{"square", flat(160, -32768), 0},
		{"sine", tone(1000, 8000, 800, 0, 32767), -3.01},
		{"a tenth", tone(1000, 8000, 800, 0, 3276.8), -23.01},
	} {
		if got := Level(row.pcm); math.Abs(got-row.want) > 0.02 {
			t.Errorf("%s: %.2f dB, want %.2f", row.name, got, row.want)
		}
	}
}

func TestToneLevel(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		pcm         []int16
		rate        int
		hz          float64
		least, most float64
	}{
		{"full", tone(1000, 8000, 160, 0, 32767), 8000, 1000, -.05, .05},
		{"half", tone(440, 16000, 3200, 7, 16384), 16000, 440, -6.1, -5.9},
		{"another", tone(1000, 8000, 800, 0, 32767), 8000, 1300, -96, -55},
		{"silence", make([]int16, 160), 8000, 1000, -96, -96},
		{"too short", make([]int16, 2), 8000, 1000, -96, -96},
	} {
		if got := ToneLevel(row.pcm, row.rate, row.hz); got < row.least || got > row.most {
			t.Errorf("%s: %.2f dB, want %.2f to %.2f", row.name, got, row.least, row.most)
		}
	}
}

func TestVoiceMeter(t *testing.T) {
	t.Parallel()
	var noise Noise
	noise.SetLevel(-50)
	line := func(seconds int, speaks bool) []int16 {
		pcm := noise.Next(nil, 8000*seconds)
		if speaks {
			for i, s := range speech(8000, len(pcm)) {
				pcm[i] += s
			}
		}
		return pcm
	}
	var v VoiceMeter
	spoken := func(pcm []int16) (n int) {
		for i := 0; i+160 <= len(pcm); i += 160 {
			if v.Push(pcm[i : i+160]) {
				n++
			}
		}
		return n
	}
	spoken(line(5, false)) // it learns the line
	if n := spoken(line(5, false)); n != 0 || v.Quiet() < 5*time.Second {
		t.Errorf("a voice in %d of 250 frames of noise, quiet for %v", n, v.Quiet())
	}
	if n := spoken(line(4, true)); n < 190 || v.Quiet() > 300*time.Millisecond {
		t.Errorf("a voice in %d of 200 frames of speech, quiet for %v", n, v.Quiet())
	}
	if n := spoken(line(3, false)); n > 15 || v.Quiet() < 2700*time.Millisecond {
		t.Errorf("a voice in %d of 150 frames after it, quiet for %v", n, v.Quiet())
	}
	var silent VoiceMeter
	if silent.Push(make([]int16, 160)) || silent.Quiet() != Frame {
		t.Error("silence was taken for a voice")
	}
}

func TestNoise(t *testing.T) {
	t.Parallel()
	var n Noise
	if got := Level(n.Next(nil, 16000)); math.Abs(got+62) > 1 {
		t.Errorf("at rest it is at %.1f dB", got)
	}
	for _, want := range []float64{-40, -50, -70} {
		n.SetLevel(want)
		if got := Level(n.Next(nil, 16000)); math.Abs(got-want) > 1 {
			t.Errorf("%.1f dB, want %.0f", got, want)
		}
	}
}

func TestReception(t *testing.T) {
	t.Parallel()
	type packet struct {
		seq uint16
		ms  int // of arrival; the timestamp is that of a stream on time
	}
	steady := func(from uint16, n int) (all []packet) {
		for i := range n {
			all = append(all, packet{from + uint16(i), 20 * i})
		}
		return all
	}
	for _, row := range []struct {
		name                     string
		in                       []packet
		received, lost, expected int
		highest                  uint32
	}{
		{"in order", steady(100, 50), 50, 0, 50, 149},
		{"over the turn", steady(65530, 50), 50, 0, 50, 65536 + 43},
		{"some lost", append(steady(100, 10), packet{115, 300}), 11, 5, 16, 115},
		{"one late", []packet{{10, 0}, {12, 40}, {11, 45}, {13, 60}}, 4, 0, 4, 13},
		{"one before the first", []packet{{10, 0}, {9, 5}, {11, 20}}, 3, 0, 3, 11},
		{"twice", []packet{{10, 0}, {10, 1}, {11, 20}}, 3, 0, 3, 11},
		{"a stray", []packet{{10, 0}, {40000, 10}, {11, 20}}, 2, 0, 2, 11},
		{"another stream", []packet{{10, 0}, {12, 40}, {40000, 60}, {40001, 80}, {40002, 100}}, 4, 1, 5, 40002},
		{"nothing", nil, 0, 0, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var r Reception
			for _, p := range row.in {
				r.Push(p.seq, uint32(p.ms)*8, start.Add(time.Duration(p.ms)*time.Millisecond))
			}
			if r.Received() != row.received || r.Lost() != row.lost || r.Expected() != row.expected || r.Highest() != row.highest {
				t.Errorf("received %d, lost %d, expected %d, highest %d", r.Received(), r.Lost(), r.Expected(), r.Highest())
			}
			if r.Jitter() != 0 {
				t.Errorf("jitter of %v", r.Jitter())
			}
		})
	}
}

func TestReceptionJitterAndFraction(t *testing.T) {
	t.Parallel()
	var r Reception
	for i := range 400 {
		if i%4 == 3 {
			continue
		}
		at := time.Duration(20*i+10*(i%2)) * time.Millisecond
		r.Push(uint16(i), uint32(160*i), start.Add(at))
	}
	if ms := r.Jitter().Milliseconds(); ms < 5 || ms > 10 {
		t.Errorf("jitter of %d ms", ms)
	}
	if ms := r.JitterTicks() / 8; ms < 5 || ms > 10 {
		t.Errorf("jitter of %d ms in ticks", ms)
	}
	if f := r.Fraction(); f < 63 || f > 64 {
		t.Errorf("a fraction of %d/256 lost", f)
	}
	if f := r.Fraction(); f != 0 {
		t.Errorf("nothing since, and %d/256 of it lost", f)
	}
}

func BenchmarkMeasure(b *testing.B) {
	pcm := speech(8000, 160)
	b.Run("voice", func(b *testing.B) {
		var v VoiceMeter
		for b.Loop() {
			v.Push(pcm)
		}
	})
	b.Run("noise", func(b *testing.B) {
		var n Noise
		out := make([]int16, 0, 160)
		for b.Loop() {
			out = n.Next(out[:0], 160)
		}
	})
	b.Run("reception", func(b *testing.B) {
		var r Reception
		seq, at := uint16(0), start
		for b.Loop() {
			r.Push(seq, uint32(seq)*160, at)
			seq++
			at = at.Add(Frame)
		}
	})
}
