package media

import (
	"time"

	"belfry/core"
	"belfry/media/sound"
)

// play is what one leg is played. Its frames are encoded once and shared by all
// who hear the sound: a caller in music costs a copy and a send.
type play struct {
	order   core.Play
	sounds  []*sound.Sound
	missing []core.SoundID
	loaded  bool
	codec   Codec // of frames
	frames  [][][]byte
	sound   int // next of sounds
	frame   int // next of it
}

// play starts a Play. Sounds may have to be read or encoded: that is done beside
// the audio, and then the leg is still to be played this. Engine.mu is held.
func (e *Engine) play(l *Leg, x core.Play) {
	if x.Play != "" && l.lastPlayed() == x.Play {
		return // the same order again
	}
	e.leave(l)
	l.mu.Lock()
	p := &play{order: x}
	l.play, l.lastPlay = p, x.Play
	now := e.now()
	l.src.reopen(now)
	l.watch.want(now)
	c := l.format.Codec
	l.mu.Unlock()
	e.load(l, p, c)
}

func (l *Leg) lastPlayed() core.PlayID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lastPlay
}

// reload has what is played encoded anew after the codec changed.
func (e *Engine) reload(l *Leg) {
	l.mu.Lock()
	p, c := l.play, l.format.Codec
	l.mu.Unlock()
	if p != nil {
		e.load(l, p, c)
	}
}

// load finds the sounds and their frames, then has the leg play them.
func (e *Engine) load(l *Leg, p *play, c Codec) {
	if e.closed {
		return
	}
	e.work.Go(func() {
		defer l.rescue()
		sounds, missing := e.find(l.id, p.order.Sounds)
		frames := make([][][]byte, len(sounds))
		for i, s := range sounds {
			frames[i] = s.Frames(c).Frames
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.play != p || l.closed || l.format.Codec != c {
			return // replaced meanwhile, or on its way in another codec
		}
		fresh := !p.loaded
		p.sounds, p.missing, p.frames, p.codec, p.loaded = sounds, missing, frames, c, true
		if fresh {
			p.skip(p.order.From)
		}
		if len(sounds) == 0 {
			l.playEnded()
			return
		}
		e.clock.want(l)
	})
}

// skip goes on where the sounds were after being heard for so long.
func (p *play) skip(heard time.Duration) {
	total := 0
	for _, f := range p.frames {
		total += len(f)
	}
	left := int(heard / frame)
	if total == 0 || left <= 0 {
		return
	}
	if left >= total && !p.order.Loop {
		p.sound = len(p.frames)
		return
	}
	for left %= total; left >= len(p.frames[p.sound]); p.sound++ {
		left -= len(p.frames[p.sound])
	}
	p.frame = left
}

// find looks the sounds up. One that is missing is skipped: never dead air.
func (e *Engine) find(leg core.LegID, ids []core.SoundID) (found []*sound.Sound, missing []core.SoundID) {
	for _, id := range ids {
		var s *sound.Sound
		err := error(core.Errorf(core.Missing, "no-sounds", "there are no sounds"))
		if e.opts.Sounds != nil {
			s, err = e.opts.Sounds.Sound(id)
		}
		if err == nil && s != nil && s.Length() > 0 {
			found = append(found, s)
			continue
		}
		e.log.Warn("media: a sound cannot be played", "leg", leg, "sound", id, "error", err)
		missing = append(missing, id)
	}
	return found, missing
}

// playNext sends the next 20 ms.
func (l *Leg) playNext(due time.Duration) {
	p := l.play
	if !p.loaded || p.codec != l.format.Codec || !l.agreed {
		return // it waits for its frames or for somewhere to send them
	}
	if p.sound == len(p.frames) {
		if !p.order.Loop {
			l.playEnded()
			return
		}
		p.sound = 0
	}
	frames := p.frames[p.sound]
	l.own(frames[p.frame], p.codec, due)
	if p.frame++; p.frame == len(frames) {
		p.sound, p.frame = p.sound+1, 0
	}
}

// playEnded tells that a play has ended by itself.
func (l *Leg) playEnded() {
	p := l.play
	l.play = nil
	l.e.news.say(core.PlayEnded{Leg: l.id, Play: p.order.Play, Missing: p.missing})
}

// stopPlay ends what is played, silently.
func (l *Leg) stopPlay() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.play = nil
}
