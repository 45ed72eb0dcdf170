package sound

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"belfry/core"
)

// cacheBytes is how much sound a library keeps in memory, at the most that each
// may grow to: some 30 minutes in all codecs.
const cacheBytes = 128 << 20

// Library finds sounds by name: first <dir>/<id>.wav, then what is built in.
// It is safe for use by many goroutines.
type Library struct {
	dir string

	mu    sync.Mutex
	clock uint64
	held  map[core.SoundID]*shelf
}

// shelf is the place of one sound. Whoever comes first fills it, the others wait.
type shelf struct {
	stamp stamp
	used  uint64
	load  func() (*Sound, error)
	size  int
}

// stamp tells one content of a file from the next; it is zero for what is built in.
type stamp struct {
	size int64
	at   time.Time
}

// NewLibrary returns a library over the folder dir, which need not exist; with
// "" there is only what is built in.
func NewLibrary(dir string) *Library {
	return &Library{dir: dir, held: map[core.SoundID]*shelf{}}
}

// Sound returns the sound of that name. The first call reads or makes it, which
// may take some 100 ms: never call it from the path of a frame. A file that was
// replaced is read again. A name that leads nowhere is a Missing error, a file
// that cannot be played an Invalid one.
func (l *Library) Sound(id core.SoundID) (*Sound, error) {
	if !named(id) {
		return nil, missing(id)
	}
	now := l.stamp(id)
	l.mu.Lock()
	s := l.held[id]
	if s == nil || s.stamp != now {
		s = &shelf{stamp: now}
		s.load = sync.OnceValues(func() (*Sound, error) { return l.read(id, now) })
		l.held[id] = s
	}
	l.clock++
	s.used = l.clock
	l.mu.Unlock()

	sound, err := s.load()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		if l.held[id] == s {
			delete(l.held, id) // whoever asks next tries again
		}
		return nil, err
	}
	if s.size == 0 {
		s.size = sound.bytes()
		l.trim(s)
	}
	return sound, nil
}

// trim forgets what was used least lately until the rest fits; who plays a
// forgotten sound plays on. l.mu is held.
func (l *Library) trim(keep *shelf) {
	for {
		total := 0
		var oldest core.SoundID
		for id, s := range l.held {
			total += s.size
			if s != keep && s.size > 0 && (oldest == "" || s.used < l.held[oldest].used) {
				oldest = id
			}
		}
		if total <= cacheBytes || oldest == "" {
			return
		}
		delete(l.held, oldest)
	}
}

// named says whether id may be a file's name: letters, digits, _ and -.
func named(id core.SoundID) bool {
	if len(id) == 0 || len(id) > 80 {
		return false
	}
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

func (l *Library) stamp(id core.SoundID) stamp {
	if l.dir == "" {
		return stamp{}
	}
	info, err := os.Stat(l.path(id))
	if err != nil || info.IsDir() {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime()}
}

func (l *Library) path(id core.SoundID) string {
	return filepath.Join(l.dir, string(id)+".wav")
}

func (l *Library) read(id core.SoundID, now stamp) (*Sound, error) {
	if now == (stamp{}) {
		return builtIn(id)
	}
	// A link that leads out of the folder is no sound of ours.
	file, err := os.OpenInRoot(l.dir, string(id)+".wav")
	if err != nil {
		return nil, fmt.Errorf("open sound %s: %w", id, err)
	}
	defer file.Close()
	a, err := ReadWAV(file, Limits{})
	if err != nil {
		return nil, fmt.Errorf("read sound %s: %w", id, err)
	}
	normalise(a.PCM)
	return fromPCM(id, a.PCM), nil
}

// Put takes an administrator's WAV file under the name id: it is checked,
// normalised and kept as 16 kHz PCM in the folder, whole or not at all. It
// replaces an older one; what plays now plays on.
func (l *Library) Put(id core.SoundID, r io.Reader) (*Sound, error) {
	if !named(id) {
		return nil, core.FieldErrorf("id", "sound-name", "%q cannot be the name of a sound", string(id))
	}
	if l.dir == "" {
		return nil, core.Errorf(core.Internal, "sound-folder", "there is no folder for sounds")
	}
	a, err := ReadWAV(r, Limits{})
	if err != nil {
		return nil, err
	}
	normalise(a.PCM)
	if err := l.keep(id, a.PCM); err != nil {
		return nil, fmt.Errorf("keep sound %s: %w", id, err)
	}
	return l.Sound(id)
}

// keep writes beside the file and moves it into place.
func (l *Library) keep(id core.SoundID, pcm []int16) error {
	if err := os.MkdirAll(l.dir, 0o750); err != nil {
		return err
	}
	// Its name has a dot too many to be found as a sound.
	beside, err := os.CreateTemp(l.dir, string(id)+".*.new")
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name())
	w, err := newWriter(beside, Format{Rate: inner, Channels: 1})
	if err != nil {
		return errors.Join(err, beside.Close())
	}
	err = w.WritePCM(pcm)
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), l.path(id))
}

// Remove deletes an administrator's file; what is built in comes back. One that
// is not there is a Missing error.
func (l *Library) Remove(id core.SoundID) error {
	if !named(id) || l.dir == "" {
		return missing(id)
	}
	err := os.Remove(l.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return missing(id)
	}
	return err
}
