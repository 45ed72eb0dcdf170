package sound

import (
	"encoding/binary"
	"math"
	"os"
	"time"

	"belfry/core"
	"belfry/media/codec"
)

// Format is how a WAV file that we write keeps its samples.
type Format struct {
	Codec    codec.Codec // PCMU, PCMA: as they came; empty: 16-bit linear
	Rate     int         // 8000 or 16000; 8000 for PCMU and PCMA
	Channels int         // 1 or 2
}

func (f Format) tag() (tag, bits int) {
	switch f.Codec {
	case codec.PCMU:
		return tagMuLaw, 8
	case codec.PCMA:
		return tagALaw, 8
	}
	return tagLinear, 16
}

func (f Format) frame() int {
	_, bits := f.tag()
	return f.Channels * bits / 8
}

func (f Format) check() error {
	companded := f.Codec == codec.PCMU || f.Codec == codec.PCMA
	switch {
	case f.Codec != "" && !companded:
		return core.Errorf(core.Internal, "wav-format", "no WAV file is written in %s", f.Codec)
	case f.Rate != 8000 && (f.Rate != 16000 || companded):
		return core.Errorf(core.Internal, "wav-format", "no WAV file is written at %d Hz", f.Rate)
	case f.Channels != 1 && f.Channels != 2:
		return core.Errorf(core.Internal, "wav-format", "no WAV file is written with %d channels", f.Channels)
	}
	return nil
}

// headerSize is that of linear files; the others have a fact chunk more.
const headerSize = 44

// header returns the file's beginning for so many octets of sound.
func (f Format) header(size uint32) []byte {
	tag, bits := f.tag()
	le := binary.LittleEndian
	fact := tag != tagLinear
	b := append(make([]byte, 0, 64), "RIFF\x00\x00\x00\x00WAVEfmt "...)
	if fact {
		b = le.AppendUint32(b, 18)
	} else {
		b = le.AppendUint32(b, 16)
	}
	b = le.AppendUint16(b, uint16(tag))
	b = le.AppendUint16(b, uint16(f.Channels))
	b = le.AppendUint32(b, uint32(f.Rate))
	b = le.AppendUint32(b, uint32(f.Rate*f.frame()))
	b = le.AppendUint16(b, uint16(f.frame()))
	b = le.AppendUint16(b, uint16(bits))
	if fact {
		b = le.AppendUint16(b, 0)
		b = le.AppendUint32(append(b, "fact"...), 4)
		b = le.AppendUint32(b, size/uint32(f.frame()))
	}
	b = le.AppendUint32(append(b, "data"...), size)
	le.PutUint32(b[4:], uint32(len(b))-8+size+size&1)
	return b
}

// Writer writes a WAV file that survives a crash: every Write reaches the file
// at once, and Repair mends the header of one that was never closed. It is for
// one goroutine.
type Writer struct {
	file   *os.File
	format Format
	size   int64
	octets []byte
}

// mostSize keeps the header's 32 bits from overflowing.
const mostSize = math.MaxUint32 - 1024

// Create makes the file at path, which must not exist.
func Create(path string, f Format) (*Writer, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, err
	}
	w, err := newWriter(file, f)
	if err != nil {
		file.Close()
		os.Remove(path)
		return nil, err
	}
	return w, nil
}

// newWriter begins an empty file.
func newWriter(file *os.File, f Format) (*Writer, error) {
	if _, err := file.Write(f.header(0)); err != nil {
		return nil, err
	}
	return &Writer{file: file, format: f}, nil
}

// Write adds octets as the format has them (linear: little endian).
func (w *Writer) Write(p []byte) (int, error) {
	if w.file == nil {
		return 0, os.ErrClosed
	}
	if w.size+int64(len(p)) > mostSize {
		return 0, core.Errorf(core.Invalid, "wav-full", "a WAV file cannot hold more than 4 GB")
	}
	n, err := w.file.Write(p)
	w.size += int64(n)
	return n, err
}

// WritePCM adds linear samples, in the file's format.
func (w *Writer) WritePCM(pcm []int16) error {
	w.octets = w.octets[:0]
	switch w.format.Codec {
	case "":
		for _, s := range pcm {
			w.octets = binary.LittleEndian.AppendUint16(w.octets, uint16(s))
		}
	default:
		w.octets = codec.Compand(w.octets, w.format.Codec, pcm)
	}
	_, err := w.Write(w.octets)
	return err
}

// Patch brings the header up to date: call it every few seconds, for those who
// listen while it is written.
func (w *Writer) Patch() error {
	if w.file == nil {
		return os.ErrClosed
	}
	whole := w.size - w.size%int64(w.format.frame())
	_, err := w.file.WriteAt(w.format.header(uint32(whole)), 0)
	return err
}

// Length returns how much sound was written.
func (w *Writer) Length() time.Duration {
	return time.Duration(w.size/int64(w.format.frame())) * time.Second / time.Duration(w.format.Rate)
}

// Close patches, syncs to disk and closes. Closing twice is allowed.
func (w *Writer) Close() error {
	if w.file == nil {
		return nil
	}
	err := w.Patch()
	if err2 := w.pad(); err == nil {
		err = err2
	}
	if err2 := w.file.Sync(); err == nil {
		err = err2
	}
	if err2 := w.file.Close(); err == nil {
		err = err2
	}
	w.file = nil
	return err
}

// pad makes the last chunk end on an even octet, as RIFF wants it.
func (w *Writer) pad() error {
	if w.size%2 == 0 {
		return nil
	}
	_, err := w.file.Write([]byte{0})
	return err
}
