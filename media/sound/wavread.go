package sound

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"time"

	"belfry/core"
	"belfry/media/codec"
)

// Audio is what a WAV file holds, brought to 16 kHz mono, as loud as it came.
type Audio struct {
	PCM      []int16 // 16 kHz mono
	Rate     int     // as the file had it
	Channels int     // as the file had it
}

// Limits bound what is read.
type Limits struct {
	Bytes  int64         // 0: 128 MiB
	Length time.Duration // 0: 10 minutes
}

const (
	defaultBytes  = 128 << 20
	defaultLength = 10 * time.Minute
	mostChunks    = 64 // before the sound
)

// The tags of a WAV file's format.
const (
	tagLinear     = 1
	tagALaw       = 6
	tagMuLaw      = 7
	tagExtensible = 0xfffe
)

var wavRates = []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000}

// ReadWAV reads a WAV file: linear 8 or 16 bits, µ-law, A-law; 8, 11.025, 12, 16,
// 22.05, 24, 32, 44.1 or 48 kHz; one or two channels, which are averaged. It
// believes no size in the file. Each fault is a core.Error of kind Invalid that
// says what to do.
func ReadWAV(r io.Reader, l Limits) (*Audio, error) {
	if l.Bytes == 0 {
		l.Bytes = defaultBytes
	}
	if l.Length == 0 {
		l.Length = defaultLength
	}
	w := &wavReader{limits: l, r: r, left: l.Bytes}
	if err := w.header(); err != nil {
		return nil, err
	}
	return w.sound()
}

type wavReader struct {
	limits Limits
	r      io.Reader
	left   int64 // octets that may still be read

	tag, bits      int
	rate, channels int
	size           int64 // of the sound
	toEnd          bool  // the size was left open: the sound goes on to the end
	scratch        [4096]byte
	mono           []float32
}

// read fills p or fails; a file that ends is a fault with its own words.
func (w *wavReader) read(p []byte) error {
	n, err := w.some(p, len(p))
	if err != nil {
		return err
	}
	if n < len(p) {
		return core.Errorf(core.Invalid, "wav-cut", "the file ends in the middle of its header: upload it again")
	}
	return nil
}

// some reads up to n octets; less only at the end of the file.
func (w *wavReader) some(p []byte, n int) (int, error) {
	got, err := io.ReadFull(w.r, p[:min(int64(n), w.left+1)])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, err
	}
	if w.left -= int64(got); w.left < 0 {
		return 0, core.Errorf(core.Invalid, "wav-too-big", "the file is larger than %d MB", w.limits.Bytes>>20)
	}
	return got, nil
}

func (w *wavReader) skip(n int64) error {
	for n > 0 {
		k := int(min(n, int64(len(w.scratch))))
		if err := w.read(w.scratch[:k]); err != nil {
			return err
		}
		n -= int64(k)
	}
	return nil
}

// header reads up to the beginning of the sound.
func (w *wavReader) header() error {
	var head [12]byte
	n, err := w.some(head[:], len(head))
	switch {
	case err != nil:
		return err
	case n == 0:
		return core.Errorf(core.Invalid, "wav-empty", "the file is empty")
	case n < len(head) || !bytes.Equal(head[:4], []byte("RIFF")) || !bytes.Equal(head[8:], []byte("WAVE")):
		return core.Errorf(core.Invalid, "wav-not", "this is not a WAV file: save the sound as WAV, 16 bits")
	}
	for range mostChunks {
		var chunk [8]byte
		n, err := w.some(chunk[:], len(chunk))
		if err != nil {
			return err
		}
		if n < len(chunk) {
			return core.Errorf(core.Invalid, "wav-no-sound", "the file has no sound in it")
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "fmt ":
			err = w.format(size)
		case "data":
			return w.data(size)
		default:
			err = w.skip(size + size&1)
		}
		if err != nil {
			return err
		}
	}
	return core.Errorf(core.Invalid, "wav-header", "the file's header is too long: save it again, without pictures and notes")
}

func (w *wavReader) format(size int64) error {
	var f [40]byte
	if size < 16 || size > 1024 {
		return core.Errorf(core.Invalid, "wav-header", "the file's header makes no sense: save it again as WAV, 16 bits")
	}
	n := min(size, int64(len(f)))
	if err := w.read(f[:n]); err != nil {
		return err
	}
	if err := w.skip(size + size&1 - n); err != nil {
		return err
	}
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(f[at:])) }
	w.tag, w.channels, w.bits = u16(0), u16(2), u16(14)
	if w.tag == tagExtensible && n >= 26 {
		w.tag = u16(24) // the first two octets of the sub-format's GUID
	}
	rate := binary.LittleEndian.Uint32(f[4:])
	known := w.tag == tagLinear && (w.bits == 8 || w.bits == 16) || (w.tag == tagMuLaw || w.tag == tagALaw) && w.bits == 8
	switch {
	case !known:
		return core.Errorf(core.Invalid, "wav-codec", "the file's format (%d, %d bits) is not supported: save it as WAV, 16 bits, linear PCM", w.tag, w.bits)
	case w.channels != 1 && w.channels != 2:
		return core.Errorf(core.Invalid, "wav-channels", "the file has %d channels: save it as mono or stereo", w.channels)
	case rate > 1<<20 || !slices.Contains(wavRates, int(rate)):
		return core.Errorf(core.Invalid, "wav-rate", "a sample rate of %d Hz is not supported: save it at 8, 16, 44.1 or 48 kHz", rate)
	}
	w.rate = int(rate)
	return nil
}

func (w *wavReader) frame() int64 { return int64(w.channels * w.bits / 8) }

func (w *wavReader) data(size int64) error {
	if w.rate == 0 {
		return core.Errorf(core.Invalid, "wav-header", "the file does not say what it holds: save it again as WAV, 16 bits")
	}
	w.size = size
	// Who writes to a pipe cannot know the size and leaves one of these.
	w.toEnd = size == 0 || size >= 0x7fff_f000
	if !w.toEnd {
		return w.long(size / w.frame())
	}
	return nil
}

// long refuses more frames than the limit's time.
func (w *wavReader) long(frames int64) error {
	if time.Duration(frames)*time.Second/time.Duration(w.rate) > w.limits.Length {
		return core.Errorf(core.Invalid, "wav-too-long", "the sound is longer than %v: cut it", w.limits.Length)
	}
	return nil
}

// sound reads the samples through the resampler, a block at a time.
func (w *wavReader) sound() (*Audio, error) {
	to := newResampler(w.rate, inner)
	block := int64(len(w.scratch)) / w.frame() * w.frame()
	total := int64(0)
	for w.toEnd || total < w.size {
		want := block
		if !w.toEnd {
			want = min(block, w.size-total)
		}
		n, err := w.some(w.scratch[:], int(want))
		if err != nil {
			return nil, err
		}
		total += int64(n)
		if err := w.long(total / w.frame()); err != nil {
			return nil, err
		}
		w.mono = w.downmix(w.mono[:0], w.scratch[:int64(n)/w.frame()*w.frame()])
		to.put(w.mono)
		if int64(n) < want {
			if !w.toEnd {
				return nil, core.Errorf(core.Invalid, "wav-cut", "the file ends before its sound does: upload it again")
			}
			break
		}
	}
	if to.taken == 0 {
		return nil, core.Errorf(core.Invalid, "wav-no-sound", "the file has no sound in it")
	}
	return &Audio{PCM: to.flush(), Rate: w.rate, Channels: w.channels}, nil
}

// downmix appends the mean of the channels, full scale at ±32768.
func (w *wavReader) downmix(dst []float32, p []byte) []float32 {
	var octets codec.Codec
	switch w.tag {
	case tagMuLaw:
		octets = codec.PCMU
	case tagALaw:
		octets = codec.PCMA
	}
	at := func(i int) float32 {
		switch {
		case octets != "":
			return float32(codec.Linear(octets, p[i]))
		case w.bits == 8:
			return (float32(p[i]) - 128) * 256
		}
		return float32(int16(binary.LittleEndian.Uint16(p[2*i:])))
	}
	samples := len(p) * 8 / w.bits
	for i := 0; i < samples; i += w.channels {
		v := at(i)
		if w.channels == 2 {
			v = (v + at(i+1)) / 2
		}
		dst = append(dst, v)
	}
	return dst
}
