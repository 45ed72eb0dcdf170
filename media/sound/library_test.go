package sound

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"
	"belfry/media/mix"
)

func TestBuiltIn(t *testing.T) {
	t.Parallel()
	ids := BuiltIn()
	for _, id := range []core.SoundID{
		"snd_welcome", "snd_menu", "snd_again", "snd_closed", "snd_greeting_frontdesk", "snd_goodbye",
		"snd_unknown", "snd_busy_later", "snd_beep", "snd_zip", "snd_comfort", "snd_ringback", "snd_busy",
		"snd_music_sales", "snd_music_support", "snd_music_default", "snd_music_comfort",
		"snd_caller_1", "snd_caller_2", "snd_caller_3", "snd_caller_4", "snd_farend_1", "snd_farend_2",
		"snd_welcome_fr", "snd_menu_fr", "snd_again_fr", "snd_closed_fr", "snd_greeting_frontdesk_fr",
		"snd_goodbye_fr", "snd_unknown_fr", "snd_busy_later_fr", "snd_comfort_fr",
	} {
		if !slices.Contains(ids, id) {
			t.Errorf("%s is not built in", id)
		}
	}
	lib := NewLibrary("")
	for _, id := range ids {
		t.Run(string(id), func(t *testing.T) {
			t.Parallel()
			s, err := lib.Sound(id)
			if err != nil {
				t.Fatal(err)
			}
			music := strings.HasPrefix(string(id), "snd_music")
			level, _ := speechLevel(s.PCM(16000))
			least, most := -22.0, -18.0
			if music || strings.HasPrefix(string(id), "snd_comfort") {
				least, most = -26, -23
			}
			if level < least || level > most {
				t.Errorf("it is at %.1f dBFS", level)
			}
			for _, rate := range []int{8000, 16000} {
				for i, v := range s.PCM(rate) {
					if v > 31000 || v < -31000 {
						t.Fatalf("at %d Hz sample %d is %d", rate, i, v)
					}
				}
			}
			if music && (s.Length() < 19*time.Second || s.Length() > time.Minute || !s.loops) {
				t.Errorf("it lasts %v", s.Length())
			}
			if n := len(s.Frames(codec.PCMU).Frames); time.Duration(n)*20*time.Millisecond != s.Length() {
				t.Errorf("%d frames in %v", n, s.Length())
			}
		})
	}
}

func TestTonesAreAsTheyShouldBe(t *testing.T) {
	t.Parallel()
	lib := NewLibrary("")
	for _, row := range []struct {
		id     core.SoundID
		length time.Duration
		hz     float64
		from   time.Duration
		to     time.Duration
	}{
		{"snd_zip", 400 * time.Millisecond, 659.26, 0, 180 * time.Millisecond},
		{"snd_zip", 400 * time.Millisecond, 987.77, 180 * time.Millisecond, 380 * time.Millisecond},
		{"snd_beep", 300 * time.Millisecond, 1000, 0, 300 * time.Millisecond},
		{"snd_ringback", 5 * time.Second, 440, 0, 1500 * time.Millisecond},
		{"snd_busy", 4 * time.Second, 440, time.Second, 1500 * time.Millisecond},
	} {
		s, err := lib.Sound(row.id)
		if err != nil {
			t.Fatal(err)
		}
		if s.Length() != row.length {
			t.Errorf("%s lasts %v", row.id, s.Length())
		}
		part := s.PCM(8000)[row.from*8000/time.Second : row.to*8000/time.Second]
		if got := mix.ToneLevel(part, 8000, row.hz); got < -19 || got > -15 {
			t.Errorf("%s: %.0f Hz is at %.1f dB", row.id, row.hz, got)
		}
	}
	s, _ := lib.Sound("snd_ringback")
	if got := mix.Level(s.PCM(8000)[13000:]); got != mix.Silence {
		t.Errorf("between two rings it is at %.1f dB", got)
	}
}

// The same music on every start, that leads into itself; and four that differ.
func TestMusic(t *testing.T) {
	t.Parallel()
	a := comfortTune().render()
	if !slices.Equal(a, comfortTune().render()) {
		t.Error("two renderings differ")
	}
	round := append(append([]int16(nil), a[len(a)-800:]...), a[:800]...)
	if got, most := steepest(round[700:900]), steepest(a[:16000*10]); got > most {
		t.Errorf("a step of %d where the turns meet, %d elsewhere", got, most)
	}
	all := []*tune{comfortTune(), salesTune(), supportTune(), defaultTune()}
	for i, a := range all {
		for _, b := range all[:i] {
			if slices.Equal(a.notes, b.notes) {
				t.Error("two tunes are the same")
			}
		}
		for _, n := range a.notes {
			if n.at < 0 || n.at >= float64(a.beats) || n.pitch < 36 || n.pitch > 96 {
				t.Errorf("tune %d has a note out of place: %+v", i, n)
			}
		}
	}
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "sounds")
	lib := NewLibrary(dir)
	for _, id := range []core.SoundID{"snd_none", "", "../secret", "snd_a/b", "snd_a.wav", "snd_é", core.SoundID(strings.Repeat("x", 81))} {
		if s, err := lib.Sound(id); core.KindOf(err) != core.Missing || s != nil {
			t.Errorf("%q: %v, %v", id, s, err)
		}
		if err := lib.Remove(id); core.KindOf(err) != core.Missing {
			t.Errorf("remove %q: %v", id, err)
		}
	}
	own, err := lib.Sound("snd_welcome")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := lib.Sound("snd_welcome"); again != own {
		t.Error("it was read twice")
	}

	file := wav{tag: 1, channels: 2, bits: 16, rate: 44100}.sine().bytes()
	put, err := lib.Put("snd_welcome", bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if level, _ := speechLevel(put.PCM(16000)); put.Length() != time.Second || math.Abs(level+19) > 0.5 {
		t.Errorf("%v at %.1f dB", put.Length(), level)
	}
	other, err := NewLibrary(dir).Sound("snd_welcome")
	if err != nil || !slices.Equal(other.PCM(16000)[2000:3000], put.PCM(16000)[2000:3000]) {
		t.Errorf("another process hears something else: %v", err)
	}
	if _, err := lib.Put("snd_welcome", strings.NewReader("no sound")); core.KindOf(err) != core.Invalid {
		t.Errorf("a text was taken: %v", err)
	}
	if still, _ := lib.Sound("snd_welcome"); still != put {
		t.Error("what was refused replaced what was there")
	}
	if _, err := lib.Put("../x", bytes.NewReader(file)); core.KindOf(err) != core.Invalid {
		t.Errorf("a path was taken: %v", err)
	}
	if _, err := NewLibrary("").Put("snd_x", bytes.NewReader(file)); err == nil {
		t.Error("kept without a folder")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("in the folder: %v, %v", left, err)
	}
	if err := lib.Remove("snd_welcome"); err != nil {
		t.Fatal(err)
	}
	if back, err := lib.Sound("snd_welcome"); err != nil || back.Length() != own.Length() {
		t.Errorf("what is built in does not come back: %v", err)
	}
}

func TestLibraryBadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lib := NewLibrary(dir)
	path := filepath.Join(dir, "snd_x.wav")
	if err := os.WriteFile(path, []byte("RIFF, but not for long"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lib.Sound("snd_x"); core.KindOf(err) != core.Invalid {
		t.Errorf("a broken file: %v", err)
	}
	if err := os.WriteFile(path, wav{tag: 1, channels: 1, bits: 16, rate: 8000}.sine().bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := lib.Sound("snd_x"); err != nil || s.Length() != time.Second {
		t.Errorf("mended: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "y.wav")
	if err := errors.Join(os.WriteFile(outside, wav{tag: 1, channels: 1, bits: 16, rate: 8000}.sine().bytes(), 0o600), os.Symlink(outside, path)); err != nil {
		t.Fatal(err)
	}
	if _, err := lib.Sound("snd_x"); err == nil {
		t.Error("a link led out of the folder")
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := lib.Sound("snd_x"); core.KindOf(err) != core.Missing {
		t.Errorf("a folder: %v", err)
	}
}

func TestLibraryForMany(t *testing.T) {
	t.Parallel()
	lib := NewLibrary("")
	var wait sync.WaitGroup
	got := make([]*Frames, 16)
	for i := range got {
		wait.Go(func() {
			if s, err := lib.Sound("snd_goodbye"); err == nil {
				got[i] = s.Frames(codec.G722)
			}
		})
	}
	wait.Wait()
	for _, f := range got {
		if f == nil || f != got[0] {
			t.Fatal("two listeners have not the same frames")
		}
	}
}

func TestLibraryForgets(t *testing.T) {
	t.Parallel()
	lib := NewLibrary("")
	for i := range 5 {
		id := core.SoundID([]string{"a", "b", "c", "d", "e"}[i])
		lib.clock++
		lib.held[id] = &shelf{size: cacheBytes / 4, used: lib.clock}
	}
	lib.held["a"].used = 99 // used again just now
	lib.trim(lib.held["e"])
	if len(lib.held) != 4 || lib.held["b"] != nil {
		t.Errorf("%d are held", len(lib.held))
	}
}
