package tape

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"belfry/core"
	"belfry/media/mix"
)

// Kept is a recording that can be listened to.
type Kept struct {
	Head
	Length time.Duration
	File   string // WAV, relative to the data folder
	Rate   int
	Tracks int
}

// About is the description beside a recording: .json.
type About struct {
	Head
	Length   int64     `json:"length_ms"`
	Rate     int       `json:"rate"`
	SHA256   string    `json:"sha256"` // of the WAV file
	Segments []Stretch `json:"segments"`
	Parties  []Track   `json:"parties"`
}

// Stretch is a part of the timeline in one state.
type Stretch struct {
	State core.TapeState `json:"state"`
	From  int64          `json:"from_ms"`
	Until int64          `json:"until_ms"`
}

// Rest is called about every 20 ms of work with how long that took. An error
// ends the work; the log stays as it is.
type Rest func(worked time.Duration) error

// Render makes the stereo file of the log at path: left the customers, right the
// agents. It leaves the log; a second Render does the same again.
func Render(data, path string, rest Rest) (*Kept, error) {
	s, err := scan(path)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(Folder, s.head.Began.Std().Format("2006/01/02"))
	base := filepath.Join(folder, string(s.head.Tape))
	if err := os.MkdirAll(filepath.Join(data, folder), 0o700); err != nil {
		return nil, err
	}
	full := filepath.Join(data, base)
	out, err := newStereo(full+".wav.part", s.rate, s.samples())
	if err != nil {
		return nil, err
	}
	defer out.drop()
	if err := s.play(path, out, rest); err != nil {
		return nil, err
	}
	sum, err := out.finish()
	if err != nil {
		return nil, err
	}
	about := About{
		Head: s.head, Length: s.length().Milliseconds(), Rate: s.rate, SHA256: sum,
		Segments: s.stretches(), Parties: s.tracks,
	}
	text, err := json.MarshalIndent(about, "", " ")
	if err != nil {
		return nil, err
	}
	if err := put(full+".json", append(text, '\n'), true); err != nil {
		return nil, err
	}
	if err := put(full+".peaks", out.peaks.bytes(), false); err != nil {
		return nil, err
	}
	if err := os.Rename(full+".wav.part", full+".wav"); err != nil {
		return nil, err
	}
	settle(filepath.Dir(full))
	return &Kept{Head: s.head, Length: s.length(), File: filepath.ToSlash(base) + ".wav", Rate: s.rate, Tracks: len(s.tracks)}, nil
}

// put writes a small file whole or not at all, and to the disk itself if durable.
func put(path string, b []byte, durable bool) error {
	f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(path + ".part")
	_, err = f.Write(b)
	if durable && err == nil {
		err = f.Sync()
	}
	if err2 := f.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// settle brings the names in a folder to the disk.
func settle(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // not every file system can; the files themselves are there
		d.Close()
	}
}

// score is what a log says besides sound: who is heard when, and when it ends.
type score struct {
	head   Head
	tracks []Track
	marks  []Mark // states, and who is heard, in order
	rate   int
	end    uint32 // ticks
}

// scan reads a log once for its score. One without a head is an Invalid error.
func scan(path string) (*score, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	broken := core.Errorf(core.Invalid, "tape-broken", "%s is no log of a recording", strings.TrimSuffix(filepath.Base(path), suffix))
	x, err := newReader(f)
	if err != nil {
		return nil, broken
	}
	s, last, closed := &score{}, uint32(0), false
	for {
		sound, mark, err := x.next()
		if errors.Is(err, io.EOF) {
			break
		}
		switch {
		case sound != nil:
			last = max(last, sound.At+uint32(len(sound.Payload)))
		case mark.Head != nil:
			s.head = *mark.Head
		case mark.Track != nil:
			s.tracks = append(s.tracks, *mark.Track)
		default:
			s.marks = append(s.marks, *mark)
			last = max(last, mark.At)
			if mark.State == core.TapeClosed {
				s.end, closed = mark.At, true
			}
		}
	}
	if s.head.Tape == "" {
		return nil, broken
	}
	if !closed { // a crash: it ends with the last that is known
		s.end = last
	}
	s.order()
	s.rate = 8000
	if len(s.tracks) > 0 && s.tracks[0].Codec.SampleRate() == 16000 {
		s.rate = 16000
	}
	return s, nil
}

// order lets the last packet of a leg that has left be heard to its end, and
// puts the marks in the order in which they count.
func (s *score) order() {
	for i := range s.marks {
		m := &s.marks[i]
		if m.Shut == nil || !m.Left {
			continue
		}
		end := m.At + frame
		for _, o := range s.marks[i+1:] {
			if o.Open != nil && *o.Open == *m.Shut {
				end = min(end, o.At)
				break
			}
		}
		m.At = end
	}
	slices.SortStableFunc(s.marks, func(a, b Mark) int { return cmp.Compare(a.At, b.At) })
}

func (s *score) length() time.Duration { return time.Duration(s.end) * Tick }

func (s *score) samples() int64 { return int64(s.end) * int64(s.rate) / 8000 }

// stretches are the states of the timeline, one after the other.
func (s *score) stretches() []Stretch {
	var all []Stretch
	for _, m := range s.marks {
		if m.State == "" {
			continue
		}
		ms := int64(m.At) * Tick / 1e6
		if n := len(all); n > 0 {
			all[n-1].Until = ms
		}
		if m.State != core.TapeClosed {
			all = append(all, Stretch{State: m.State, From: ms})
		}
	}
	if n := len(all); n > 0 && all[n-1].Until == 0 {
		all[n-1].Until = s.length().Milliseconds()
	}
	return all
}

// track is one leg's sound while it is rendered.
type track struct {
	replay *mix.Replay
	side   core.Side
	heard  bool // as the marks say at the frame's beginning
	pcm    []int16
	lastAt int64
}
