package host

import (
	"errors"
	"os"
)

// keepSnapshot writes the snapshot when all events before it are on disk (else
// a crash of the machine could leave a floor whose facts nobody can tell any
// more), and removes what is no longer needed.
func (h *Host) keepSnapshot(s *snapshot) error {
	select {
	case <-h.rec.lasting():
	case <-h.rec.done:
		return nil // Close writes a better one
	}
	if err := s.write(h.o.Dir); err != nil {
		return err
	}
	h.count.snapshots.Add(1)
	h.count.snapshotSize.Store(int64(len(s.floor)))
	return h.prune()
}

const newestSnapshots = 3

// prune removes old snapshots and old files of the record. It keeps the newest
// snapshots, the newest from which all facts owed can be told again, and the one
// before each file, so that each file can be replayed by itself.
func (h *Host) prune() error {
	files, err := list(h.o.Dir, recordEnd)
	if err != nil {
		return err
	}
	snaps, err := list(h.o.Dir, snapshotEnd)
	if err != nil || len(snaps) == 0 {
		return err
	}
	mark, newest := h.facts.mark.Load(), snaps[len(snaps)-1].seq
	files, err = h.pruneFiles(files, min(mark, newest))
	before := map[uint64]bool{}
	for _, f := range files {
		before[f.seq-1] = true
	}
	rebuildFrom := uint64(0)
	for _, s := range snaps {
		if s.seq <= mark {
			rebuildFrom = s.seq
		}
	}
	for i, s := range snaps {
		if i < len(snaps)-newestSnapshots && !before[s.seq] && s.seq != rebuildFrom {
			err = errors.Join(err, os.Remove(s.path))
		}
	}
	return err
}

// pruneFiles removes the oldest files that end before event safe and are older
// than Keep, or too many for KeepBytes. It returns those that are left.
func (h *Host) pruneFiles(files []stamped, safe uint64) ([]stamped, error) {
	var total int64
	sizes := make([]os.FileInfo, len(files))
	for i, f := range files {
		info, err := os.Stat(f.path)
		if err != nil {
			return files, nil //nolint:nilerr // the last file is made with its first line
		}
		sizes[i] = info
		total += info.Size()
	}
	for len(files) > 1 {
		tooOld := h.o.Now().Sub(sizes[0].ModTime()) > h.o.Keep
		if files[1].seq-1 > safe || !tooOld && total <= h.o.KeepBytes {
			break
		}
		if err := os.Remove(files[0].path); err != nil {
			return files, err
		}
		total -= sizes[0].Size()
		files, sizes = files[1:], sizes[1:]
	}
	return files, nil
}
