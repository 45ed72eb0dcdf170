package host

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"belfry/core"
)

// The record's folder holds
//
//	00000000000000000001.rec    lines from event 1 on; the next file follows on
//	00000000000000010000.snap   the floor after event 10,000
//	epoch                       how many lives the floor has had
//	facts                       up to which event the facts are kept
//	lock                        held by the process that writes
const (
	recordEnd   = ".rec"
	snapshotEnd = ".snap"
)

// stamped is a file of the record's folder with the number in its name.
type stamped struct {
	path string
	seq  uint64
}

func fileName(dir string, seq uint64, end string) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", seq, end))
}

// list returns the folder's files with the ending, oldest first.
func list(dir, end string) ([]stamped, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []stamped
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), end)
		if !ok || len(digits) != 20 {
			continue
		}
		if seq, err := strconv.ParseUint(digits, 10, 64); err == nil {
			all = append(all, stamped{filepath.Join(dir, e.Name()), seq})
		}
	}
	slices.SortFunc(all, func(a, b stamped) int { return cmp.Compare(a.seq, b.seq) })
	return all, nil
}

// snapshot is the floor after one event, with what the host itself must know.
type snapshot struct {
	Seq      uint64
	At       core.Time
	Epoch    uint64
	Revision uint64 // of the plan
	Hash     uint64 // the floor's
	Build    string
	Size     int
	CRC      uint32

	floor []byte
}

func (s *snapshot) write(dir string) error {
	s.Size, s.CRC = len(s.floor), crc32.Checksum(s.floor, castagnoli)
	head, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return writeFile(fileName(dir, s.Seq, snapshotEnd), append(append(head, '\n'), s.floor...))
}

func readSnapshot(path string) (*snapshot, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	head, floor, found := bytes.Cut(b, []byte("\n"))
	s := &snapshot{floor: floor}
	if err := json.Unmarshal(head, s); err != nil || !found {
		return nil, fmt.Errorf("%s: the head is not readable", path)
	}
	if s.Size != len(floor) || s.CRC != crc32.Checksum(floor, castagnoli) {
		return nil, fmt.Errorf("%s: the checksum does not fit", path)
	}
	return s, nil
}

// writeFile writes the file aside, makes it lasting and puts it in its place,
// so that a reader sees the old one or the new one.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in the folder lasting.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// readNumber reads a file that holds one number; 0 when there is no file.
func readNumber(path string) (uint64, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: not a number", path)
	}
	return n, nil
}

func writeNumber(path string, n uint64) error {
	return writeFile(path, strconv.AppendUint(nil, n, 10))
}

// sweep removes what a crash left half written.
func sweep(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, "*.new*"))
	for _, path := range left {
		_ = os.Remove(path)
	}
}
