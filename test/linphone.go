package test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Linphone is a real phone of another make, registered as somebody's extension.
// It hears and says nothing: there is no sound card.
type Linphone struct {
	t    testing.TB
	in   io.Writer
	said logs
	told int // commands
}

// linphoneConfig listens on one port and thinks that there is a network.
const linphoneConfig = `[sip]
sip_port=%[1]d
sip_tcp_port=0
sip_tls_port=0
guess_hostname=0
contact=sip:%[2]s@127.0.0.1
[rtp]
audio_rtp_port=%[3]d
[sound]
playback_dev_id=none
`

// Linphone starts a phone that registers as the extension, and waits until it has.
func (p *Program) Linphone(t testing.TB, extension string) *Linphone {
	t.Helper()
	needPhone(t, "linphone-daemon", "linphone-cli")
	dir, low := t.TempDir(), ports(t, 1)
	l := &Linphone{t: t}
	if err := os.MkdirAll(filepath.Join(dir, ".local/share/linphone"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config")
	if err := os.WriteFile(config, fmt.Appendf(nil, linphoneConfig, low, extension, low+10), 0o600); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "log")
	cmd := exec.Command("linphone-daemon", "--config", config, "--log", log)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	cmd.Stdout, cmd.Stderr = &l.said, &l.said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	l.in = in
	was := p.metric("sip_phones_registered")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			text, _ := os.ReadFile(log)
			t.Logf("the phone of %s said:\n%s\nand wrote:\n%s", extension, l.said.tail(400), tailOf(string(text), 40))
		}
	})
	l.Do("register sip:%[1]s@%[2]s sip:%[2]s demo-%[1]s %[1]s belfry", extension, p.SIP)
	Wait(t, "the phone is registered", func() bool { return p.metric("sip_phones_registered") > was })
	return l
}

// Do gives a command of the daemon: answer, call-pause, call-transfer …
func (l *Linphone) Do(command string, args ...any) {
	l.t.Helper()
	l.told++
	if _, err := fmt.Fprintf(l.in, command+"\n", args...); err != nil {
		l.t.Fatal(err)
	}
}

// State waits until the phone's call, counted from 1, is in a state such as
// IncomingReceived, StreamsRunning or Released.
func (l *Linphone) State(call int, state string) {
	l.t.Helper()
	asked := 0
	Wait(l.t, fmt.Sprintf("call %d of the phone is %s", call, state), func() bool {
		answers, last := 0, ""
		sc := bufio.NewScanner(strings.NewReader(l.said.whole()))
		for sc.Scan() {
			if strings.HasPrefix(sc.Text(), "Status: ") {
				answers, last = answers+1, ""
			}
			if s, ok := strings.CutPrefix(sc.Text(), "State: LinphoneCall"); ok {
				last = s
			}
		}
		if answers < l.told { // the answer, which names no call, is still to come
			return false
		}
		if asked++; asked > 1 && last == state {
			return true
		}
		l.Do("call-status %d", call)
		return false
	})
}
