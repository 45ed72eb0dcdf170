package media

import (
	"sync"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/mix"
	"belfry/media/tape"
)

// slowDisk takes nothing until the gate is opened.
type slowDisk struct {
	tape.OS
	gate chan struct{}
}

type slowFile struct {
	tape.File
	disk *slowDisk
}

func (d *slowDisk) Create(path string) (tape.File, error) {
	f, err := d.OS.Create(path)
	return &slowFile{f, d}, err
}

func (f *slowFile) Write(b []byte) (int, error) {
	<-f.disk.gate
	return f.File.Write(b)
}

// TestTapeSlowDisk: audio does not wait for a disk that does not come; what it
// was too slow for is counted and silent, and the rest is kept.
func TestTapeSlowDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disk := &slowDisk{gate: make(chan struct{})}
	open := sync.OnceFunc(func() { close(disk.gate) })
	t.Cleanup(open)
	s := newStage(t, Options{DataDir: dir, Disk: disk})
	ann, bob := newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", PCMU)
	l := s.leg("leg_s1", ann)
	s.leg("leg_s2", bob)
	c := s.sing(func(int) []float64 { return []float64{440, 1000} }, ann, bob)
	s.do(roll(core.TapeRolling), core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide}, core.Join{Room: "r", Leg: "leg_s2", Side: core.AgentSide})
	bob.hears(440)
	c.until(40)
	l.mu.Lock()
	for n := range 2 * tapeMost / 160 { // as if minutes had passed
		l.taps[0].sound(&packet{ssrc: 7, seq: uint16(n), timestamp: uint32(n) * 160, payload: make([]byte, 160)}, PCMU, s.now())
	}
	l.mu.Unlock()
	open()
	wait(s, 3*time.Second, func(r core.TapeRolled) bool { return r.On })
	c.until(90)
	s.do(roll(core.TapeClosed))
	k, _, right := s.kept(dir)
	if n := s.Stats().TapeLost; n < 1000 {
		t.Errorf("%d packets are counted as lost", n)
	}
	if mix.ToneLevel(pieceOf(right, k.Rate, 100, 500), k.Rate, 1000) < -20 || mix.ToneLevel(pieceOf(right, k.Rate, int(k.Length.Milliseconds())-500, int(k.Length.Milliseconds())-50), k.Rate, 1000) < -20 {
		t.Error("what it was not too slow for is not there")
	}
}

// TestTapeMerge: a tape follows its call into another room; who stays behind is
// heard no more. A room may have two tapes.
func TestTapeMerge(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	ann, bob, cho := newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", PCMU)
	s.leg("leg_s1", ann)
	s.leg("leg_s2", bob)
	s.leg("leg_s3", cho)
	c := s.sing(func(int) []float64 { return []float64{440, 1000, 1800} }, ann, bob, cho)
	other := core.Tape{Tape: "rec_2", Call: "cal_2", Interaction: "int_2", Room: "r2", State: core.TapeRolling}
	s.do(core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide}, core.Join{Room: "r", Leg: "leg_s2", Side: core.AgentSide},
		core.Join{Room: "r2", Leg: "leg_s3", Side: core.CustomerSide}, roll(core.TapeRolling), other)
	began := time.Now()
	c.until(50)
	moved := roll(core.TapeRolling)
	moved.Room = "r2"
	s.do(core.Join{Room: "r2", Leg: "leg_s1", Side: core.CustomerSide}, moved)
	at := int(time.Since(began).Milliseconds())
	c.until(100)
	moved.State, other.State = core.TapeClosed, core.TapeClosed
	s.do(moved, other)
	first := wait(s, 20*time.Second, func(k core.TapeKept) bool { return k.Tape == testTape })
	second := wait(s, 20*time.Second, func(k core.TapeKept) bool { return k.Tape == "rec_2" })
	left, right := stereoOf(t, dir, first)
	end := int(first.Length.Milliseconds())
	if mix.ToneLevel(pieceOf(right, 8000, 100, at-50), 8000, 1000) < -20 || onset(pieceOf(right, 8000, at+60, end), 8000, 0) >= 0 {
		t.Error("who stayed behind is heard on, or was not before")
	}
	if mix.ToneLevel(pieceOf(left, 8000, at+60, end), 8000, 1800) < -20 || mix.ToneLevel(pieceOf(left, 8000, 100, at-50), 8000, 1800) > -40 {
		t.Error("who was in the other room is not heard from the merge on")
	}
	if left, _ = stereoOf(t, dir, second); mix.ToneLevel(pieceOf(left, 8000, at+60, end-100), 8000, 440) < -20 {
		t.Error("the other tape does not hear who came")
	}
}

// TestTapePausesWhenItWasTold: an order that a busy machine carries out half a second
// late counts from when it was given: what was said meanwhile is exact silence.
func TestTapePausesWhenItWasTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	ann := newFar(t, "127.0.0.1", PCMU)
	s.leg("leg_s1", ann)
	c := s.sing(func(int) []float64 { return []float64{440} }, ann)
	s.do(core.Join{Room: "r", Leg: "leg_s1", Side: core.CustomerSide})
	since := func(at core.Time) time.Duration { return core.At(time.Now()).Sub(at) }
	pass := func(at core.Time, d time.Duration) {
		for since(at) < d {
			<-c.frames
		}
	}
	began := core.At(time.Now())
	pass(began, 200*time.Millisecond)
	rolled := int(since(began).Milliseconds())
	s.Do(core.Order{At: began, Effect: roll(core.TapeRolling)})
	pass(began, time.Second)
	told := core.At(time.Now())
	pass(told, 500*time.Millisecond)
	s.Do(core.Order{At: told, Effect: roll(core.TapePaused)})
	pass(told, 700*time.Millisecond)
	closed := int(since(began).Milliseconds())
	s.do(roll(core.TapeClosed))
	k, left, right := s.kept(dir)
	from, until := int(told.Sub(began).Milliseconds())+1, int(k.Length.Milliseconds())
	if until < closed-1 {
		t.Errorf("%d ms are kept of %d", until, closed)
	}
	for i, x := range pieceOf(left, k.Rate, from, until) {
		if x != 0 {
			t.Fatalf("sample %d of the pause is %d", i, x)
		}
	}
	if at := onset(left, k.Rate, 0); at < rolled-1 || at > from {
		t.Errorf("something is heard at %d ms, what was taken down is from %d to %d", at, rolled, from)
	}
	if len(right) != len(left) {
		t.Errorf("%d and %d samples", len(left), len(right))
	}
}
