package sound

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"
	"belfry/media/mix"
)

// wav makes a file: what a test wants wrong it sets.
type wav struct {
	tag, channels, bits int
	rate                int
	extensible          bool
	before              []byte // chunks before the sound
	data                []byte
	size                int // told; -1 the true one
}

func (w wav) bytes() []byte {
	le := binary.LittleEndian
	var f []byte
	tag := w.tag
	if w.extensible {
		tag = tagExtensible
	}
	f = le.AppendUint16(f, uint16(tag))
	f = le.AppendUint16(f, uint16(w.channels))
	f = le.AppendUint32(f, uint32(w.rate))
	f = le.AppendUint32(f, uint32(w.rate*w.channels*w.bits/8))
	f = le.AppendUint16(f, uint16(w.channels*w.bits/8))
	f = le.AppendUint16(f, uint16(w.bits))
	if w.extensible {
		f = append(f, 22, 0, byte(w.bits), 0, 3, 0, 0, 0, byte(w.tag), 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71)
	}
	b := append([]byte("RIFF\x00\x00\x00\x00WAVE"), w.before...)
	b = append(le.AppendUint32(append(b, "fmt "...), uint32(len(f))), f...)
	size := w.size
	if size < 0 {
		size = len(w.data)
	}
	return append(le.AppendUint32(append(b, "data"...), uint32(size)), w.data...)
}

// sine is a second of 1000 Hz at -6 dBFS in the format.
func (w wav) sine() wav {
	for _, s := range Tone(1000, -6, time.Second, w.rate) {
		for range w.channels {
			switch {
			case w.tag == tagMuLaw:
				w.data = codec.Compand(w.data, codec.PCMU, []int16{s})
			case w.tag == tagALaw:
				w.data = codec.Compand(w.data, codec.PCMA, []int16{s})
			case w.bits == 8:
				w.data = append(w.data, byte(s>>8)+128)
			default:
				w.data = binary.LittleEndian.AppendUint16(w.data, uint16(s))
			}
		}
	}
	w.size = -1
	return w
}

func TestReadWAV(t *testing.T) {
	t.Parallel()
	list := append([]byte("LIST\x05\x00\x00\x00"), 1, 2, 3, 4, 5, 0)
	for _, row := range []struct {
		name string
		wav  wav
	}{
		{"16 bits 8 kHz", wav{tag: 1, channels: 1, bits: 16, rate: 8000}},
		{"16 bits 16 kHz", wav{tag: 1, channels: 1, bits: 16, rate: 16000}},
		{"16 bits 22.05 kHz", wav{tag: 1, channels: 1, bits: 16, rate: 22050}},
		{"16 bits 44.1 kHz stereo", wav{tag: 1, channels: 2, bits: 16, rate: 44100}},
		{"16 bits 48 kHz stereo, extensible", wav{tag: 1, channels: 2, bits: 16, rate: 48000, extensible: true}},
		{"8 bits 8 kHz", wav{tag: 1, channels: 1, bits: 8, rate: 8000}},
		{"µ-law 8 kHz", wav{tag: 7, channels: 1, bits: 8, rate: 8000}},
		{"A-law 8 kHz stereo", wav{tag: 6, channels: 2, bits: 8, rate: 8000}},
		{"with a list before, of odd length", wav{tag: 1, channels: 1, bits: 16, rate: 16000, before: list}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{-1, 0, math.MaxUint32} { // the latter two as pipes leave them
				w := row.wav.sine()
				w.size = size
				a, err := ReadWAV(bytes.NewReader(w.bytes()), Limits{})
				if err != nil {
					t.Fatal(err)
				}
				if len(a.PCM) != 16000 || a.Rate != w.rate || a.Channels != w.channels {
					t.Errorf("%d samples, %d Hz, %d channels", len(a.PCM), a.Rate, a.Channels)
				}
				if got := mix.ToneLevel(a.PCM[1600:14400], 16000, 1000); math.Abs(got+6) > 0.2 {
					t.Errorf("the tone is at %.2f dB", got)
				}
			}
		})
	}
}

func TestReadWAVFaults(t *testing.T) {
	t.Parallel()
	good := wav{tag: 1, channels: 1, bits: 16, rate: 8000}.sine()
	with := func(change func(*wav)) []byte {
		w := good
		change(&w)
		return w.bytes()
	}
	for _, row := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "wav-empty"},
		{"a text", []byte("Hello, this is no sound at all."), "wav-not"},
		{"an MP3", []byte("ID3\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "wav-not"},
		{"only RIFF", []byte("RIFF"), "wav-not"},
		{"big endian", []byte("RIFX\x00\x00\x00\x00WAVE"), "wav-not"},
		{"no chunks", good.bytes()[:12], "wav-no-sound"},
		{"cut in the format", good.bytes()[:30], "wav-cut"},
		{"no sound", good.bytes()[:36], "wav-no-sound"},
		{"sound of no length", with(func(w *wav) { w.data = nil }), "wav-no-sound"},
		{"cut in the sound", good.bytes()[:9000], "wav-cut"},
		{"24 bits", with(func(w *wav) { w.bits = 24 }), "wav-codec"},
		{"float", with(func(w *wav) { w.tag, w.bits = 3, 32 }), "wav-codec"},
		{"MP3 in WAV", with(func(w *wav) { w.tag = 0x55 }), "wav-codec"},
		{"µ-law of 16 bits", with(func(w *wav) { w.tag = 7 }), "wav-codec"},
		{"six channels", with(func(w *wav) { w.channels = 6 }), "wav-channels"},
		{"no channel", with(func(w *wav) { w.channels = 0 }), "wav-channels"},
		{"96 kHz", with(func(w *wav) { w.rate = 96000 }), "wav-rate"},
		{"no rate", with(func(w *wav) { w.rate = 0 }), "wav-rate"},
		{"told to be hours long", with(func(w *wav) { w.size = 1 << 30 }), "wav-too-long"},
		{"sound before the format", append([]byte("RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00"), 0, 0, 0, 0), "wav-header"},
		{"a chunk larger than the file", []byte("RIFF\x00\x00\x00\x00WAVELIST\xff\xff\xff\x7f"), "wav-cut"},
		{"chunks without end", append([]byte("RIFF\x00\x00\x00\x00WAVE"), bytes.Repeat([]byte("junk\x00\x00\x00\x00"), 100)...), "wav-header"},
		{"a format of two octets", []byte("RIFF\x00\x00\x00\x00WAVEfmt \x02\x00\x00\x00\x01\x00"), "wav-header"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadWAV(bytes.NewReader(row.file), Limits{})
			e, ok := errors.AsType[*core.Error](err)
			if !ok || e.Kind != core.Invalid || e.Code != row.want {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
}

// endless is a file that never ends.
type endless struct{ head io.Reader }

func (e endless) Read(p []byte) (int, error) {
	if n, err := e.head.Read(p); err == nil {
		return n, nil
	}
	return len(p), nil
}

func TestReadWAVLimits(t *testing.T) {
	t.Parallel()
	w := wav{tag: 1, channels: 1, bits: 16, rate: 8000}.sine()
	w.size = math.MaxUint32
	for _, row := range []struct {
		name   string
		limits Limits
		want   string
	}{
		{"length", Limits{Length: 3 * time.Second}, "wav-too-long"},
		{"size", Limits{Bytes: 20000}, "wav-too-big"},
	} {
		_, err := ReadWAV(endless{bytes.NewReader(w.bytes())}, row.limits)
		if e, ok := errors.AsType[*core.Error](err); !ok || e.Code != row.want {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
		}
	}
	broken := errors.New("the line is cut")
	if _, err := ReadWAV(io.MultiReader(bytes.NewReader(w.bytes()[:100]), &failing{broken}), Limits{}); !errors.Is(err, broken) {
		t.Errorf("a reader's fault became %v", err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzReadWAV(f *testing.F) {
	for _, w := range []wav{
		{tag: 1, channels: 1, bits: 16, rate: 8000, data: make([]byte, 40), size: -1},
		{tag: 1, channels: 2, bits: 8, rate: 44100, data: make([]byte, 41), size: -1},
		{tag: 7, channels: 1, bits: 8, rate: 8000, data: make([]byte, 33), size: 0},
		{tag: 6, channels: 2, bits: 8, rate: 48000, extensible: true, data: make([]byte, 7), size: math.MaxUint32},
	} {
		f.Add(w.bytes())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := ReadWAV(bytes.NewReader(file), Limits{Length: 2 * time.Second})
		if err != nil {
			if core.KindOf(err) != core.Invalid {
				t.Fatalf("%v is no Invalid error", err)
			}
			return
		}
		if len(a.PCM) > 2*16000+1 || len(a.PCM) > 3*len(file) {
			t.Fatalf("%d samples of %d octets", len(a.PCM), len(file))
		}
		normalise(a.PCM)
	})
}

func TestWriter(t *testing.T) {
	t.Parallel()
	for _, f := range formats() {
		path := filepath.Join(t.TempDir(), "x.wav")
		w, err := Create(path, f)
		if err != nil {
			t.Fatal(err)
		}
		pcm := Tone(1000, -6, time.Second, f.Rate)
		if f.Channels == 2 {
			both := make([]int16, 0, 2*len(pcm))
			for _, s := range pcm {
				both = append(both, s, s)
			}
			pcm = both
		}
		for i := 0; i < len(pcm); i += 160 {
			if err := w.WritePCM(pcm[i : i+160]); err != nil {
				t.Fatal(err)
			}
		}
		if w.Length() != time.Second {
			t.Errorf("%v: %v written", f, w.Length())
		}
		if err := w.Patch(); err != nil {
			t.Fatal(err)
		}
		check := func(when string) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			a, err := ReadWAV(bytes.NewReader(b), Limits{})
			if err != nil {
				t.Fatalf("%v, %s: %v", f, when, err)
			}
			if got := mix.ToneLevel(a.PCM[1600:14400], 16000, 1000); len(a.PCM) != 16000 || math.Abs(got+6) > 0.1 {
				t.Errorf("%v, %s: %d samples, %.2f dB", f, when, len(a.PCM), got)
			}
			if riff := binary.LittleEndian.Uint32(b[4:]); int(riff)+8 != len(b) {
				t.Errorf("%v, %s: RIFF says %d of %d octets", f, when, riff+8, len(b))
			}
		}
		check("while it is written")
		if err := errors.Join(w.Close(), w.Close()); err != nil {
			t.Fatal(err)
		}
		check("closed")
		if _, err := w.Write([]byte{1}); !errors.Is(err, os.ErrClosed) {
			t.Errorf("written after the end: %v", err)
		}
		if _, err := Create(path, f); !errors.Is(err, os.ErrExist) {
			t.Errorf("made twice: %v", err)
		}
	}
	for _, f := range []Format{{"G722", 16000, 1}, {"PCMU", 16000, 1}, {"", 44100, 1}, {"", 8000, 3}, {"", 8000, 0}} {
		if _, err := Create(filepath.Join(t.TempDir(), "x.wav"), f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}

func TestRepair(t *testing.T) {
	t.Parallel()
	for _, f := range formats() {
		for _, row := range []struct {
			name   string
			frames int
			ragged int  // octets of a sample that was not finished
			close  bool // in order
		}{
			{"never closed", 1600, 0, false},
			{"cut within a sample", 1600, f.frame() - 1, false},
			{"nothing said", 0, 0, false},
			{"closed", 1600, 0, true},
			{"closed, of odd length", 1601, 0, true},
		} {
			path := filepath.Join(t.TempDir(), "x.wav")
			w, err := Create(path, f)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(make([]byte, row.frames*f.frame()+row.ragged)); err != nil {
				t.Fatal(err)
			}
			if row.close {
				err = w.Close()
			} else {
				err = w.file.Close() // as the end of the process does
			}
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // mending twice changes nothing more
				length, err := Repair(path)
				if want := time.Duration(row.frames) * time.Second / time.Duration(f.Rate); err != nil || length != want {
					t.Errorf("%v, %s: %v, %v", f, row.name, length, err)
				}
			}
			if row.frames > 0 {
				file, err := os.Open(path)
				if err != nil {
					t.Fatal(err)
				}
				if a, err := ReadWAV(file, Limits{}); err != nil || len(a.PCM) != row.frames*16000/f.Rate {
					t.Errorf("%v, %s: %v", f, row.name, err)
				}
				file.Close()
			}
		}
	}
	path := filepath.Join(t.TempDir(), "x.wav")
	if _, err := Repair(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	for _, content := range []string{"", "RIFF", "This is a letter to my mother and no recording at all, it is long enough."} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Repair(path); core.KindOf(err) != core.Invalid {
			t.Errorf("%q: %v", content, err)
		}
		if b, _ := os.ReadFile(path); string(b) != content {
			t.Errorf("%q was changed", content)
		}
	}
}
