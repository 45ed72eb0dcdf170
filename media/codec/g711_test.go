package codec

import (
	"bytes"
	"os"
	"testing"

	"belfry/media/codec/internal/law"
)

func TestTablesAreFresh(t *testing.T) {
	t.Parallel()
	want, err := law.Source()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("tables.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("tables.go is not what internal/law/write writes: run go generate ./media/codec")
	}
}

// The first interval of each segment, as tables 1a and 2a of G.711 have them:
// its lowest magnitude, its width, and the octet that is sent for a positive one.
type segment struct {
	from, width int
	octet       byte
}

var (
	// In units of the 14-bit scale; the very first interval is half as wide.
	muSegments = []segment{{31, 4, 0xef}, {95, 8, 0xdf}, {223, 16, 0xcf}, {479, 32, 0xbf}, {991, 64, 0xaf}, {2015, 128, 0x9f}, {4063, 256, 0x8f}}
	// In units of the 13-bit scale, after every second bit was inverted.
	aSegments = []segment{{64, 4, 0xa0 ^ 0x55}, {128, 8, 0xb0 ^ 0x55}, {256, 16, 0xc0 ^ 0x55}, {512, 32, 0xd0 ^ 0x55}, {1024, 64, 0xe0 ^ 0x55}, {2048, 128, 0xf0 ^ 0x55}}
)

func TestMuLawIntervals(t *testing.T) {
	t.Parallel()
	encode := func(v int) byte { return NewEncoder(PCMU).Encode(nil, []int16{int16(v << 2)})[0] }
	for _, s := range muSegments {
		for k := range 16 {
			low, high := s.from+k*s.width, s.from+(k+1)*s.width-1
			want := s.octet - byte(k)
			if a, b := encode(low), encode(high); a != want || b != want {
				t.Errorf("%d to %d became %#02x and %#02x, want %#02x", low, high, a, b, want)
			}
			middle := int16((low + s.width/2) << 2)
			if got := NewDecoder(PCMU).Decode(nil, []byte{want})[0]; got != middle {
				t.Errorf("%#02x became %d, want %d", want, got, middle)
			}
		}
	}
	for _, row := range []struct {
		sample int
		want   byte
	}{{0, 0xff}, {1, 0xfe}, {2, 0xfe}, {3, 0xfd}, {30, 0xf0}, {8158, 0x80}, {8191, 0x80}, {-1, 0x7f}, {-2, 0x7e}, {-8192, 0x00}} {
		if got := encode(row.sample); got != row.want {
			t.Errorf("%d became %#02x, want %#02x", row.sample, got, row.want)
		}
	}
}

func TestALawIntervals(t *testing.T) {
	t.Parallel()
	encode := func(v int) byte { return NewEncoder(PCMA).Encode(nil, []int16{int16(v << 3)})[0] }
	for _, s := range aSegments {
		for k := range 16 {
			low, high := s.from+k*s.width, s.from+(k+1)*s.width-1
			want := ((s.octet ^ 0x55) + byte(k)) ^ 0x55
			if a, b := encode(low), encode(high); a != want || b != want {
				t.Errorf("%d to %d became %#02x and %#02x, want %#02x", low, high, a, b, want)
			}
			middle := int16((low + s.width/2) << 3)
			if got := NewDecoder(PCMA).Decode(nil, []byte{want})[0]; got != middle {
				t.Errorf("%#02x became %d, want %d", want, got, middle)
			}
		}
	}
	for _, row := range []struct {
		sample int
		want   byte
	}{{0, 0xd5}, {1, 0xd5}, {2, 0xd4}, {62, 0xca}, {4095, 0xaa}, {-1, 0x55}, {-4096, 0x2a}} {
		if got := encode(row.sample); got != row.want {
			t.Errorf("%d became %#02x, want %#02x", row.sample, got, row.want)
		}
	}
}

func TestEveryOctetComesBack(t *testing.T) {
	t.Parallel()
	for _, c := range []Codec{PCMU, PCMA} {
		for i := range 256 {
			b := byte(i)
			pcm := NewDecoder(c).Decode(nil, []byte{b})
			got := NewEncoder(c).Encode(nil, pcm)[0]
			if c == PCMU && b == 0x7f {
				b = 0xff // minus nought is nought
			}
			if got != b {
				t.Errorf("%s: %#02x is %d, which is %#02x", c, i, pcm[0], got)
			}
		}
	}
}

func TestEverySampleIsNear(t *testing.T) {
	t.Parallel()
	for _, c := range []Codec{PCMU, PCMA} {
		e, d := NewEncoder(c), NewDecoder(c)
		for i := -32768; i <= 32767; i++ {
			wire := e.Encode(nil, []int16{int16(i)})
			back := int(d.Decode(nil, wire)[0])
			off := max(back-i, i-back)
			if most := max(i, -i)/32 + 20; off > most && max(i, -i) < 32000 {
				t.Fatalf("%s: %d came back as %d", c, i, back)
			}
		}
	}
}
