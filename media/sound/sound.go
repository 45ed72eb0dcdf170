package sound

import (
	"sync"
	"time"

	"belfry/core"
	"belfry/media/codec"
)

const (
	inner       = 16000 // Hz, at which sounds are kept
	innerFrame  = inner / 50
	prerollTime = inner // what a codec hears before the beginning of a loop: a second
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

	pcm    []int16 // 16 kHz, whole frames
	loops  bool    // its end leads into its beginning
	narrow func() []int16
	mu     sync.Mutex
	frames [3]*Frames // by the order of codec.All
}

// FromPCM makes a sound of mono samples at 8000 or 16000 Hz, as loud as they
// are. Silence fills up the last frame; a sound has one frame at least.
func FromPCM(id core.SoundID, pcm []int16, rate int) *Sound {
	if rate == 8000 {
		wide := fromPCM(id, resample(pcm, 8000, inner))
		frames := (len(pcm) + 159) / 160
		own := make([]int16, max(1, frames)*160)
		copy(own, pcm)
		wide.narrow = func() []int16 { return own }
		return wide
	}
	return fromPCM(id, pcm)
}

func fromPCM(id core.SoundID, pcm []int16) *Sound {
	frames := max(1, (len(pcm)+innerFrame-1)/innerFrame)
	s := &Sound{ID: id, pcm: make([]int16, frames*innerFrame)}
	copy(s.pcm, pcm)
	s.narrow = sync.OnceValue(func() []int16 { return s.halve() })
	return s
}

// halve brings the sound to 8 kHz. That of a loop is taken from its middle turn
// of three, so that the filter hears no end.
func (s *Sound) halve() []int16 {
	if !s.loops {
		return resample(s.pcm, inner, 8000)
	}
	edge := min(len(s.pcm), innerFrame)
	round := make([]int16, 0, len(s.pcm)+2*edge)
	round = append(round, s.pcm[len(s.pcm)-edge:]...)
	round = append(round, s.pcm...)
	round = append(round, s.pcm[:edge]...)
	return resample(round, inner, 8000)[edge/2 : edge/2+len(s.pcm)/2]
}

// Length returns how long it lasts, a whole number of frames.
func (s *Sound) Length() time.Duration {
	return time.Duration(len(s.pcm)/innerFrame) * 20 * time.Millisecond
}

// PCM returns the sound as mono samples at 8000 or 16000 Hz. Do not write to it.
func (s *Sound) PCM(rate int) []int16 {
	if rate == 8000 {
		return s.narrow()
	}
	return s.pcm
}

// Frames returns the sound in the codec c; the first call for a codec encodes
// it (about 1 ms for each second of G.722) and the others share the result.
func (s *Sound) Frames(c codec.Codec) *Frames {
	s.mu.Lock()
	defer s.mu.Unlock()
	slot := &s.frames[0]
	for i, known := range codec.All() {
		if known == c {
			slot = &s.frames[i]
		}
	}
	if *slot == nil {
		*slot = s.encode(c)
	}
	return *slot
}

// encode cuts the sound into frames over one piece of memory. A codec with a
// memory hears the end of a loop first: it is as it will be at the second turn.
func (s *Sound) encode(c codec.Codec) *Frames {
	pcm := s.PCM(c.SampleRate())
	e := codec.NewEncoder(c)
	if s.loops {
		e.Encode(nil, pcm[max(0, len(pcm)-prerollTime):])
	}
	octets := e.Encode(make([]byte, 0, len(pcm)), pcm)
	f := &Frames{Codec: c, Frames: make([][]byte, 0, len(octets)/codec.FrameBytes)}
	for ; len(octets) >= codec.FrameBytes; octets = octets[codec.FrameBytes:] {
		f.Frames = append(f.Frames, octets[:codec.FrameBytes:codec.FrameBytes])
	}
	return f
}

// bytes is what the sound may come to hold in memory, all codecs taken.
func (s *Sound) bytes() int { return len(s.pcm) * 9 / 2 }
