package media

import (
	"time"

	"belfry/core"
	"belfry/media/tape"
)

// spool is how a tape's goroutine stands with the disk.
type spool struct {
	r      *reel
	id     core.RecordID
	call   core.CallID
	path   string
	log    *tape.Log
	looked time.Duration // when the free space was
}

// wind brings a tape to the disk until it ends. A disk that fails ends the
// recording, not the call.
func (e *Engine) wind(r *reel, x core.Tape) {
	defer close(r.done)
	s := spool{r: r, id: x.Tape, call: x.Call}
	block := tape.Block(nil)
	for range r.bell {
		r.mu.Lock()
		block, r.part = r.part, tape.Block(block)
		sounds, ended, dead := r.sounds, r.ended, r.dead
		r.sounds = 0
		r.mu.Unlock()
		if !dead && !tape.Empty(block) {
			if err := e.spool(&s, block); err != nil {
				e.tapeFailed(&s, err)
			} else if sounds > 0 {
				e.tapeWritten(&s)
			}
		}
		if ended {
			break
		}
	}
	e.endTape(&s)
}

// spool writes one block, into a new file when it is the first.
func (e *Engine) spool(s *spool, block []byte) error {
	now := e.now()
	if s.log == nil || now-s.looked >= tapeLook {
		s.looked = now
		if left := e.opts.Disk.Free(e.opts.DataDir); left >= 0 && left < e.opts.LeastFree {
			return tape.ErrFull
		}
	}
	if s.log == nil {
		if e.opts.DataDir == "" {
			return core.Errorf(core.Invalid, "no-data-folder", "there is no data folder to record to")
		}
		path, err := tape.Path(e.opts.DataDir, s.id)
		if err != nil {
			return err
		}
		if s.log, err = tape.Open(e.opts.Disk, path); err != nil {
			return err
		}
		s.path = path
	}
	return s.log.Write(block)
}

// tapeWritten notes that sound is on disk.
func (e *Engine) tapeWritten(s *spool) {
	r := s.r
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written = e.now()
	if r.rolling && !r.told {
		r.told = true
		e.news.say(core.TapeRolled{Call: s.call, Tape: s.id, On: true})
	}
}

func (e *Engine) tapeFailed(s *spool, err error) {
	s.r.mu.Lock()
	s.r.dead, s.r.told = true, false
	s.r.mu.Unlock()
	e.log.Error("media: a call is not recorded any more", "call", s.call, "tape", s.id, "error", err)
	e.news.say(core.TapeFailed{Call: s.call, Tape: s.id, Why: tape.Why(err)})
}

// endTape closes the log and has it finished, where its call is over.
func (e *Engine) endTape(s *spool) {
	s.r.mu.Lock()
	n := s.r.lost
	s.r.mu.Unlock()
	if n > 0 {
		e.count.tapeLost.Add(uint64(n))
		e.log.Error("media: the disk was too slow for a recording", "call", s.call, "tape", s.id, "packets", n)
	}
	if s.log != nil {
		if err := s.log.Close(); err != nil {
			e.log.Error("media: a recording may have lost its end", "call", s.call, "tape", s.id, "error", err)
		}
	}
	e.mu.Lock()
	over := e.closing[s.id] == s.r
	delete(e.closing, s.id)
	e.mu.Unlock()
	if over && s.path != "" {
		e.finish.add(s.path)
	}
}

// closeTapes ends all tapes, of which the next engine makes recordings.
func (e *Engine) closeTapes() {
	e.mu.Lock()
	var all []*reel
	for _, r := range e.reels {
		all = append(all, r)
	}
	e.mu.Unlock()
	for _, r := range all {
		r.end()
		<-r.done
	}
}
