package tape

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"math"
	"os"
)

const (
	wavHead = 44
	blob    = 64 << 10
	// mostSamples keeps the header's 32 bits from overflowing.
	mostSamples = (math.MaxUint32 - 1024) / 4
)

// stereo writes a WAV file, 16 bits and two channels, of which the length is
// known. Silence takes no space where the file system has holes.
type stereo struct {
	file  *os.File
	path  string
	want  int64 // samples of a channel
	have  int64
	buf   []byte
	sum   hash.Hash
	peaks peaks
}

func newStereo(path string, rate int, samples int64) (*stereo, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	samples = min(samples, mostSamples)
	w := &stereo{file: f, path: path, want: samples, buf: make([]byte, 0, blob), sum: sha256.New(), peaks: newPeaks(samples)}
	le := binary.LittleEndian
	w.buf = append(w.buf, "RIFF"...)
	w.buf = le.AppendUint32(w.buf, uint32(wavHead-8+4*samples))
	w.buf = append(w.buf, "WAVEfmt "...)
	w.buf = le.AppendUint32(w.buf, 16)
	w.buf = le.AppendUint16(w.buf, 1)
	w.buf = le.AppendUint16(w.buf, 2)
	w.buf = le.AppendUint32(w.buf, uint32(rate))
	w.buf = le.AppendUint32(w.buf, uint32(4*rate))
	w.buf = le.AppendUint16(w.buf, 4)
	w.buf = le.AppendUint16(w.buf, 16)
	w.buf = append(w.buf, "data"...)
	w.buf = le.AppendUint32(w.buf, uint32(4*samples))
	return w, nil
}

// frame writes sums of both channels, saturated.
func (w *stereo) frame(left, right []int32) error {
	for i := range left {
		if w.have == w.want {
			return nil
		}
		l, r := saturate(left[i]), saturate(right[i])
		w.peaks.push(w.have, l, r)
		w.buf = append(w.buf, byte(l), byte(uint16(l)>>8), byte(r), byte(uint16(r)>>8))
		w.have++
		if len(w.buf) == blob {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func saturate(x int32) int16 { return int16(min(max(x, math.MinInt16), math.MaxInt16)) }

func (w *stereo) flush() error {
	w.sum.Write(w.buf)
	var err error
	if isZero(w.buf) {
		_, err = w.file.Seek(int64(len(w.buf)), io.SeekCurrent)
	} else {
		_, err = w.file.Write(w.buf)
	}
	w.buf = w.buf[:0]
	return err
}

// finish brings the file to the disk and returns its SHA-256.
func (w *stereo) finish() (string, error) {
	if err := w.flush(); err != nil {
		return "", err
	}
	if err := w.file.Truncate(wavHead + 4*w.want); err != nil {
		return "", err
	}
	if err := w.file.Sync(); err != nil {
		return "", err
	}
	err := w.file.Close()
	w.file = nil
	return hex.EncodeToString(w.sum.Sum(nil)), err
}

// drop removes a file that was not finished.
func (w *stereo) drop() {
	if w.file != nil {
		w.file.Close()
		os.Remove(w.path)
	}
}
