package host

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"belfry/core"
)

// Replayed is what a replay found.
type Replayed struct {
	Events   int
	Seq      uint64 // of the last event
	Hash     uint64 // of the floor after it
	Compared int    // snapshots on the way whose hash was compared
	// Differ are the snapshots' events at which the replay gave another floor:
	// invariant 7 is broken, or another build wrote them.
	Differ []uint64
	Torn   string // why the last lines could not be read; empty when they could
}

// Replay steps a new floor through a file of a flight record, or through all of
// a record's folder, and writes every event and its effects to w. It changes
// nothing on disk. A file that does not begin with the first event needs the
// snapshot before it, which stands beside it.
func Replay(path string, w io.Writer) (Replayed, error) { return replay(path, w, realFloors()) }

func replay(path string, w io.Writer, f factory) (Replayed, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Replayed{}, err
	}
	dir, only := path, ""
	if !info.IsDir() {
		dir, only = filepath.Dir(path), path
		if !strings.HasSuffix(path, recordEnd) {
			return Replayed{}, fmt.Errorf("%s: a file of a flight record ends in %s", path, recordEnd)
		}
	}
	files, err := list(dir, recordEnd)
	if err != nil {
		return Replayed{}, err
	}
	for len(files) > 0 && only != "" && filepath.Base(files[0].path) != filepath.Base(only) {
		files = files[1:]
	}
	if len(files) == 0 {
		return Replayed{}, fmt.Errorf("%s: there is no flight record", path)
	}
	if only != "" {
		files = files[:1]
	}
	out := bufio.NewWriter(w)
	p := player{dir: dir, files: files, floors: f, skipped: map[uint64]bool{}}
	for {
		p.out = io.Discard
		if err = p.play(); err == nil {
			p.out = out
			err = p.play()
			break
		}
		caught, ok := errors.AsType[*stepCrash](err)
		if !ok || p.skipped[caught.news.Seq] {
			break
		}
		p.skipped[caught.news.Seq] = true
	}
	return p.result, errors.Join(err, out.Flush())
}

// player plays some files once.
type player struct {
	dir     string
	files   []stamped
	floors  factory
	skipped map[uint64]bool // events whose step panics
	out     io.Writer
	result  Replayed
}

func (p *player) play() error {
	p.result = Replayed{}
	r, err := startingPoint(p.dir, p.floors, p.files[0].seq-1, p.files, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if r.seq+1 != p.files[0].seq {
		return fmt.Errorf("%s: the snapshot before it is missing", p.files[0].path)
	}
	snaps, err := list(p.dir, snapshotEnd)
	if err != nil {
		return err
	}
	hashes := map[uint64]uint64{}
	for _, s := range snaps {
		if head, err := readSnapshot(s.path); err == nil {
			hashes[s.seq] = head.Hash
		}
	}
	for _, file := range p.files {
		err := eachLine(file.path, func(l line, _ int, next *line) error { return p.line(r, l, next, hashes) })
		if _, ok := errors.AsType[*stepCrash](err); ok {
			return err
		}
		if err != nil {
			p.result.Torn = fmt.Sprintf("%s after event %d: %v", filepath.Base(file.path), r.seq, err)
			break
		}
	}
	p.result.Seq, p.result.Hash = r.seq, r.floor.Hash()
	return nil
}

func (p *player) line(r *rebuilt, l line, next *line, hashes map[uint64]uint64) error {
	if l.skipped {
		return nil
	}
	if l.news.Seq != r.seq+1 {
		return fmt.Errorf("%w: %d after %d", errGap, l.news.Seq, r.seq)
	}
	fmt.Fprintf(p.out, "%d %s %s\n", l.news.Seq, l.news.At.Std().Format("2006-01-02 15:04:05.000"), words(l.news.Event))
	if next != nil && next.skipped && next.news.Seq == l.news.Seq {
		fmt.Fprintf(p.out, "  skipped: %s\n", next.why)
	} else if p.skipped[l.news.Seq] {
		fmt.Fprintln(p.out, "  skipped: its step panics here")
	} else {
		var effects []core.Effect
		effects, err := r.step(l.news, l.news.Seq)
		if err != nil {
			return err
		}
		for _, e := range effects {
			fmt.Fprintln(p.out, "  ->", words(e))
		}
	}
	r.seq = l.news.Seq
	p.result.Events++
	if want, ok := hashes[r.seq]; ok {
		p.result.Compared++
		if r.floor.Hash() != want {
			p.result.Differ = append(p.result.Differ, r.seq)
		}
	}
	return nil
}
