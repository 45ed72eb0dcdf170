package media

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"
)

// choir has far ends speak on one clock: hz says the tone of each by the frame,
// below 0 nothing is sent.
type choir struct {
	frames chan int // the number of each frame that was sent
	quit   chan struct{}
}

func (s *stage) sing(hz func(i int) []float64, all ...*far) *choir {
	c := &choir{frames: make(chan int, 1), quit: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		enc, phase := make([]*codec.Encoder, len(all)), make([]int, len(all))
		for i, f := range all {
			enc[i] = codec.NewEncoder(f.codec)
		}
		for n, began := 0, time.Now(); ; n++ {
			if !due(began, n+1, c.quit) {
				return
			}
			for i, f := range all {
				ts := f.tick(1)
				if h := hz(n)[i]; h >= 0 {
					f.send(f.codec.PT(), ts, enc[i].Encode(nil, tone(h, f.codec.SampleRate(), f.codec.FrameSamples(), &phase[i])))
				}
			}
			select {
			case <-c.frames:
			default:
			}
			c.frames <- n
		}
	}()
	s.t.Cleanup(func() { close(c.quit); <-done })
	return c
}

// due waits for when the nth frame is due, which is now when the machine was too
// busy before: so many frames are sent as were due, however late. False: quit.
func due(began time.Time, n int, quit <-chan struct{}) bool {
	select {
	case <-quit:
		return false
	case <-time.After(time.Until(began.Add(time.Duration(n) * frame))):
		return true
	}
}

// span is when, since an instant, something was done: not before from and not
// after to, which may be far apart on a busy machine.
type span struct{ from, to time.Duration }

func spanOf(began time.Time, do func()) (s span) {
	s.from = time.Since(began)
	do()
	s.to = time.Since(began)
	return s
}

// early and late are its bounds in ms on the timeline of a tape that was begun
// within another.
func (s span) early(begin span) int { return int((s.from - begin.to).Milliseconds()) }
func (s span) late(begin span) int  { return int((s.to - begin.from).Milliseconds()) }

// until waits until the frame n was sent.
func (c *choir) until(n int) {
	for <-c.frames < n {
	}
}

const testTape = core.RecordID("rec_1")

func roll(state core.TapeState) core.Tape {
	return core.Tape{Tape: testTape, Call: "cal_1", Interaction: "int_1", Queue: "que_1", Room: "r", State: state}
}

// kept waits for the recording and returns both of its channels.
func (s *stage) kept(dir string) (k core.TapeKept, left, right []int16) {
	s.t.Helper()
	k = wait(s, 20*time.Second, func(core.TapeKept) bool { return true })
	left, right = stereoOf(s.t, dir, k)
	return k, left, right
}

func stereoOf(t testing.TB, dir string, k core.TapeKept) (left, right []int16) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, k.File))
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if string(b[:4]) != "RIFF" || le.Uint16(b[22:]) != 2 || le.Uint16(b[34:]) != 16 || int(le.Uint32(b[40:])) != len(b)-44 || int(le.Uint32(b[24:])) != k.Rate {
		t.Fatalf("the header is wrong: %q", b[:44])
	}
	for i := 44; i+3 < len(b); i += 4 {
		left = append(left, int16(le.Uint16(b[i:])))
		right = append(right, int16(le.Uint16(b[i+2:])))
	}
	if got := time.Duration(len(left)) * time.Second / time.Duration(k.Rate); got != k.Length {
		t.Errorf("%v in the file, told %v", got, k.Length)
	}
	return left, right
}

// onset is where sound begins after from, in ms; -1 when it does not.
func onset(pcm []int16, rate, from int) int {
	for i := max(0, from) * rate / 1000; i < len(pcm); i++ {
		if pcm[i] > 2000 || pcm[i] < -2000 {
			return i * 1000 / rate
		}
	}
	return -1
}

func pieceOf(pcm []int16, rate, from, to int) []int16 {
	return pcm[min(len(pcm), max(0, from)*rate/1000):min(len(pcm), max(0, to)*rate/1000)]
}

// bursts is a tone in the second half of each second.
func bursts(hz ...float64) func(int) []float64 {
	quiet := make([]float64, len(hz))
	return func(i int) []float64 {
		if i%50 < 25 {
			return quiet
		}
		return hz
	}
}
