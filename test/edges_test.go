package test

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestVoiceMailbox: a message is left, listed, and can be heard again.
func TestVoiceMailbox(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ph := p.Dial("+33100000003", callerHz, "--for", "16s") // greeting, beep, then six seconds
	ph.Well()
	c := p.Login("ann")
	var list struct {
		Items []struct {
			ID     string  `json:"id"`
			Length float64 `json:"length"`
			From   string  `json:"from"`
		} `json:"items"`
	}
	Wait(t, "the message is listed", func() bool {
		c.Do("GET", "/api/v1/voice-messages", nil, &list)
		return len(list.Items) == 1
	})
	m := list.Items[0]
	res, err := c.http.Get(p.HTTP + "/api/v1/voice-messages/" + m.ID + "/audio")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Content-Type"), "wav") {
		t.Errorf("the audio: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	entries, err := os.ReadDir(p.Dir + "/voice")
	if err != nil || len(entries) != 1 {
		t.Fatalf("the voice folder: %v %v", entries, err)
	}
	if s := readRecording(t, p.Dir+"/voice/"+entries[0].Name()).seconds(callerHz); s < 3 {
		t.Errorf("the message holds %.1f s of the caller", s)
	}
}

// TestRefusals: who cannot be let in gets the right answer, and a record.
func TestRefusals(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	for number, want := range map[string]string{"+33199999999": "404", "202": "480"} {
		out, err := p.Call(number)
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("calling %s gave %v, not %s:\n%s", number, err, want, out)
		}
	}
	c := p.Login("sam")
	admin := p.Login("admin")
	Wait(t, "both stand in the history", func() bool { return len(admin.interactions()) == 2 })
	if status := c.Do("POST", "/api/v1/offers/off_none/accept", nil, nil); status != http.StatusForbidden && status != http.StatusNotFound {
		t.Errorf("a supervisor without calls accepted: %d", status)
	}
	p.Sound()
}

// TestWrongStarts: each names what is at fault and what to do, and ends with 2
// or 1, never with a stack.
func TestWrongStarts(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
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
			out, err := exec.Command(Binary(t), ca.args...).CombinedOutput()
			if err == nil {
				t.Fatalf("it went well:\n%s", out)
			}
			for _, w := range append(ca.want, "") {
				if !strings.Contains(string(out), w) {
					t.Errorf("it does not say %q:\n%s", w, out)
				}
			}
			if strings.Contains(string(out), "goroutine ") {
				t.Errorf("it shows a stack:\n%s", out)
			}
		})
	}
}

// TestCheckAfterwards: the data folder that a program leaves holds all promises.
func TestCheckAfterwards(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ph := p.Dial("+33100000005", callerHz, "--for", "2s")
	ph.Well()
	p.Stop()
	out, err := exec.Command(Binary(t), "check", "--data="+p.Dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "all invariants hold") {
		t.Errorf("check: %v\n%s", err, out)
	}
	out, err = exec.Command(Binary(t), "replay", p.Dir+"/record").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "CallCame") {
		t.Errorf("replay: %v\n%s", err, out)
	}
}

// TestKilled: kill -9 in a call. The next life closes the record of it, and takes
// calls again.
func TestKilled(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ph := p.Dial("+33100000008", callerHz, "--for", "60s") // waits where nobody serves
	sam := p.Login("admin")
	Wait(t, "the call waits", func() bool { return p.count(`a call came`) == 1 })
	Wait(t, "its answer is acknowledged", func() bool { return p.logged("event", "LegUp") })
	p.Kill()
	p.Start()
	sam = p.Login("admin")
	Wait(t, "the call that was lost is closed", func() bool { return len(sam.interactions()) == 1 })
	x, _ := json.Marshal(sam.interactions()[0])
	if !strings.Contains(string(x), "system") {
		t.Errorf("the history says %s", x)
	}
	second := p.Dial("+33100000005", callerHz, "--for", "2s")
	second.Well()
	p.Sound()
	_ = ph // nobody tells it; it ends with its own patience
}
