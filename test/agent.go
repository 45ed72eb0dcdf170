package test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"belfry/test/browser"
)

// Agent is somebody at the Banner, in a real browser.
type Agent struct {
	*browser.Page
	p       *Program
	Browser *browser.Browser
}

// Agent logs somebody in, starts their shift and waits until their line is up.
// Their voice is a tone of so many Hz.
func (p *Program) Agent(t testing.TB, login string, hz int) *Agent {
	t.Helper()
	b := browser.Launch(t, browser.Options{Microphone: browser.Voice(t, hz, 10)})
	a := &Agent{Page: b.Open(p.HTTP + "/"), p: p, Browser: b}
	a.WaitText("Sign in")
	a.Type("textbox", "Login", login)
	a.Type("textbox", "Password", "demo")
	a.Click("button", "Sign in")
	a.WaitText("I am available")
	a.Click("button", "I am available")
	a.Ready(login)
	return a
}

// desk is what the API says of an agent's desk, as far as tests look at it.
type desk struct {
	Agent struct {
		State     string `json:"state"`
		Reason    string `json:"reason"`
		StationUp bool   `json:"station_up"`
	} `json:"agent"`
	Offer *struct {
		ID     string `json:"id"`
		Colour string `json:"colour"`
	} `json:"offer"`
	Calls []struct {
		ID    string    `json:"id"`
		State string    `json:"state"`
		Began time.Time `json:"began"`
		Codec string    `json:"codec"`
	} `json:"calls"`
	Missed []struct {
		Cause string `json:"cause"`
	} `json:"missed"`
	Today struct {
		Missed int `json:"missed"`
	} `json:"today"`
}

// desk reads it.
func (c *Client) desk() desk {
	c.t.Helper()
	var d desk
	c.Do("GET", "/api/v1/me/desk", nil, &d)
	return d
}

// Ready waits until distribution may give the agent calls.
func (a *Agent) Ready(login string) {
	c := a.p.Login(login)
	Wait(a.p.t, login+" is ready", func() bool { return c.desk().Agent.State == "ready" })
}

// popup is the call that rings.
const popup = `[role="alertdialog"]`

// WaitPopup waits until a call rings on the page.
func (a *Agent) WaitPopup() {
	a.Wait(`document.querySelector('` + popup + `') !== null`)
}

// NoPopup waits until none does.
func (a *Agent) NoPopup() {
	a.Wait(`document.querySelector('` + popup + `') === null`)
}

// Answer waits for the popup and takes the call.
func (a *Agent) Answer() {
	a.WaitPopup()
	a.Click("button", "Accept")
	a.Find("region", "Active call")
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

// heard reads a recording and says in which of its tenths of a second the tone
// is most of what sounds.
type recording struct {
	pcm  []float64
	rate int
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
	if e == 0 {
		return 0
	}
	return (s*s + c*c) * 2 / float64(hi-lo) / e
}

// seconds is for how long, in tenths, the tone is there.
func (r recording) seconds(hz int) float64 {
	const step = 100 * time.Millisecond
	n := 0
	for at := time.Duration(0); at < r.length(); at += step {
		if r.share(hz, at, at+step) > 0.6 {
			n++
		}
	}
	return float64(n) / 10
}

func (r recording) length() time.Duration {
	return time.Duration(float64(len(r.pcm)) / float64(r.rate) * float64(time.Second))
}

// Phone is a `belfry call` that goes on while the test does.
type Phone struct {
	t    testing.TB
	out  chan string
	err  chan error
	File string // what it heard
}

// Dial starts a caller with a tone for a voice; what it hears is recorded.
func (p *Program) Dial(number string, hz int, args ...string) *Phone {
	p.t.Helper()
	ph := &Phone{t: p.t, out: make(chan string, 1), err: make(chan error, 1), File: filepath.Join(p.t.TempDir(), "heard.wav")}
	args = append([]string{"--play", tone(p.t, hz, 2*time.Second), "--record", ph.File}, args...)
	go func() {
		out, err := p.Call(number, args...)
		ph.out <- out
		ph.err <- err
	}()
	return ph
}

// Over waits until the call has ended, well or not, and gives what was printed.
func (ph *Phone) Over() (string, error) {
	ph.t.Helper()
	select {
	case out := <-ph.out:
		return out, <-ph.err
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

// interactions reads the history, newest first.
func (c *Client) interactions() []map[string]any {
	c.t.Helper()
	var list struct {
		Items []map[string]any `json:"items"`
	}
	c.Do("GET", "/api/v1/interactions", nil, &list)
	return list.Items
}

// logged says whether the program's log has a line with all the words.
func (p *Program) logged(words ...string) bool {
	for _, ln := range strings.Split(p.Log(), "\n") {
		all := true
		for _, w := range words {
			all = all && strings.Contains(ln, w)
		}
		if all {
			return true
		}
	}
	return false
}

// count says how many lines of the log match.
func (p *Program) count(pattern string) int {
	return len(regexp.MustCompile(pattern).FindAllString(p.Log(), -1))
}
