package tape

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"belfry/core"
)

// Folder is where recordings are, below the data folder; open ones in it.
const (
	Folder     = "recordings"
	openFolder = "open"
	suffix     = ".tape"
)

// Disk is what a live tape asks of the file system.
type Disk interface {
	// Create makes a file that must not exist, with its folder.
	Create(path string) (File, error)
	// Free is how many bytes may still be written below dir; negative when that
	// cannot be told.
	Free(dir string) int64
}

// File is a log while it grows.
type File interface {
	Write(b []byte) (int, error)
	Truncate(size int64) error
	Close() error
}

// OS is the disk of the machine.
type OS struct{}

// Create makes a file that must not exist, with its folder.
func (OS) Create(path string) (File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
}

// Free is how many bytes may still be written below dir.
func (OS) Free(dir string) int64 { return free(dir) }

// Path is where the log of a tape grows.
func Path(data string, id core.RecordID) (string, error) {
	if !filepath.IsLocal(string(id)) || strings.ContainsAny(string(id), `/\`) {
		return "", core.Errorf(core.Invalid, "record-name", "%q cannot be the name of a recording", id)
	}
	return filepath.Join(data, Folder, openFolder, string(id)+suffix), nil
}

// Left lists the logs that are to be finished: of calls that go on, or that a
// crash cut.
func Left(data string) []string {
	files, _ := filepath.Glob(filepath.Join(data, Folder, openFolder, "*"+suffix))
	return slices.DeleteFunc(files, func(path string) bool {
		_, err := os.Stat(path + keptSuffix)
		return err == nil
	})
}

// Room is how many bytes a recording takes at most that is made of a log: stereo
// and wide where the log has one side in half an octet a sample, and its pictures.
func Room(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return 8*info.Size() + 64<<10
}

// Why says in a word what is wrong with a disk: disk_full or failed.
func Why(err error) string {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, ErrFull) {
		return "disk_full"
	}
	return "failed"
}

// ErrFull is that less space is left than recordings may use.
var ErrFull = errors.New("too little space is left on the disk")

// Log writes one log. It is for one goroutine.
type Log struct {
	file File
	size int64
}

// Open begins a log at path.
func Open(disk Disk, path string) (*Log, error) {
	f, err := disk.Create(path)
	if err != nil {
		return nil, err
	}
	l := &Log{file: f}
	if err := l.write([]byte(magic)); err != nil {
		_ = f.Close()
		return nil, err
	}
	return l, nil
}

// Write adds a block. What a failure left of it is taken back.
func (l *Log) Write(block []byte) error {
	Seal(block)
	return l.write(block)
}

func (l *Log) write(b []byte) error {
	n, err := l.file.Write(b)
	if err != nil {
		if n > 0 {
			_ = l.file.Truncate(l.size) // else its checksum ends the log
		}
		return err
	}
	l.size += int64(n)
	return nil
}

// Close ends the writing. The system brings the log to the disk in its own time:
// the recording that is made of it is what must outlive a power cut.
func (l *Log) Close() error { return l.file.Close() }
