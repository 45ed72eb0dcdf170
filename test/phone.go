package test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// Phone is a `belfry call` that goes on while the test does.
type Phone struct {
	t    testing.TB
	File string // what it heard
	over chan struct{}

	mu     sync.Mutex
	cmd    *exec.Cmd
	said   bytes.Buffer // read when over
	err    error
	ending bool // the test wants the end
}

// Dial starts a caller with a tone for a voice; what it hears is recorded. It
// hangs up with the test at the latest. A machine that has too much to do
// refuses a call with 503; the caller tries again, as people do.
func (p *Program) Dial(number string, args ...string) *Phone {
	p.t.Helper()
	ph := &Phone{t: p.t, over: make(chan struct{}), File: filepath.Join(p.t.TempDir(), "heard.wav")}
	args = append([]string{
		"call", number, "--to", p.SIP, "--play", tone(p.t, callerHz, 2*time.Second), "--record", ph.File, "--for", "60s",
	}, args...)
	bin := Binary(p.t)
	go func() {
		defer close(ph.over)
		for ph.once(bin, args) {
		}
	}()
	p.t.Cleanup(func() {
		ph.end(os.Kill)
		<-ph.over
	})
	return ph
}

// once makes the call and says whether it is to be made again.
func (ph *Phone) once(bin string, args []string) (again bool) {
	ph.mu.Lock()
	ph.said.Reset()
	cmd := exec.Command(bin, args...)
	cmd.Stdout, cmd.Stderr = &ph.said, &ph.said
	ph.err = cmd.Start()
	ph.cmd = cmd
	ph.mu.Unlock()
	if ph.err != nil {
		return false
	}
	ph.err = cmd.Wait()
	ph.mu.Lock()
	defer ph.mu.Unlock()
	return ph.err != nil && !ph.ending && bytes.Contains(ph.said.Bytes(), []byte("(503)")) && !bytes.Contains(ph.said.Bytes(), []byte("answered,"))
}

// end tells the caller to end.
func (ph *Phone) end(how os.Signal) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	ph.ending = true
	if ph.cmd != nil && ph.cmd.Process != nil {
		_ = ph.cmd.Process.Signal(how)
	}
}

// HangUp has the caller hang up now, and waits for the end.
func (ph *Phone) HangUp() string {
	ph.t.Helper()
	ph.end(os.Interrupt)
	return ph.Well()
}

// GiveUp has the caller hang up before there is an answer.
func (ph *Phone) GiveUp() {
	ph.t.Helper()
	ph.end(os.Interrupt)
	if out, err := ph.Over(); err == nil {
		ph.t.Errorf("a call that was given up went well:\n%s", out)
	}
}

// Over waits until the call has ended, well or not, and gives what was printed.
func (ph *Phone) Over() (string, error) {
	ph.t.Helper()
	select {
	case <-ph.over:
		return short(ph.said.String()), ph.err
	case <-time.After(60 * time.Second):
		ph.t.Fatal("the caller did not end in 60 s")
		return "", nil
	}
}

// Well waits for the end and fails the test when the call did not go well.
func (ph *Phone) Well() string {
	ph.t.Helper()
	out, err := ph.Over()
	if err != nil {
		ph.t.Fatalf("the call did not go well: %v\n%s", err, out)
	}
	return out
}

// tone writes a WAV file of a steady tone to speak with.
func tone(t testing.TB, hz int, length time.Duration) string {
	t.Helper()
	const rate = 8000
	n := int(length.Seconds() * rate)
	b := make([]byte, 44+2*n)
	copy(b, "RIFF")
	binary.LittleEndian.PutUint32(b[4:], uint32(36+2*n))
	copy(b[8:], "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	binary.LittleEndian.PutUint32(b[24:], rate)
	binary.LittleEndian.PutUint32(b[28:], rate*2)
	binary.LittleEndian.PutUint16(b[32:], 2)
	binary.LittleEndian.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	binary.LittleEndian.PutUint32(b[40:], uint32(2*n))
	for i := range n {
		v := 0.4 * math.Sin(2*math.Pi*float64(hz)*float64(i)/rate)
		binary.LittleEndian.PutUint16(b[44+2*i:], uint16(int16(v*32767)))
	}
	file := filepath.Join(t.TempDir(), fmt.Sprintf("tone-%d.wav", hz))
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// recording is what was heard.
type recording struct {
	pcm  []float64
	rate int
}

// Heard reads what the caller heard, once the call is over.
func (ph *Phone) Heard() recording {
	ph.t.Helper()
	return readRecording(ph.t, ph.File)
}

func readRecording(t testing.TB, file string) recording {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil || len(b) < 44 {
		t.Fatalf("recording %s: %d bytes, %v", file, len(b), err)
	}
	r := recording{rate: int(binary.LittleEndian.Uint32(b[24:]))}
	for i := 44; i+1 < len(b); i += 2 {
		r.pcm = append(r.pcm, float64(int16(binary.LittleEndian.Uint16(b[i:])))/32768)
	}
	return r
}

// share is how much of the energy between two instants is the tone's.
func (r recording) share(hz int, from, to time.Duration) float64 {
	lo, hi := int(from.Seconds()*float64(r.rate)), int(to.Seconds()*float64(r.rate))
	hi = min(hi, len(r.pcm))
	if lo >= hi {
		return 0
	}
	var s, c, e float64
	for i := lo; i < hi; i++ {
		w := 2 * math.Pi * float64(hz) * float64(i) / float64(r.rate)
		s += r.pcm[i] * math.Sin(w)
		c += r.pcm[i] * math.Cos(w)
		e += r.pcm[i] * r.pcm[i]
	}
	if e < 1e-6*float64(hi-lo) { // silence
		return 0
	}
	return (s*s + c*c) * 2 / float64(hi-lo) / e
}

// seconds is for how long, in tenths, the tone is there.
func (r recording) seconds(hz int) float64 {
	n := 0
	for _, on := range r.tenths(hz) {
		if on {
			n++
		}
	}
	return float64(n) / 10
}

// tenths says of each tenth of a second whether the tone is most of what sounds.
func (r recording) tenths(hz int) []bool {
	const step = 100 * time.Millisecond
	var on []bool
	for at := time.Duration(0); at+step <= r.length(); at += step {
		on = append(on, r.share(hz, at, at+step) > 0.6)
	}
	return on
}

// bursts are the spans of the tone, in tenths of a second, each at least three
// long; gaps shorter than half a second are none: packets are late on a busy
// machine.
func (r recording) bursts(hz int) (spans [][2]int) {
	for i, on := range r.tenths(hz) {
		switch last := len(spans) - 1; {
		case !on:
		case last >= 0 && i-spans[last][1] < 5:
			spans[last][1] = i + 1
		default:
			spans = append(spans, [2]int{i, i + 1})
		}
	}
	return slices.DeleteFunc(spans, func(s [2]int) bool { return s[1]-s[0] < 3 })
}

func (r recording) length() time.Duration {
	return time.Duration(float64(len(r.pcm)) / float64(r.rate) * float64(time.Second))
}

// loudness between two tenths of a second: RMS, 1 is full scale.
func (r recording) loudness(from, to int) float64 {
	lo, hi := from*r.rate/10, min(to*r.rate/10, len(r.pcm))
	if lo >= hi {
		return 0
	}
	sum := 0.0
	for _, x := range r.pcm[lo:hi] {
		sum += x * x
	}
	return math.Sqrt(sum / float64(hi-lo))
}

// voice reads the only voice message.
func (p *Program) voice(t testing.TB) recording {
	t.Helper()
	files, err := filepath.Glob(p.Dir + "/voice/*.wav")
	if err != nil || len(files) != 1 {
		t.Fatalf("the voice folder holds %v (%v)", files, err)
	}
	return readRecording(t, files[0])
}
