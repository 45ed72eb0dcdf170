// Package sound holds what a line can play: files an administrator brought,
// prompts, tones and music that are built in. It reads and writes WAV, makes
// every sound equally loud, and encodes each once for all who listen.
//
// It knows no leg and no clock: who plays what to whom is the engine's.
package sound

import (
	"io"
	"time"

	"belfry/core"
	"belfry/media/codec"
)

// Frames is a sound cut into 20 ms payloads of one codec. It is shared by all
// who play it and never changes.
type Frames struct {
	Codec  codec.Codec
	Frames [][]byte
}

// Sound is one thing to play: 16 kHz mono inside, ready in every codec. It is
// safe for use by many goroutines.
type Sound struct {
	ID core.SoundID
}

// Length returns how long it lasts, a whole number of frames.
func (s *Sound) Length() time.Duration { return 0 }

// Frames returns the sound in the codec c; the first call for a codec encodes
// it (about 1 ms for each second of G.722) and the others share the result.
func (s *Sound) Frames(c codec.Codec) *Frames { return nil }

// PCM returns the sound as mono samples at 8000 or 16000 Hz. Do not write to it.
func (s *Sound) PCM(rate int) []int16 { return nil }

// Library finds sounds by name: first <dir>/<id>.wav, then what is built in.
// It is safe for use by many goroutines.
type Library struct{}

// NewLibrary returns a library over the folder dir, which need not exist; with
// "" there is only what is built in.
func NewLibrary(dir string) *Library { return &Library{} }

// Sound returns the sound of that name. The first call reads or makes it, which
// may take some 100 ms: never call it from the path of a frame. A name that
// leads nowhere is a Missing error, a file that cannot be played an Invalid one.
func (l *Library) Sound(id core.SoundID) (*Sound, error) { return nil, nil }

// Put takes an administrator's WAV file under the name id: it is checked,
// normalised and kept as 16 kHz PCM in the folder. It replaces an older one.
func (l *Library) Put(id core.SoundID, r io.Reader) (*Sound, error) { return nil, nil }

// Remove deletes an administrator's file; what is built in comes back.
func (l *Library) Remove(id core.SoundID) error { return nil }

// BuiltIn lists what is always there, sorted.
func BuiltIn() []core.SoundID { return nil }

// FromPCM makes a sound of mono samples at 8000 or 16000 Hz.
func FromPCM(id core.SoundID, pcm []int16, rate int) *Sound { return &Sound{ID: id} }

// Tone returns n samples of a sine of hz at level dBFS (0 is full scale).
func Tone(hz, level float64, length time.Duration, rate int) []int16 { return nil }

// Format is how a WAV file that we write keeps its samples.
type Format struct {
	Codec    codec.Codec // PCMU, PCMA: as they came; empty: 16-bit linear
	Rate     int         // 8000 or 16000; 8000 for PCMU and PCMA
	Channels int         // 1 or 2
}

// Writer writes a WAV file that survives a crash: what is on disk is sound
// from the first write, and Repair mends the header of a file never closed.
type Writer struct{}

// Create makes the file at path, which must not exist.
func Create(path string, f Format) (*Writer, error) { return &Writer{}, nil }

// Write adds octets as the format has them (linear: little endian).
func (w *Writer) Write(p []byte) (int, error) { return len(p), nil }

// WritePCM adds linear samples; only for linear formats.
func (w *Writer) WritePCM(pcm []int16) error { return nil }

// Patch brings data and header to the file: call it every few seconds.
func (w *Writer) Patch() error { return nil }

// Length returns how much sound was written.
func (w *Writer) Length() time.Duration { return 0 }

// Close patches, syncs to disk and closes. Closing twice is allowed.
func (w *Writer) Close() error { return nil }

// Repair makes the header of the WAV file at path agree with its size. It
// returns how long the sound is. A sound file is left as it is.
func Repair(path string) (time.Duration, error) { return 0, nil }

// Audio is what a WAV file holds, brought to 16 kHz mono, as loud as it came.
type Audio struct {
	PCM      []int16 // 16 kHz mono
	Rate     int     // as the file had it
	Channels int
}

// Limits bound what is read.
type Limits struct {
	Bytes  int64         // 0: 50 MiB
	Length time.Duration // 0: 10 minutes
}

// ReadWAV reads a WAV file: linear 8 or 16 bits, µ-law, A-law; 8, 11.025, 16,
// 22.05, 24, 32, 44.1 or 48 kHz; one or two channels, which are averaged. Each fault is a
// core.Error of kind Invalid that says what to do.
func ReadWAV(r io.Reader, l Limits) (*Audio, error) { return nil, nil }
