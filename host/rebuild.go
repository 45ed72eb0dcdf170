package host

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"belfry/core"
)

// rebuilt is a floor as its record says it was, and where to go on.
type rebuilt struct {
	floor    machine
	seq      uint64 // of the last event
	at       core.Time
	epoch    uint64
	revision uint64 // of the plan
	facts    []owedFact
	failed   []core.News // events whose step panicked, left out

	last  uint64 // event of the last line read
	start uint64 // first event of the last file; 0: there is none
	good  int64  // its sound bytes
	steps int    // events replayed
}

// rebuild reads the newest snapshot that is not newer than event mark, up to
// which all facts are kept, and replays what came after. It mends the end of
// the record: a torn last line is cut off, and what follows a damaged one is
// put aside. An event whose step panics is left out and the work begun anew.
func rebuild(dir string, f factory, mark uint64, log *slog.Logger, mender mender) (*rebuilt, error) {
	skipped := map[uint64]bool{}
	for {
		r, err := replayFolder(dir, f, mark, skipped, log, mender)
		if caught, ok := errors.AsType[*stepCrash](err); ok && !skipped[caught.news.Seq] {
			log.Error("a step of the record panics; the event is left out",
				"seq", caught.news.Seq, "event", words(caught.news.Event), "panic", caught.what, "stack", string(caught.stack))
			skipped[caught.news.Seq] = true
			continue
		}
		return r, err
	}
}

// stepCrash is a step that panicked.
type stepCrash struct {
	*crash
	news core.News
}

func replayFolder(dir string, f factory, mark uint64, skipped map[uint64]bool, log *slog.Logger, mender mender) (*rebuilt, error) {
	files, err := list(dir, recordEnd)
	if err != nil {
		return nil, err
	}
	r, err := startingPoint(dir, f, mark, files, log)
	if err != nil {
		return nil, err
	}
	first := 0 // the file that holds the event after the snapshot
	for i, file := range files {
		if file.seq <= r.seq+1 {
			first = i
		}
	}
	for i, file := range files {
		if i < first {
			continue
		}
		good, err := r.replayFile(file.path, mark, skipped)
		if _, ok := errors.AsType[*stepCrash](err); ok {
			return nil, err
		}
		r.start, r.good = file.seq, good
		if err == nil {
			continue
		}
		if err := mender(file.path, good, err, files[i+1:], log); err != nil {
			return nil, err
		}
		break
	}
	if r.last != r.seq {
		r.start, r.good = 0, 0 // lines are missing at the end: a new file keeps each one whole
	}
	return r, nil
}

// startingPoint restores the newest sound snapshot up to mark; an older record
// than any snapshot is replayed from its first event.
func startingPoint(dir string, f factory, mark uint64, files []stamped, log *slog.Logger) (*rebuilt, error) {
	snaps, err := list(dir, snapshotEnd)
	if err != nil {
		return nil, err
	}
	slices.Reverse(snaps)
	var tooNew []stamped
	for _, s := range snaps {
		if s.seq > mark {
			tooNew = append(tooNew, s)
			continue
		}
		if r, err := restore(s.path, f); err != nil {
			log.Error("a snapshot is not usable; trying an older one", "err", err)
		} else {
			return r, nil
		}
	}
	if len(snaps) == 0 || len(files) > 0 && files[0].seq == 1 {
		return &rebuilt{floor: f.fresh()}, nil
	}
	slices.Reverse(tooNew) // the oldest loses the fewest facts
	for _, s := range tooNew {
		if r, err := restore(s.path, f); err == nil {
			log.Error("facts between the mark and the oldest snapshot cannot be told again", "mark", mark, "snapshot", s.seq)
			return r, nil
		}
	}
	return nil, fmt.Errorf("%s: no snapshot is usable and the record does not begin at its beginning", dir)
}

func restore(path string, f factory) (*rebuilt, error) {
	s, err := readSnapshot(path)
	if err != nil {
		return nil, err
	}
	var m machine
	if caught := guard(func() { m, err = f.restore(s.floor) }); caught != nil {
		err = caught
	}
	if err != nil {
		return nil, fmt.Errorf("%s, written by %q: %w", path, s.Build, err)
	}
	return &rebuilt{floor: m, seq: s.Seq, at: s.At, epoch: s.Epoch, revision: s.Revision}, nil
}

var errGap = errors.New("the line does not follow on the last one")

// replayFile steps the floor through the file's lines that it has not seen. It
// returns how many bytes are sound, and why not all of them are.
func (r *rebuilt) replayFile(path string, mark uint64, skipped map[uint64]bool) (good int64, err error) {
	err = eachLine(path, func(l line, size int, next *line) error {
		r.last = l.news.Seq
		switch {
		case l.skipped || l.news.Seq <= r.seq:
			good += int64(size)
			return nil
		case l.news.Seq != r.seq+1:
			return fmt.Errorf("%w: %d after %d", errGap, l.news.Seq, r.seq)
		}
		bad := skipped[l.news.Seq]
		takenBack := next != nil && next.skipped && next.news.Seq == l.news.Seq
		if !bad && !takenBack {
			if _, err := r.step(l.news, mark); err != nil {
				return err
			}
		}
		if bad && !takenBack {
			r.failed = append(r.failed, l.news)
		}
		r.seq, r.at = l.news.Seq, l.news.At
		good += int64(size)
		return nil
	})
	return good, err
}

// step steps the floor, keeps the facts after mark and returns the effects.
func (r *rebuilt) step(n core.News, mark uint64) (effects []core.Effect, err error) {
	if caught := guard(func() { effects = r.floor.Step(n) }); caught != nil {
		return nil, &stepCrash{caught, n}
	}
	r.steps++
	switch ev := n.Event.(type) {
	case core.FloorStarted:
		r.epoch = max(r.epoch, ev.Epoch)
	case core.PlanChanged:
		r.revision = ev.Revision
	default:
	}
	for _, e := range effects {
		if note, ok := e.(core.Note); ok && n.Seq > mark {
			r.facts = append(r.facts, owedFact{n.Seq, note.Fact})
		}
	}
	return effects, nil
}

// eachLine calls f with each line of the file, its size in bytes and the line
// after it, which may take it back.
func eachLine(path string, f func(l line, size int, next *line) error) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<18)
	l, size, err := nextLine(in)
	for err == nil {
		next, nextSize, nextErr := nextLine(in)
		var follows *line
		if nextErr == nil {
			follows = &next
		}
		if err := f(l, size, follows); err != nil {
			return err
		}
		l, size, err = next, nextSize, nextErr
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func nextLine(in *bufio.Reader) (line, int, error) {
	b, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		whole := bytes.Clone(b)
		b, err = in.ReadBytes('\n')
		b = append(whole, b...)
	}
	if errors.Is(err, io.EOF) && len(b) > 0 {
		return line{}, 0, fmt.Errorf("%w: it has no end", errLine)
	}
	if err != nil {
		return line{}, 0, err
	}
	l, err := parseLine(b[:len(b)-1])
	return l, len(b), err
}

// mender deals with a file whose lines are sound up to good only.
type mender func(path string, good int64, why error, later []stamped, log *slog.Logger) error

// leaveAlone is for a record that somebody else writes.
func leaveAlone(string, int64, error, []stamped, *slog.Logger) error { return nil }

// mend cuts the file off after its sound bytes, and puts the later files aside.
// What is cut off is kept beside it when it is more than one torn line.
func mend(path string, good int64, why error, later []stamped, log *slog.Logger) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	rest := b[min(good, int64(len(b))):]
	lines := bytes.Count(rest, []byte("\n"))
	log.Warn("the end of the flight record was torn and is mended",
		"file", filepath.Base(path), "why", why, "bytes", len(rest), "lines", lines)
	if lines > 0 {
		if err := writeFile(fmt.Sprintf("%s.%d.damaged", path, good), rest); err != nil {
			return err
		}
	}
	if err := os.Truncate(path, good); err != nil {
		return err
	}
	for _, l := range later {
		log.Error("a later file of the flight record does not follow on; put aside", "file", filepath.Base(l.path))
		if err := os.Rename(l.path, l.path+".damaged"); err != nil {
			return err
		}
	}
	return nil
}
