package codec

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"
)

// What goes in below 4 kHz and above it comes out at the same height and level:
// the two bands are put together as they were taken apart.
func TestG722Bands(t *testing.T) {
	t.Parallel()
	for _, hz := range []float64{200, 1000, 3000, 3900, 4100, 5000, 6500} {
		pcm := make([]int16, 16000)
		for i := range pcm {
			pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/16000))
		}
		got := NewDecoder(G722).Decode(nil, NewEncoder(G722).Encode(nil, pcm))
		var in, out, re, im float64
		for i := 1000; i < 15000; i++ {
			v := float64(got[i])
			in, out = in+float64(pcm[i])*float64(pcm[i]), out+v*v
			s, c := math.Sincos(2 * math.Pi * hz * float64(i) / 16000)
			re, im = re+v*c, im+v*s
		}
		tone := 2 * (re*re + im*im) / 14000
		if gain := 10 * math.Log10(tone/in); math.Abs(gain) > 0.5 {
			t.Errorf("%.0f Hz came out at %+.2f dB", hz, gain)
		}
		if rest := 10 * math.Log10((out-tone)/tone); rest > -15 {
			t.Errorf("%.0f Hz: all else is at %.1f dB", hz, rest)
		}
	}
}

// Loud beyond all measure must saturate and recover, not wrap around.
func TestG722Overload(t *testing.T) {
	t.Parallel()
	pcm := make([]int16, 3200)
	for i := range 1600 {
		pcm[i] = 32767
		if i/23%2 == 0 {
			pcm[i] = -32768
		}
	}
	got := NewDecoder(G722).Decode(nil, NewEncoder(G722).Encode(nil, pcm))
	for i := 200; i < 1600; i++ {
		if j := i + 22; i%23 == 11 && int(got[j])*int(pcm[i]) < 0 {
			t.Fatalf("sample %d has the wrong sign: %d for %d", i, got[j], pcm[i])
		}
	}
	for i := 2400; i < 3200; i++ {
		if got[i] > 64 || got[i] < -64 {
			t.Fatalf("silence after it is %d at sample %d", got[i], i)
		}
	}
}

// Any octets decode, in any portions, to the same sound.
func TestG722Portions(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	wire := make([]byte, 4000)
	for i := range wire {
		wire[i] = byte(random.Uint32())
	}
	want := NewDecoder(G722).Decode(nil, wire)
	d := NewDecoder(G722)
	var got []int16
	for rest := wire; len(rest) > 0; {
		n := min(1+random.IntN(400), len(rest))
		got = d.Decode(got, rest[:n])
		rest = rest[n:]
	}
	if len(got) != 2*len(wire) {
		t.Fatalf("%d octets became %d samples", len(wire), len(got))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("sample %d is %d in portions and %d at once", i, got[i], want[i])
		}
	}
}

// The sum was taken when encoder and decoder agreed, octet by octet and sample by
// sample, with two independent implementations.
func TestG722Vector(t *testing.T) {
	t.Parallel()
	wire := NewEncoder(G722).Encode(nil, vector())
	pcm := NewDecoder(G722).Decode(nil, wire)
	sum := fnv.New32a()
	sum.Write(wire)
	for _, v := range pcm {
		sum.Write([]byte{byte(v), byte(v >> 8)})
	}
	if got := sum.Sum32(); got != 0x728747db {
		t.Errorf("the vector's sum is %#x, not what it was", got)
	}
}

// vector is whole-number arithmetic, the same on every machine: a triangle that
// rises in pitch, with a generator's noise on top that grows.
func vector() []int16 {
	pcm := make([]int16, 8000)
	phase, noise := uint32(0), uint32(1)
	for i := range pcm {
		phase += uint32(2_000_000 + 60_000*i)
		v := int32(phase) >> 18
		if v < 0 {
			v = ^v
		}
		noise = noise*1664525 + 1013904223
		pcm[i] = int16(2*v - 8192 + int32(noise)>>19*int32(i)/8000)
	}
	return pcm
}
