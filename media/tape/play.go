package tape

import (
	"errors"
	"io"
	"os"
	"time"

	"belfry/core"
	"belfry/media/mix"
)

const (
	frame = 160 // ticks of 20 ms
	// idle is how long after its last packet a track is silent for sure.
	idle  = 2 * int64(mix.ReplayAhead/Tick)
	slice = 20 * time.Millisecond // of work between two rests
)

// player brings a log into frames of stereo sound.
type player struct {
	*score
	in     *reader
	tracks map[uint8]*track
	order  []*track
	rolls  bool // as the marks say at the frame's beginning
	mark   int
	sound  *Sound // read ahead
	done   bool
	left   []int32
	right  []int32
}

// play reads the log a second time and writes its sound.
func (s *score) play(path string, out *stereo, rest Rest) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := newReader(f)
	if err != nil {
		return err
	}
	n := frame * s.rate / 8000
	p := &player{score: s, in: in, tracks: map[uint8]*track{}, left: make([]int32, n), right: make([]int32, n)}
	for _, t := range s.tracks {
		x := &track{replay: mix.NewReplay(s.rate), side: t.Side, lastAt: -idle}
		p.tracks[t.Number] = x
		p.order = append(p.order, x)
	}
	began := time.Now()
	for at := int64(0); at < int64(s.end); at += frame {
		p.feed(at + frame + int64(mix.ReplayAhead/Tick))
		if err := out.frame(p.next(at)); err != nil {
			return err
		}
		if worked := time.Since(began); worked >= slice {
			if err := rest(worked); err != nil {
				return err
			}
			began = time.Now()
		}
	}
	return nil
}

// feed gives the tracks what came before the tick until.
func (p *player) feed(until int64) {
	for !p.done {
		if p.sound == nil {
			sound, _, err := p.in.next()
			if errors.Is(err, io.EOF) {
				p.done = true
				return
			}
			p.sound = sound
			continue
		}
		if int64(p.sound.At) > until {
			return
		}
		if t := p.tracks[p.sound.Track]; t != nil {
			t.lastAt = int64(p.sound.At)
			t.replay.Push(t.lastAt, p.sound.Codec, p.sound.SSRC, mix.Packet{Seq: p.sound.Seq, TS: p.sound.TS, Payload: p.sound.Payload})
		}
		p.sound = nil
	}
}

// next is the frame at the tick at: all customers on the left, all agents on the
// right, and nothing where the tape did not roll.
func (p *player) next(at int64) (left, right []int32) {
	clear(p.left)
	clear(p.right)
	for _, t := range p.order {
		t.pcm = t.replay.Next(t.pcm[:0])
	}
	from := int64(0)
	for p.mark < len(p.marks) && int64(p.marks[p.mark].At) < at+frame {
		until := max(from, int64(p.marks[p.mark].At)-at)
		p.add(from, until)
		from = until
		p.turn(&p.marks[p.mark])
		p.mark++
	}
	p.add(from, frame)
	return p.left, p.right
}

// turn takes note of a mark.
func (p *player) turn(m *Mark) {
	switch {
	case m.State != "":
		p.rolls = m.State == core.TapeRolling
	case m.Open != nil && p.tracks[*m.Open] != nil:
		p.tracks[*m.Open].heard = true
	case m.Shut != nil && p.tracks[*m.Shut] != nil:
		p.tracks[*m.Shut].heard = false
	}
}

// add sums up the ticks of a frame in which nothing changes.
func (p *player) add(from, until int64) {
	if !p.rolls || from >= until {
		return
	}
	a, b := from*int64(p.rate)/8000, until*int64(p.rate)/8000
	for _, t := range p.order {
		if !t.heard {
			continue
		}
		sum := p.right
		if t.side == core.CustomerSide {
			sum = p.left
		}
		for i := a; i < b; i++ {
			sum[i] += int32(t.pcm[i])
		}
	}
}
