package media

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"
	"belfry/media/mix"
	"belfry/media/tape"
)

// TestTape: both sides stand on one timeline, whatever they speak and whether
// they are relayed or mixed, from the first packet on.
func TestTape(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		caller codec.Codec
		agent  codec.Codec
		rate   int
		mixed  bool
	}{
		{"relay PCMU", PCMU, PCMU, 8000, false},
		{"relay PCMA", PCMA, PCMA, 8000, false},
		{"relay G722", G722, G722, 16000, false},
		{"G722 and PCMU", G722, PCMU, 16000, true},
		{"PCMA and G722", PCMA, G722, 8000, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := newStage(t, Options{DataDir: dir})
			ann, bob := newFar(t, "127.0.0.1", row.caller), newFar(t, "127.0.0.1", row.agent)
			s.leg("leg_s1", ann)
			s.leg("leg_s2", bob)
			c := s.sing(bursts(440, 1000), ann, bob)
			c.until(30) // in the middle of a burst: what is said at once counts
			now := time.Now()
			begin := spanOf(now, func() {
				s.do(roll(core.TapeRolling),
					core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide},
					core.Join{Room: "r", Leg: "leg_s2", Side: core.AgentSide})
			})
			wait(s, 2*time.Second, func(r core.TapeRolled) bool { return r.On && r.Tape == testTape })
			c.until(200)
			if got := s.Stats().Mixes == 1; got != row.mixed {
				t.Errorf("mixed: %v", got)
			}
			end := spanOf(now, func() { s.do(roll(core.TapeClosed)) })
			k, left, right := s.kept(dir)
			if k.Rate != row.rate || k.Tracks != 2 || k.Interaction != "int_1" || k.Queue != "que_1" {
				t.Errorf("%+v", k)
			}
			if ms := int(k.Length.Milliseconds()); ms < end.early(begin)-20 || ms > end.late(begin)+20 {
				t.Errorf("%d ms, the call took %d to %d", ms, end.early(begin), end.late(begin))
			}
			patience := 30
			if row.caller == G722 {
				patience = 80 // its decoder comes into a loud tone with a quiet scale
			}
			if on := onset(left, k.Rate, 0); on < 0 || on > patience {
				t.Errorf("the caller's first word is heard after %d ms", on)
			}
			first := onset(left, k.Rate, 700) // the next burst begins after half a second of silence
			for at, n := first, 0; at > 0 && n < 3; n++ {
				l, r := onset(left, k.Rate, at-200), onset(right, k.Rate, at-200)
				if d := l - r; d < -20 || d > 20 || l < at-200 || l > at+200 { // the tickers of a busy machine are late
					t.Errorf("burst %d begins at %d ms left and %d ms right", n, l, r)
				}
				if lv, x := mix.ToneLevel(pieceOf(left, k.Rate, l+50, l+450), k.Rate, 440), mix.ToneLevel(pieceOf(left, k.Rate, l+50, l+450), k.Rate, 1000); lv < -20 || x > -40 {
					t.Errorf("left: %.1f dB of the caller, %.1f of the agent", lv, x)
				}
				if rv, x := mix.ToneLevel(pieceOf(right, k.Rate, l+50, l+450), k.Rate, 1000), mix.ToneLevel(pieceOf(right, k.Rate, l+50, l+450), k.Rate, 440); rv < -20 || x > -40 {
					t.Errorf("right: %.1f dB of the agent, %.1f of the caller", rv, x)
				}
				at = l + 1000
			}
			about(t, dir, k)
		})
	}
}

// about looks at what stands beside a recording.
func about(t *testing.T, dir string, k core.TapeKept) tape.About {
	t.Helper()
	base := filepath.Join(dir, k.File[:len(k.File)-len(".wav")])
	var a tape.About
	text, err := os.ReadFile(base + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	if a.Tape != testTape || len(a.SHA256) != 64 || len(a.Parties) != k.Tracks || a.Length != k.Length.Milliseconds() {
		t.Errorf("%+v", a)
	}
	peaks, err := os.ReadFile(base + ".peaks")
	if err != nil || len(peaks) != (tape.Coarse+tape.Fine)*tape.PointSize {
		t.Errorf("%d bytes of peaks, %v", len(peaks), err)
	}
	if isZeroed(peaks) {
		t.Error("the peaks are flat")
	}
	if left := tape.Left(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	return a
}

func isZeroed(b []byte) bool { return !slices.ContainsFunc(b, func(x byte) bool { return x != 0 }) }

// TestTapePause: a pause is exact zeros on both sides and on disk, and the
// timeline goes on.
func TestTapePause(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	ann, bob := newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", G722)
	s.leg("leg_s1", ann)
	s.leg("leg_s2", bob)
	c := s.sing(func(int) []float64 { return []float64{440, 1000} }, ann, bob)
	c.until(10)
	s.do(core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide}, core.Join{Room: "r", Leg: "leg_s2", Side: core.AgentSide})
	now := time.Now()
	begin := spanOf(now, func() { s.do(roll(core.TapeRolling)) })
	c.until(60)
	paused := spanOf(now, func() { s.do(roll(core.TapePaused)) })
	c.until(85)
	ann.press('4')
	c.until(110)
	again := spanOf(now, func() { s.do(roll(core.TapeRolling), roll(core.TapeRolling)) })
	c.until(160)
	s.do(roll(core.TapeClosed))
	k, left, right := s.kept(dir)
	from, to := paused.late(begin), again.early(begin)
	for name, pcm := range map[string][]int16{"left": left, "right": right} {
		if slices.ContainsFunc(pieceOf(pcm, k.Rate, from+1, to), func(x int16) bool { return x != 0 }) {
			t.Errorf("%s: the pause is not silent", name)
		}
		for _, edge := range [][2]int{{paused.early(begin) - 300, paused.early(begin) - 25}, {again.late(begin) + 30, again.late(begin) + 300}} {
			if onset(pieceOf(pcm, k.Rate, edge[0], edge[1]), k.Rate, 0) < 0 {
				t.Errorf("%s: nothing is heard around the pause at %v", name, edge)
			}
		}
		if on := onset(pcm, k.Rate, from+2); on < to-5 || on > again.late(begin)+40 {
			t.Errorf("%s: it is heard again at %d ms, %d were due", name, on, to)
		}
	}
	a := about(t, dir, k)
	if len(a.Segments) != 3 || a.Segments[1].State != core.TapePaused {
		t.Errorf("segments %+v", a.Segments)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	on := 0
	for _, ev := range s.all {
		if r, ok := ev.(core.TapeRolled); ok && r.On {
			on++
		}
	}
	if on != 2 {
		t.Errorf("told %d times that it rolls, of two stretches", on)
	}
}

// TestTapeTransfer: legs come and go, side by side and one after the other, on
// one timeline; who is mute is not heard.
func TestTapeTransfer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	ann, bob, cho := newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", G722)
	s.leg("leg_s1", ann)
	first := s.leg("leg_s2", bob)
	s.leg("leg_s3", cho)
	c := s.sing(func(int) []float64 { return []float64{440, 1000, 1800} }, ann, bob, cho)
	c.until(5)
	s.do(core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide}, core.Join{Room: "r", Leg: "leg_s2", Side: core.AgentSide})
	now := time.Now()
	begin := spanOf(now, func() { s.do(roll(core.TapeRolling)) })
	c.until(55)
	gone := spanOf(now, first.Close)
	c.until(80)
	came := spanOf(now, func() { s.do(core.Join{Room: "r", Leg: "leg_s3", Side: core.AgentSide}) })
	c.until(130)
	mute := spanOf(now, func() { s.do(core.Mute{Leg: "leg_s1", On: true}) })
	c.until(160)
	loud := spanOf(now, func() { s.do(core.Mute{Leg: "leg_s1"}) })
	c.until(200)
	s.do(roll(core.TapeClosed))
	k, left, right := s.kept(dir)
	if k.Tracks != 3 {
		t.Errorf("%d tracks", k.Tracks)
	}
	for _, row := range []struct {
		what     string
		pcm      []int16
		from, to int
		hz, not  float64
	}{
		{"the first agent", right, 100, gone.early(begin) - 30, 1000, 1800},
		{"nobody between", right, gone.late(begin) + 30, came.early(begin) - 10, 0, 1000},
		{"the second agent", right, came.late(begin) + 50, loud.early(begin), 1800, 1000},
		{"the caller", left, 100, mute.early(begin) - 30, 440, 1000},
		{"the caller who is mute", left, mute.late(begin) + 2, loud.early(begin) - 10, 0, 440},
		{"the caller again", left, loud.late(begin) + 50, loud.late(begin) + 600, 440, 1800},
	} {
		pcm := pieceOf(row.pcm, k.Rate, row.from, row.to)
		if row.hz == 0 {
			if slices.ContainsFunc(pcm, func(x int16) bool { return x != 0 }) {
				t.Errorf("%s is not silent", row.what)
			}
			continue
		}
		if lv, x := mix.ToneLevel(pcm, k.Rate, row.hz), mix.ToneLevel(pcm, k.Rate, row.not); lv < -20 || x > -40 {
			t.Errorf("%s: %.1f dB, and %.1f of another", row.what, lv, x)
		}
	}
	if at := onset(right, k.Rate, gone.late(begin)+40); at < came.early(begin) || at > came.late(begin)+60 {
		t.Errorf("the second agent is heard at %d ms, joined at %d to %d", at, came.early(begin), came.late(begin))
	}
}

// TestTapeCrash: the engine ends without a word in the middle of a block; the
// next one makes the recording, whole but for what was written last.
func TestTapeCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	ann, bob := newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", PCMU)
	s.leg("leg_s1", ann)
	s.leg("leg_s2", bob)
	c := s.sing(func(int) []float64 { return []float64{440, 1000} }, ann, bob)
	s.do(core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide}, core.Join{Room: "r", Leg: "leg_s2", Side: core.AgentSide})
	now := time.Now()
	begin := spanOf(now, func() { s.do(roll(core.TapeRolling)) })
	// What a kill -9 leaves once two seconds are on the disk, however long that takes:
	// the file as it is then, cut in the middle of the block that is written last.
	path, _ := tape.Path(dir, testTape)
	const onDisk = 2 * 2 * 50 * 160 // octets that both have said
	var b []byte
	whole := 0 // octets that were there before the last block
	crash := spanOf(now, func() {
		for beats := 10; whole < onDisk || len(b) < whole+onDisk/4; beats += 5 {
			c.until(beats)
			var err error
			if b, err = os.ReadFile(path); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if whole < onDisk {
				whole = len(b)
			}
		}
	})
	after := t.TempDir()
	path, _ = tape.Path(after, testTape)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)-100], 0o600); err != nil {
		t.Fatal(err)
	}
	again := newStage(t, Options{DataDir: after})
	k, left, right := again.kept(after)
	ms := int(k.Length.Milliseconds())
	if least := whole * 1000 / (2 * 50 * (160 + 30)); ms > crash.late(begin) || ms < least {
		t.Errorf("%d ms are kept, of %d to %d", ms, least, crash.late(begin))
	}
	if mix.ToneLevel(pieceOf(left, k.Rate, 50, ms), k.Rate, 440) < -20 || mix.ToneLevel(pieceOf(right, k.Rate, 50, ms), k.Rate, 1000) < -20 {
		t.Error("not all is there")
	}
	// It is told again after the next start: the first may have been unheard.
	again.Close()
	third := newStage(t, Options{DataDir: after})
	if told := wait(third, 20*time.Second, func(core.TapeKept) bool { return true }); told != k {
		t.Errorf("%+v", told)
	}
}

// TestTapeEngineCloses: an engine that ends in order loses nothing either.
func TestTapeEngineCloses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	ann := newFar(t, "127.0.0.1", PCMU)
	s.leg("leg_s1", ann)
	c := s.sing(func(int) []float64 { return []float64{440} }, ann)
	s.do(core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide})
	now := time.Now()
	begin := spanOf(now, func() { s.do(roll(core.TapeRolling)) })
	c.until(60)
	end := spanOf(now, s.Close)
	k, left, _ := newStage(t, Options{DataDir: dir}).kept(dir)
	if ms := int(k.Length.Milliseconds()); ms > end.late(begin)+20 || ms < end.early(begin)-60 {
		t.Errorf("%d ms are kept of %d to %d", ms, end.early(begin), end.late(begin))
	}
	if mix.ToneLevel(pieceOf(left, k.Rate, 50, int(k.Length.Milliseconds())), k.Rate, 440) < -20 {
		t.Error("not all is there")
	}
}

// fullDisk has room for so many bytes.
type fullDisk struct {
	tape.OS
	room int
	err  error
}

type fullFile struct {
	tape.File
	disk *fullDisk
}

func (d *fullDisk) Create(path string) (tape.File, error) {
	f, err := d.OS.Create(path)
	return &fullFile{f, d}, err
}

func (f *fullFile) Write(b []byte) (int, error) {
	n := min(len(b), f.disk.room)
	f.disk.room -= n
	if n, err := f.File.Write(b[:n]); n < len(b) || err != nil {
		return n, &os.PathError{Op: "write", Err: f.disk.err}
	}
	return n, nil
}

// TestTapeDiskFull: a disk that takes no more ends the recording and not the
// call, and what was written can be listened to.
func TestTapeDiskFull(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		o     Options
		why   string
		least time.Duration
	}{
		"full in the middle": {Options{Disk: &fullDisk{room: 30_000, err: syscall.ENOSPC}}, "disk_full", time.Second},
		"broken":             {Options{Disk: &fullDisk{room: 30_000, err: errors.New("the disk is on fire")}}, "failed", time.Second},
		"too little left":    {Options{LeastFree: 1 << 60}, "disk_full", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.o.DataDir = t.TempDir()
			s := newStage(t, row.o)
			ann, bob := newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", PCMU)
			s.leg("leg_s1", ann)
			s.leg("leg_s2", bob)
			s.sing(func(int) []float64 { return []float64{440, 1000} }, ann, bob)
			s.do(roll(core.TapeRolling), core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide}, core.Join{Room: "r", Leg: "leg_s2", Side: core.AgentSide})
			if got := wait(s, 10*time.Second, func(core.TapeFailed) bool { return true }); got != (core.TapeFailed{Call: "cal_1", Tape: testTape, Why: row.why}) {
				t.Errorf("%+v", got)
			}
			ann.hears(1000)
			s.do(roll(core.TapeClosed))
			if row.least > 0 {
				if k, _, _ := s.kept(row.o.DataDir); k.Length < row.least {
					t.Errorf("%v were kept", k.Length)
				}
			}
			s.Close()
			n := 0
			for _, ev := range s.told() {
				if _, failed := ev.(core.TapeFailed); failed {
					n++
				}
			}
			if n != 1 {
				t.Errorf("told %d times", n)
			}
		})
	}
}

// TestTapeRunsDry: no sound for a second where some is due is said, and so is
// its return; a mute leg owes none.
func TestTapeRunsDry(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{DataDir: t.TempDir()})
	ann := newFar(t, "127.0.0.1", PCMU)
	s.leg("leg_s1", ann)
	gate := make(chan float64, 1)
	hz := 440.0
	s.sing(func(int) []float64 {
		select {
		case hz = <-gate:
		default:
		}
		return []float64{hz}
	}, ann)
	s.do(roll(core.TapeRolling), core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide})
	wait(s, 2*time.Second, func(r core.TapeRolled) bool { return r.On })
	gate <- -1
	wait(s, 3*time.Second, func(r core.TapeRolled) bool { return !r.On })
	gate <- 440
	s.mu.Lock()
	s.all = nil
	s.mu.Unlock()
	wait(s, 2*time.Second, func(r core.TapeRolled) bool { return r.On })
}

// TestTapeVeto: an older floor does not touch a tape, and the order that closed
// one is the last.
func TestTapeVeto(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	ann := newFar(t, "127.0.0.1", PCMU)
	s.leg("leg_s1", ann)
	c := s.sing(func(int) []float64 { return []float64{440} }, ann)
	s.do(core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide})
	s.Do(core.Order{Epoch: 2, Effect: roll(core.TapeRolling)})
	c.until(20)
	s.do(roll(core.TapeClosed), core.Tape{Tape: "rec_2", Room: "r", State: core.TapePaused})
	if st := s.Stats(); st.Vetoes != 1 || st.Tapes != 1 {
		t.Errorf("%d vetoes, %d tapes", st.Vetoes, st.Tapes)
	}
	s.Do(core.Order{Epoch: 2, Effect: roll(core.TapeClosed)})
	if k, left, _ := s.kept(dir); onset(left, k.Rate, 0) < 0 {
		t.Error("it is empty")
	}
}
