package media

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"belfry/core"
	"belfry/media/mix"
	"belfry/media/sound"
)

// A recording is 16-bit linear WAV, which every browser plays, at the rate of
// the codec in which it began. Disk is written to by a goroutine of its own;
// between it and the audio lie at most twelve seconds.
const (
	chunk    = 10 // frames that go to disk together
	waiting  = 60 // chunks that may wait for the disk
	patch    = time.Second
	voiceDir = "voice"
	patience = 2 * time.Second // of a leg that ends
)

// recording keeps what one leg says.
type recording struct {
	order core.Record
	rate  int
	rates rates
	meter mix.VoiceMeter
	kept  time.Duration
	part  []int16 // what has not gone to the disk's goroutine
	first bool    // nothing has
	disk  chan []int16
	why   atomic.Pointer[string]
	lost  int // samples that the disk was too slow for
	done  chan struct{}
}

// record starts a recording. An order that came before changes nothing.
func (l *Leg) record(x core.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.lastRec == x.Record {
		return
	}
	l.endRecord("stopped")
	r := &recording{
		order: x, rate: l.hearing.now(l).SampleRate(), first: true,
		disk: make(chan []int16, waiting), done: make(chan struct{}),
	}
	l.rec, l.lastRec = r, x.Record
	l.needEar()
	if !l.mixing {
		l.e.clock.want(l)
	}
	l.e.work.Go(func() { l.e.keep(l.id, r) })
}

// stopRecord ends a recording early.
func (l *Leg) stopRecord(why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.endRecord(why)
}

// endRecord hands the last of a recording to the disk. The leg is locked.
func (l *Leg) endRecord(why string) {
	r := l.rec
	if r == nil {
		return
	}
	l.rec = nil
	r.flush()
	r.why.Store(&why)
	close(r.disk)
}

// recordFrame keeps 20 ms, and looks whether they were the last.
func (l *Leg) recordFrame(pcm []int16, rate int) {
	r := l.rec
	pcm = r.rates.to(r.rate, pcm, rate)
	r.meter.Push(pcm)
	r.part = append(r.part, pcm...)
	r.kept += frame
	if r.first || len(r.part) >= chunk*r.rate/50 {
		r.flush()
	}
	switch {
	case r.order.Longest > 0 && r.kept >= r.order.Longest:
		l.endRecord("longest")
	case r.order.Silence > 0 && r.meter.Quiet() >= r.order.Silence:
		l.endRecord("silence")
	}
}

// flush gives what was heard to the disk's goroutine; audio does not wait.
func (r *recording) flush() {
	if len(r.part) == 0 {
		return
	}
	select {
	case r.disk <- r.part:
		r.part, r.first = make([]int16, 0, chunk*r.rate/50), false
	default:
		r.lost += len(r.part)
		r.part = r.part[:0]
	}
}

func (r *recording) endsOn(key byte) bool { return strings.IndexByte(r.order.Keys, key) >= 0 }

// wait waits until the recording is on disk and told of, but not for a disk that
// hangs: it is told of when it comes.
func (r *recording) wait() {
	if r == nil {
		return
	}
	select {
	case <-r.done:
	case <-time.After(patience):
	}
}

// keep writes a recording to disk and tells how it ended. A disk that fails ends
// the message, not the call.
func (e *Engine) keep(leg core.LegID, r *recording) {
	defer close(r.done)
	file := filepath.Join(voiceDir, string(r.order.Record)+".wav")
	length, err := e.write(filepath.Join(e.opts.DataDir, file), r)
	for range r.disk { // after a failure: let the audio go on
	}
	why := *r.why.Load()
	if err != nil {
		e.log.Error("media: a recording failed", "leg", leg, "call", r.order.Call, "record", r.order.Record, "error", err)
		why = "failed"
		if length == 0 {
			file = ""
		}
	}
	if r.lost > 0 {
		e.log.Error("media: the disk was too slow for a recording", "leg", leg, "record", r.order.Record, "lost", time.Duration(r.lost)*time.Second/time.Duration(r.rate))
	}
	e.tell(core.RecordEnded{Leg: leg, Record: r.order.Record, Length: length, Why: why, File: file})
}

// write brings the chunks to the file until there are no more.
func (e *Engine) write(path string, r *recording) (time.Duration, error) {
	if e.opts.DataDir == "" {
		return 0, core.Errorf(core.Invalid, "no-data-folder", "there is no data folder to record to")
	}
	if !filepath.IsLocal(string(r.order.Record)) || strings.ContainsAny(string(r.order.Record), `/\`) {
		return 0, core.Errorf(core.Invalid, "record-name", "%q cannot be the name of a recording", r.order.Record)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, err
	}
	w, err := sound.Create(path, sound.Format{Rate: r.rate, Channels: 1})
	if err != nil {
		return 0, err
	}
	patched := time.Time{}
	for pcm := range r.disk {
		if err = w.WritePCM(pcm); err != nil {
			break
		}
		if now := time.Now(); now.Sub(patched) >= patch {
			if patched, err = now, w.Patch(); err != nil {
				break
			}
		}
	}
	if closed := w.Close(); err == nil {
		err = closed
	}
	return w.Length(), err
}

// tell tells the floor at once, not through the news: LegGone may follow.
func (e *Engine) tell(ev core.Event) { e.news.one(ev) }

// mendMessages repairs the headers of messages that a crash left open.
func (e *Engine) mendMessages() {
	if e.opts.DataDir == "" {
		return
	}
	files, err := filepath.Glob(filepath.Join(e.opts.DataDir, voiceDir, "*.wav"))
	if err != nil || len(files) == 0 {
		return
	}
	e.work.Go(func() { mend(files, e.log) })
}

func mend(files []string, log *slog.Logger) {
	for _, f := range files {
		if _, err := sound.Repair(f); err != nil {
			log.Warn("media: a voice message cannot be mended", "file", f, "error", err)
		}
	}
}
