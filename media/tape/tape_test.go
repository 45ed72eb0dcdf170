package tape

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"
)

// script writes a log by hand.
type script struct {
	t     testing.TB
	b     []byte
	all   bytes.Buffer
	phase [3]int
	seq   [3]uint16
}

func newScript(t testing.TB) *script {
	t.Helper()
	s := &script{t: t, b: Block(nil)}
	s.all.WriteString(magic)
	s.mark(Mark{Head: &Head{Tape: "rec_1", Call: "cal_1", Interaction: "int_1", Began: core.At(time.Date(2026, 11, 22, 10, 14, 12, 0, time.UTC))}})
	return s
}

func (s *script) mark(m Mark) { s.b = AppendMark(s.b, m) }

func (s *script) track(n uint8, side core.Side, c codec.Codec) {
	s.mark(Mark{Track: &Track{Number: n, Leg: core.LegID("leg_s" + string(rune('0'+n))), Side: side, Codec: c}})
}

// say has a track say a tone of this height from one frame to another.
func (s *script) say(from, until int, c codec.Codec, height float64, tracks ...uint8) {
	enc := codec.NewEncoder(c)
	for f := from; f < until; f++ {
		for _, n := range tracks {
			pcm := make([]int16, c.FrameSamples())
			for i := range pcm {
				pcm[i] = int16(height * math.Sin(2*math.Pi*400*float64(s.phase[n])/float64(c.SampleRate())))
				s.phase[n]++
			}
			s.seq[n]++
			s.b = AppendSound(s.b, &Sound{
				Track: n, Codec: c, At: uint32(f * frame), Seq: s.seq[n], TS: uint32(f * frame), SSRC: uint32(n), Payload: enc.Encode(nil, pcm),
			})
		}
		if f%10 == 0 {
			s.seal()
		}
	}
}

func (s *script) seal() {
	if !Empty(s.b) {
		Seal(s.b)
		s.all.Write(s.b)
		s.b = Block(s.b)
	}
}

// render puts the log into a folder and makes a recording of it.
func (s *script) render(cut int) (k *Kept, left, right []int16) {
	s.t.Helper()
	s.seal()
	dir := s.t.TempDir()
	path, err := Path(dir, "rec_1")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	b := s.all.Bytes()
	if err := os.WriteFile(path, b[:len(b)-cut], 0o600); err != nil {
		s.t.Fatal(err)
	}
	k, err = Render(dir, path, func(time.Duration) error { return nil })
	if err != nil {
		s.t.Fatal(err)
	}
	wav, err := os.ReadFile(filepath.Join(dir, k.File))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 44; i+3 < len(wav); i += 4 {
		left = append(left, int16(binary.LittleEndian.Uint16(wav[i:])))
		right = append(right, int16(binary.LittleEndian.Uint16(wav[i+2:])))
	}
	return k, left, right
}

func one(n uint8) *uint8 { return &n }

func highest(pcm []int16) (top int16) {
	for _, x := range pcm {
		top = max(top, x)
	}
	return top
}

// TestRender: two customers are summed and saturated on the left; marks cut to
// the sample; the last packet of a leg that left is heard to its end.
func TestRender(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.track(1, core.CustomerSide, codec.PCMU)
	s.track(2, core.AgentSide, codec.PCMU)
	s.mark(Mark{State: core.TapeRolling})
	s.mark(Mark{Open: one(1)})
	s.mark(Mark{Open: one(2)})
	s.say(0, 50, codec.PCMU, 20000, 1, 2)
	s.mark(Mark{At: 50*frame - 3, State: core.TapePaused})
	s.mark(Mark{At: 60*frame + 5, State: core.TapeRolling})
	s.say(61, 100, codec.PCMU, 20000, 1, 2)
	s.mark(Mark{At: 99*frame + 1, Shut: one(2), Left: true})
	s.mark(Mark{At: 150 * frame, State: core.TapeClosed})
	k, left, right := s.render(0)
	if k.Length != 3*time.Second || k.Rate != 8000 || k.Tracks != 2 || k.File != "recordings/2026/11/22/rec_1.wav" {
		t.Errorf("%+v", k)
	}
	if len(left) != 24000 {
		t.Fatalf("%d samples", len(left))
	}
	for i := 50*frame - 3; i < 60*frame+5; i++ {
		if left[i] != 0 || right[i] != 0 {
			t.Fatalf("there is sound in the pause, at sample %d", i)
		}
	}
	if top := highest(left[50*frame-43 : 50*frame-3]); top < 15000 {
		t.Errorf("the last words before the pause are cut: %d", top)
	}
	if top := highest(right[99*frame : 100*frame]); top < 15000 {
		t.Errorf("the last word of who left is cut: %d", top)
	}
	if top := highest(right[101*frame:]); top != 0 {
		t.Errorf("who left is heard: %d", top)
	}

	s = newScript(t)
	s.track(1, core.CustomerSide, codec.PCMU)
	s.track(2, core.CustomerSide, codec.G722)
	s.mark(Mark{State: core.TapeRolling})
	s.mark(Mark{Open: one(1)})
	s.mark(Mark{Open: one(2)})
	s.say(0, 50, codec.PCMU, 30000, 1)
	s.say(0, 50, codec.PCMU, 30000, 2)
	_, left, right = s.render(0)
	if highest(left) != math.MaxInt16 || highest(right) != 0 {
		t.Errorf("both customers: %d on the left, %d on the right", highest(left), highest(right))
	}
}

// TestRenderCut: whatever a crash leaves of a log is made the most of.
func TestRenderCut(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.track(1, core.CustomerSide, codec.G722)
	s.mark(Mark{State: core.TapeRolling})
	s.mark(Mark{Open: one(1)})
	s.say(0, 200, codec.G722, 8000, 1)
	for cut, least := range map[int]time.Duration{0: 4 * time.Second, 1: 3600 * time.Millisecond, 2000: 3400 * time.Millisecond, 30000: 0} {
		k, left, _ := s.render(cut)
		if k.Length < least || k.Rate != 16000 {
			t.Errorf("%d bytes less: %v", cut, k.Length)
		}
		if n := len(left); n > 16000 && highest(left[n-4000:]) < 5000 {
			t.Errorf("%d bytes less: the end is silent", cut)
		}
	}
	path := filepath.Join(t.TempDir(), "x.tape")
	for _, text := range []string{"", "RIFF", magic, magic + "\x01\x00"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Render(t.TempDir(), path, nil); core.KindOf(err) != core.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestRenderRests: who is told to stop leaves nothing half made.
func TestRenderRests(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.track(1, core.CustomerSide, codec.PCMU)
	s.mark(Mark{State: core.TapeRolling})
	s.mark(Mark{At: 8000 * 3600 * 10, State: core.TapeClosed}) // ten hours of nothing take more than a slice
	s.seal()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.tape")
	if err := os.WriteFile(path, s.all.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	if _, err := Render(dir, path, func(time.Duration) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, Folder, "*", "*", "*", "*"))
	if err != nil || len(files) != 0 {
		t.Errorf("%v is left, %v", files, err)
	}
}

func TestPeaks(t *testing.T) {
	t.Parallel()
	p := newPeaks(12000)
	for i := range int64(12000) {
		p.push(i, int16(i), -int16(i))
	}
	b := p.bytes()
	if len(b) != (Coarse+Fine)*PointSize {
		t.Fatalf("%d bytes", len(b))
	}
	last := b[len(b)-PointSize:]
	if int8(last[0]) != 0 || int8(last[1]) != 11999>>8 || int8(last[2]) != int8(-11999>>8) || int8(last[3]) != 0 {
		t.Errorf("the last point is % x", last)
	}
	if coarse := b[(Coarse-1)*PointSize:][:PointSize]; !bytes.Equal(coarse, last) {
		t.Errorf("coarse % x, fine % x", coarse, last)
	}
	short := newPeaks(3)
	short.push(2, math.MinInt16, math.MaxInt16)
	if b := short.bytes(); int8(b[(Coarse+800)*PointSize]) != -128 || int8(b[(Coarse+800)*PointSize+3]) != 127 {
		t.Error("three samples are drawn wrongly")
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		&os.PathError{Err: syscall.ENOSPC}: "disk_full", syscall.EDQUOT: "disk_full", ErrFull: "disk_full", os.ErrPermission: "failed",
	} {
		if got := Why(err); got != want {
			t.Errorf("%v is %s", err, got)
		}
	}
	for _, id := range []core.RecordID{"", "../x", "a/b", `a\b`, "."} {
		if path, err := Path("/data", id); err == nil && filepath.Dir(path) != "/data/recordings/open" {
			t.Errorf("%q leads to %s", id, path)
		}
	}
	dir := t.TempDir()
	path, _ := Path(dir, "rec_1")
	l, err := Open(OS{}, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(OS{}, path); err == nil {
		t.Error("a log is begun twice")
	}
	if all := Left(dir); len(all) != 1 {
		t.Errorf("left: %v", all)
	}
	news := core.TapeKept{Tape: "rec_1", File: "x.wav"}
	if err := Remember(path, news); err != nil {
		t.Fatal(err)
	}
	if all := Left(dir); len(all) != 0 {
		t.Errorf("finished and left: %v", all)
	}
	if all := Remembered(dir); len(all) != 1 || all[0] != news {
		t.Errorf("remembered: %v", all)
	}
	Forget(dir, time.Now().Add(-time.Hour))
	if len(Remembered(dir)) != 1 {
		t.Error("forgotten too early")
	}
	Forget(dir, time.Now().Add(time.Hour))
	if _, err := os.Stat(path); len(Remembered(dir)) != 0 || !os.IsNotExist(err) {
		t.Error("not forgotten")
	}
}

// FuzzRender: whatever a file holds, it is rendered or refused.
func FuzzRender(f *testing.F) {
	s := newScript(f)
	s.track(1, core.CustomerSide, codec.PCMU)
	s.track(2, core.AgentSide, codec.G722)
	s.mark(Mark{State: core.TapeRolling})
	s.mark(Mark{Open: one(1)})
	s.say(0, 12, codec.PCMU, 8000, 1, 2)
	s.mark(Mark{At: 1000, Shut: one(1), Left: true})
	s.mark(Mark{At: 3000, State: core.TapeClosed})
	s.seal()
	f.Add(s.all.Bytes()[len(magic)+blockHead:])
	f.Add([]byte{kindSound, 0, 1, 200, 0})
	f.Fuzz(func(t *testing.T, records []byte) {
		b := append(Block(nil), AppendMark(nil, Mark{Head: &Head{Tape: "rec_1"}})...)
		b = append(b, records...)
		Seal(b)
		path := filepath.Join(t.TempDir(), "x.tape")
		if err := os.WriteFile(path, append([]byte(magic), b...), 0o600); err != nil {
			t.Fatal(err)
		}
		enough := errors.New("it is long")
		_, err := Render(t.TempDir(), path, func(time.Duration) error { return enough })
		if err != nil && !errors.Is(err, enough) && core.KindOf(err) != core.Invalid {
			t.Error(err)
		}
	})
}

// BenchmarkRender makes the recording of ten minutes of two who talk without a
// pause.
func BenchmarkRender(b *testing.B) {
	for _, c := range []codec.Codec{codec.PCMU, codec.G722} {
		b.Run(string(c), func(b *testing.B) {
			s := newScript(b)
			s.track(1, core.CustomerSide, c)
			s.track(2, core.AgentSide, c)
			s.mark(Mark{State: core.TapeRolling})
			s.mark(Mark{Open: one(1)})
			s.mark(Mark{Open: one(2)})
			s.say(0, 30000, c, 8000, 1, 2)
			b.ReportAllocs()
			for b.Loop() {
				s.render(0)
			}
		})
	}
}
