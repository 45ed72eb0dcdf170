package test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sdp is an offer of one codec.
func sdp(codec string) string {
	return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 39998 RTP/AVP " + codec + "\r\n"
}

// invite sends one INVITE by hand and gives the status of its final answer, the
// reason phrase with it.
func (p *Program) invite(t *testing.T, number, kind, body string) string {
	t.Helper()
	c, err := net.Dial("udp", p.SIP) //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	id := strings.ReplaceAll(c.LocalAddr().String(), ":", "-")
	request := func(method, to string) string {
		return fmt.Sprintf("%s sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n"+
			"From: <sip:+33612345678@127.0.0.1>;tag=1\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 1 %s\r\nContact: <sip:%s>\r\n",
			method, number, p.SIP, c.LocalAddr(), id, to, id, method, c.LocalAddr())
	}
	to := "<sip:" + number + "@" + p.SIP + ">"
	whole := request("INVITE", to)
	if kind != "" {
		whole += "Content-Type: " + kind + "\r\n"
	}
	send := func(text string) {
		if _, err := c.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	send(whole + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
	b := make([]byte, 4096)
	for {
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, err := c.Read(b)
		if err != nil {
			t.Fatalf("calling %s: no final answer: %v", number, err)
		}
		answer := string(b[:n])
		status, _, _ := strings.Cut(strings.TrimPrefix(answer, "SIP/2.0 "), "\r\n")
		if status[0] == '1' {
			continue
		}
		if strings.HasPrefix(status, "503") { // the machine has too much to do
			send(request("ACK", to) + "Content-Length: 0\r\n\r\n")
			return p.invite(t, number, kind, body)
		}
		for ln := range strings.Lines(answer) {
			if name, value, _ := strings.Cut(strings.TrimSpace(ln), ":"); strings.EqualFold(name, "To") {
				to = strings.TrimSpace(value)
			}
		}
		send(request("ACK", to) + "Content-Length: 0\r\n\r\n")
		return status
	}
}

// TestRefusals: who cannot be let in gets the answer that says why; the calls
// that the floor saw stand in the history.
func TestRefusals(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	for _, ca := range []struct{ name, number, kind, body, want string }{
		{"unknown number", "+33199999999", "application/sdp", sdp("0 8"), "404 "},
		{"nobody at the extension", "202", "application/sdp", sdp("0 8"), "480 "},
		{"unknown codec", "+33100000001", "application/sdp", sdp("18"), "488 "},
		{"video alone", "+33100000001", "application/sdp", strings.Replace(sdp("0"), "m=audio", "m=video", 1), "488 "},
		{"no session", "+33100000001", "application/sdp", "hello\r\n", "400 "},
		{"another kind of body", "+33100000001", "text/plain", "hello\r\n", "415 "},
		{"no number", "", "application/sdp", sdp("0 8"), "4"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			if got := p.invite(t, ca.number, ca.kind, ca.body); !strings.HasPrefix(got, ca.want) {
				t.Errorf("the answer is %s, not %s", got, ca.want)
			}
		})
	}
	out, err := run(t, "call", "+33199999999", "--to", p.SIP)
	if err == nil || !strings.Contains(out, "404") {
		t.Errorf("belfry call did not say 404 (%v):\n%s", err, out)
	}
	sam := p.Login("sam")
	if status := sam.Do("POST", "/api/v1/offers/off_none/accept", nil, nil); status != http.StatusForbidden && status != http.StatusNotFound {
		t.Errorf("a supervisor without calls accepted: %d", status)
	}
	for _, x := range p.Login("admin").interactions() {
		if x.Outcome != "refused" {
			t.Errorf("the history says %+v", x)
		}
	}
	p.Sound()
	if legs := p.metric("sip_legs"); legs != 0 {
		t.Errorf("%v legs are left", legs)
	}
}

// TestWrongStarts: each names what is at fault and what to do, and ends with 2
// or 1, never with a stack.
func TestWrongStarts(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) // not before the subtests are done
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ca := range []struct {
		name string
		args []string
		want []string
	}{
		{"port taken", []string{"demo", "--http=" + l.Addr().String()}, []string{"--http", l.Addr().String(), "Is another program there?"}},
		{"data folder is a file", []string{"demo", "--data=" + file}, []string{"--data"}},
		{"plain HTTP to the world", []string{"serve", "--http=0.0.0.0:8080"}, []string{"--http", "--tls-cert", "--behind-proxy"}},
		{"bad range", []string{"serve", "--rtp=9"}, []string{"--rtp", "20000-29999"}},
		{"half of TLS", []string{"serve", "--tls-cert=x"}, []string{"--tls-key"}},
		{"unknown flag", []string{"serve", "--prot=1"}, []string{"prot"}},
		{"unknown command", []string{"sreve"}, []string{"sreve", "serve"}},
		{"demo to the world", []string{"demo", "--sip=0.0.0.0:5060"}, []string{"--sip", "this machine only"}},
		{"nobody to call", []string{"call"}, []string{"belfry call"}},
		{"bad digits", []string{"call", "1", "--digits", "1:2"}, []string{"--digits"}},
		{"no data", []string{"check", "--data=" + t.TempDir()}, []string{"--data"}},
	} {
		t.Run(ca.name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, ca.args...)
			if err == nil {
				t.Fatalf("it went well:\n%s", out)
			}
			for _, w := range ca.want {
				if !strings.Contains(out, w) {
					t.Errorf("it does not say %q:\n%s", w, out)
				}
			}
			if strings.Contains(out, "goroutine ") {
				t.Errorf("it shows a stack:\n%s", out)
			}
		})
	}
}

// TestUnwritableData: a user who may not write to the data folder is told so, by
// the name of the flag; so is one whose folder is on a medium that is read only.
func TestUnwritableData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sealed := filepath.Join(dir, "sealed")
	if err := os.Mkdir(sealed, 0o555); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "belfry") // the user may run it from here
	if b, err := os.ReadFile(Binary(t)); err != nil {
		t.Fatal(err)
	} else if err := os.WriteFile(bin, b, 0o755); err != nil {
		t.Fatal(err)
	}
	for up := dir; up != "/" && up != os.TempDir(); up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	folders := map[string]string{"a folder of somebody else": sealed, "a new one in it": filepath.Join(sealed, "data")}
	nobody := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		nobody.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
		readOnly := filepath.Join(dir, "read-only")
		if err := os.Mkdir(readOnly, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("none", readOnly, "tmpfs", syscall.MS_RDONLY, ""); err == nil { // not in every container
			t.Cleanup(func() { _ = syscall.Unmount(readOnly, 0) })
			folders["a read-only medium"] = readOnly
		}
	}
	for name, folder := range folders {
		for _, command := range []string{"serve", "demo"} {
			t.Run(command+" in "+name, func(t *testing.T) {
				cmd := exec.Command(bin, command, "--data="+folder, "--http=127.0.0.1:0", "--sip=127.0.0.1:0", "--webrtc=127.0.0.1:0")
				cmd.SysProcAttr = nobody
				out, err := cmd.CombinedOutput()
				if code := cmd.ProcessState.ExitCode(); code != 1 {
					t.Errorf("it ended with %d (%v), not 1:\n%s", code, err, out)
				}
				text := string(out)
				for _, want := range []string{"--data", folder, "write"} {
					if !strings.Contains(text, want) {
						t.Errorf("it does not say %q:\n%s", want, text)
					}
				}
				if strings.Count(text, "\n") > 2 || strings.Contains(text, "goroutine ") {
					t.Errorf("it says too much:\n%s", text)
				}
			})
		}
	}
}

// TestCheckAfterwards: the data folder that a program leaves holds all promises,
// and tells what happened.
func TestCheckAfterwards(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	p.Dial("+33100000005", "--for", "3s").Well()
	p.history(1)
	p.Stop()
	out, err := run(t, "check", "--data="+p.Dir)
	if err != nil || !strings.Contains(out, "all invariants hold") {
		t.Errorf("check: %v\n%s", err, tailOf(out, 20))
	}
	out, err = run(t, "replay", p.Dir+"/record")
	if err != nil || !strings.Contains(out, "CallCame") || !strings.Contains(out, "LegGone") {
		t.Errorf("replay: %v\n%s", err, tailOf(out, 20))
	}
}

// TestKilled: kill -9 in a call. The next life closes the record of it, and takes
// calls again.
func TestKilled(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	p.Dial("+33100000008") // waits where nobody serves, and for what never comes
	Wait(t, "its answer is acknowledged and that is recorded", func() bool { return p.recorded(t, "LegUp") })
	p.Kill()
	p.Start()
	if x := p.history(1)[0]; x.EndedBy != "system" || x.To != "+33100000008" {
		t.Errorf("the history says %+v", x)
	}
	second := p.Dial("+33100000005")
	Wait(t, "the next call is up", func() bool { return p.metric("audio_ports_in_use") == 1 })
	second.HangUp()
	p.history(2)
	p.Sound()
	p.Stop()
	if out, err := run(t, "check", "--data="+p.Dir); err != nil {
		t.Errorf("check: %v\n%s", err, tailOf(out, 20))
	}
}

// recorded says whether an event of the kind is in the flight record on disk,
// where it is a twentieth of a second after it happened.
func (p *Program) recorded(t *testing.T, kind string) bool {
	t.Helper()
	files, err := filepath.Glob(p.Dir + "/record/*.rec")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && bytes.Contains(b, []byte(`"`+kind+`"`)) {
			return true
		}
	}
	return false
}
