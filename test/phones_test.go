package test

import (
	"fmt"
	"testing"
	"time"
)

// TestKeyByInfo goes through the menu by a key in SIP INFO.
func TestKeyByInfo(t *testing.T) {
	t.Parallel()
	needSipp(t)
	p := Demo(t)
	bob := p.Agent(t, "bob")
	ph := p.Sipp(t, "caller_info.xml", "-s", "+33100000000", "-d", "5000", "-m", "1")
	bob.Answer()
	bob.WaitText("key 1")
	ph.Well()
	x := p.history(1)[0]
	if x.Queue != "que_sales" || x.Agent != "usr_bob" || x.Outcome != "answered" || x.EndedBy != "caller" {
		t.Errorf("the history says %+v", x)
	}
}

// TestPhoneAgents: agents whose station is a SIP phone. The first's is busy, the
// second's rings and answers; the caller hears themselves in its echo.
func TestPhoneAgents(t *testing.T) {
	t.Parallel()
	needSipp(t)
	at := ports(t, 1)
	Phones(t, at, "phones.xml", "-d", "300", "-rtp_echo", "-mp", fmt.Sprint(at+2))
	p := Demo(t, "--phones=2", fmt.Sprintf("--phones-at=127.0.0.1:%d", at))
	ph := p.Dial("+33100000009", "--codecs", "PCMU")
	WaitFor(t, 20*time.Second, "the second phone has answered", func() bool { return p.metric("audio_ports_in_use") == 2 })
	sounds := time.Now().Add(2500 * time.Millisecond)
	Wait(t, "they have talked a while", func() bool { return time.Now().After(sounds) })
	ph.HangUp()
	if s := ph.Heard().seconds(callerHz); s < 1 {
		t.Errorf("the caller heard themselves for %.1f s only", s)
	}
	x := p.history(1)[0]
	if len(x.Offers) != 2 || x.Offers[0].Agent != "usr_p0001" || x.Offers[0].Outcome != "busy" ||
		x.Offers[1].Agent != "usr_p0002" || x.Offers[1].Outcome != "answered" {
		t.Fatalf("the call was offered so: %+v", x.Offers)
	}
	if gap := x.Offers[1].Made.Sub(x.Offers[0].Ended); gap > 200*time.Millisecond {
		t.Errorf("from the busy phone to the next it took %v", gap)
	}
	if x.Outcome != "answered" || x.Agent != "usr_p0002" || x.EndedBy != "caller" {
		t.Errorf("the history says %+v", x)
	}
	p.Sound()
}
