package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Baresip is a real phone, registered as somebody's extension. It speaks with a
// steady tone and keeps what it hears.
type Baresip struct {
	t    testing.TB
	dir  string
	cmd  *exec.Cmd
	ctrl net.Conn
	log  logs

	mu     sync.Mutex
	events []phoneEvent
}

type phoneEvent struct {
	Type  string `json:"type"` // CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED, …
	Param string `json:"param"`
	Peer  string `json:"peeruri"`
}

// phoneHz is what registered phones say.
const phoneHz = 1000

// needPhone skips a test where a phone is missing; CI has it.
func needPhone(t testing.TB, program, from string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing (Debian: apt-get install %s)", program, from)
		}
		t.Skipf("%s is missing (Debian: apt-get install %s)", program, from)
	}
}

// baresipConfig is all that a phone without a screen and a sound card needs. The
// bridge is a loudspeaker that nobody hears: what comes is kept by sndfile.
const baresipConfig = `poll_method epoll
sip_listen 127.0.0.1:%[1]d
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 4
audio_player aubridge,ear
audio_alert aubridge,bell
audio_source aufile,%[2]s
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports %[3]d-%[4]d
snd_path %[5]s
module_path %[6]s
module g711.so
module srtp.so
module aubridge.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:%[7]d
`

// Baresip starts a phone that registers as the extension, and waits until it has.
func (p *Program) Baresip(t testing.TB, extension string) *Baresip {
	t.Helper()
	return p.baresip(t, extension, "demo-"+extension, p.SIP, "")
}

// baresip is Baresip with a password, an address to register at and more settings
// of the account.
func (p *Program) baresip(t testing.TB, extension, password, at, more string) *Baresip {
	t.Helper()
	needPhone(t, "baresip", "baresip-core")
	modules, _ := filepath.Glob("/usr/lib/*/baresip/modules/g711.so")
	if more, _ := filepath.Glob("/usr/lib/baresip/modules/g711.so"); len(more) > 0 {
		modules = more
	}
	if len(modules) == 0 {
		t.Fatal("baresip's modules are nowhere under /usr/lib")
	}
	b := &Baresip{t: t, dir: t.TempDir()}
	low := ports(t, 1)
	config := fmt.Sprintf(baresipConfig, low, tone(t, phoneHz, 2*time.Minute), low+10, low+99, b.dir, filepath.Dir(modules[0]), low+5)
	account := fmt.Sprintf("<sip:%[1]s@%[2]s>;auth_user=%[1]s;auth_pass=%[3]s;regint=600;audio_codecs=pcmu,pcma%[4]s\n", extension, at, password, more)
	for name, text := range map[string]string{"config": config, "accounts": account, "contacts": ""} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	was := p.metric("sip_phones_registered")
	cmd := exec.Command("baresip", "-f", b.dir, "-s", "-v")
	cmd.Stdout, cmd.Stderr = &b.log, &b.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b.cmd = cmd
	t.Cleanup(func() {
		if b.ctrl != nil {
			_ = b.ctrl.Close()
		}
		b.Kill()
		if t.Failed() {
			t.Logf("the log of the phone of %s:\n%s", extension, b.log.tail(60))
		}
	})
	Wait(t, "the phone takes commands", func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", low+5))
		b.ctrl = c
		return err == nil
	})
	go b.listen()
	Wait(t, "the phone is registered", func() bool { return p.metric("sip_phones_registered") > was })
	return b
}

// Kill takes the phone's plug out.
func (b *Baresip) Kill() {
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
}

// listen takes what the phone tells: netstrings of JSON.
func (b *Baresip) listen() {
	var waiting []byte
	chunk := make([]byte, 4096)
	for {
		n, err := b.ctrl.Read(chunk)
		if err != nil {
			return
		}
		waiting = append(waiting, chunk[:n]...)
		for {
			head, rest, ok := bytes.Cut(waiting, []byte(":"))
			size := 0
			if _, err := fmt.Sscanf(string(head), "%d", &size); !ok || err != nil || len(rest) < size+1 {
				break
			}
			var ev phoneEvent
			if json.Unmarshal(rest[:size], &ev) == nil && ev.Type != "" {
				b.mu.Lock()
				b.events = append(b.events, ev)
				b.mu.Unlock()
			}
			waiting = rest[size+1:]
		}
	}
}

// Do gives a command of the phone's menu: accept, hangup, hold, resume, dial …
func (b *Baresip) Do(command, params string) {
	b.t.Helper()
	m, err := json.Marshal(map[string]string{"command": command, "params": params})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(b.ctrl, "%d:%s,", len(m), m); err != nil {
		b.t.Fatal(err)
	}
}

// Wait waits until the phone has told of so many events of the type.
func (b *Baresip) Wait(event string, n int) {
	b.t.Helper()
	Wait(b.t, fmt.Sprintf("the phone tells of %s, %d times", event, n), func() bool { return b.count(event) >= n })
}

func (b *Baresip) count(event string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, ev := range b.events {
		if strings.EqualFold(ev.Type, event) {
			n++
		}
	}
	return n
}

// Heard is what the phone heard in its first call.
func (b *Baresip) Heard() recording {
	b.t.Helper()
	files, err := filepath.Glob(filepath.Join(b.dir, "dump-*-dec.wav"))
	if err != nil || len(files) == 0 {
		b.t.Fatalf("the phone kept nothing of what it heard: %v", err)
	}
	return readRecording(b.t, files[0])
}
