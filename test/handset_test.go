package test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRegisteredPhone: a phone of Debian's registers, is rung by extension while
// its user has not begun a shift, answers, holds and resumes, and hangs up.
func TestRegisteredPhone(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	b := p.Baresip(t, "201")
	ph := p.Dial("201", "--codecs", "PCMU")
	b.Wait("CALL_INCOMING", 1)
	b.Do("accept", "")
	b.Wait("CALL_ESTABLISHED", 1)
	pass(t, "they have talked a while", 2*time.Second)
	b.Do("hold", "")
	Wait(t, "the phone has put the caller on hold", func() bool { return p.logged("LegHeld", "held=true") })
	pass(t, "the hold has lasted a while", 2*time.Second)
	b.Do("resume", "")
	pass(t, "they have talked again", 2*time.Second)
	b.Do("hangup", "")
	ph.Well()
	heard := ph.Heard()
	bursts := heard.bursts(phoneHz)
	if len(bursts) != 2 || bursts[0][1]-bursts[0][0] < 10 || bursts[1][1]-bursts[1][0] < 10 {
		t.Errorf("the caller heard the phone in tenths %v", bursts)
	}
	if s := b.Heard().seconds(callerHz); s < 1 {
		t.Errorf("the phone heard the caller for %.1f s only", s)
	}
	x := p.history(1)[0]
	if x.Outcome != "answered" || x.Agent != "usr_ann" || x.EndedBy != "agent" {
		t.Errorf("the history says %+v", x)
	}
	p.Sound()
}

// pass lets time go by in which nothing is to be done.
func pass(t testing.TB, what string, d time.Duration) {
	t.Helper()
	until := time.Now().Add(d)
	Wait(t, what, func() bool { return time.Now().After(until) })
}

// TestPhonesCallEachOther: one registered phone calls another by extension; the
// one who was called hears the caller and is hung up by them.
func TestPhonesCallEachOther(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann, bob := p.Baresip(t, "201"), p.Baresip(t, "202")
	ann.Do("dial", "sip:202@"+p.SIP)
	bob.Wait("CALL_INCOMING", 1)
	bob.Do("accept", "")
	ann.Wait("CALL_ESTABLISHED", 1)
	bob.Wait("CALL_ESTABLISHED", 1)
	pass(t, "they have talked a while", 2*time.Second)
	ann.Do("hangup", "")
	bob.Wait("CALL_CLOSED", 1)
	for who, b := range map[string]*Baresip{"ann": ann, "bob": bob} {
		if s := b.Heard().seconds(phoneHz); s < 1 {
			t.Errorf("%s heard the other for %.1f s only", who, s)
		}
	}
	x := p.history(1)[0]
	if x.Outcome != "answered" || x.From != "201" || x.To != "202" {
		t.Errorf("the history says %+v", x)
	}
	p.Sound()
}

// TestPhoneCallsOut: a registered phone dials a number outside as it is written
// at home, and one that its user may not call.
func TestPhoneCallsOut(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Baresip(t, "201")
	ann.Do("dial", "sip:0899700000@"+p.SIP)
	ann.Wait("CALL_CLOSED", 1)
	ann.Do("dial", "sip:0144001000@"+p.SIP)
	ann.Wait("CALL_ESTABLISHED", 1)
	pass(t, "they have talked a while", time.Second)
	ann.Do("hangup", "")
	ann.Wait("CALL_CLOSED", 2)
	list := p.history(2)
	if x := list[0]; x.Outcome != "answered" || x.To != "+33144001000" || x.Agent != "usr_ann" {
		t.Errorf("the history says %+v", x)
	}
	if x := list[1]; x.Outcome != "refused" || x.To != "+33899700000" {
		t.Errorf("the history says %+v", x)
	}
	p.Sound()
}

// TestPhoneTransfers: a registered phone sends its caller on to a colleague's
// with REFER, and is out of it.
func TestPhoneTransfers(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann, bob := p.Baresip(t, "201"), p.Baresip(t, "202")
	ph := p.Dial("201", "--codecs", "PCMU")
	ann.Wait("CALL_INCOMING", 1)
	ann.Do("accept", "")
	ann.Wait("CALL_ESTABLISHED", 1)
	ann.Do("transfer", "sip:202@"+p.SIP)
	bob.Wait("CALL_INCOMING", 1)
	bob.Do("accept", "")
	bob.Wait("CALL_ESTABLISHED", 1)
	ann.Wait("CALL_CLOSED", 1)
	pass(t, "caller and second agent have talked", 2*time.Second)
	ph.HangUp()
	bob.Wait("CALL_CLOSED", 1)
	if s := bob.Heard().seconds(callerHz); s < 1 {
		t.Errorf("bob heard the caller for %.1f s only", s)
	}
	p.Sound()
}

// TestOtherPhone: a phone of another make registers, is rung, answers, holds in
// its own way, resumes and is hung up by the caller.
func TestOtherPhone(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	l := p.Linphone(t, "203")
	ph := p.Dial("203", "--codecs", "PCMU")
	l.State(1, "IncomingReceived")
	l.Do("answer 1")
	l.State(1, "StreamsRunning")
	pass(t, "they have talked a while", time.Second)
	l.Do("call-pause 1")
	Wait(t, "the phone has put the caller on hold", func() bool { return p.logged("LegHeld", "held=true") })
	l.State(1, "Paused")
	l.Do("call-resume 1")
	l.State(1, "StreamsRunning")
	pass(t, "they have talked again", time.Second)
	ph.HangUp()
	Wait(t, "the phone is hung up", func() bool { return p.metric("sip_legs") == 0 })
	x := p.history(1)[0]
	if x.Outcome != "answered" || x.Agent != "usr_cho" || x.EndedBy != "caller" {
		t.Errorf("the history says %+v", x)
	}
	p.Sound()
}

// TestOtherPhoneTransfersAttended: that phone holds its caller, speaks to a
// colleague, and joins the two with REFER and Replaces.
func TestOtherPhoneTransfersAttended(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	cho, bob := p.Linphone(t, "203"), p.Baresip(t, "202")
	ph := p.Dial("203", "--codecs", "PCMU")
	cho.State(1, "IncomingReceived")
	cho.Do("answer 1")
	cho.State(1, "StreamsRunning")
	cho.Do("call-pause 1")
	Wait(t, "the phone has put the caller on hold", func() bool { return p.logged("LegHeld", "held=true") })
	cho.State(1, "Paused")
	cho.Do("call sip:202@%s", p.SIP)
	bob.Wait("CALL_INCOMING", 1)
	bob.Do("accept", "")
	bob.Wait("CALL_ESTABLISHED", 1)
	cho.State(2, "StreamsRunning")
	cho.Do("call-transfer 1 2")
	Wait(t, "caller and colleague are joined, the phone is out", func() bool { return p.logged("ReferDone", "code=200") && p.metric("sip_legs") == 2 })
	pass(t, "caller and colleague have talked", 2*time.Second)
	ph.HangUp()
	bob.Wait("CALL_CLOSED", 1)
	if s := bob.Heard().seconds(callerHz); s < 1 {
		t.Errorf("bob heard the caller for %.1f s only", s)
	}
	p.Sound()
}

// TestNobodyCallsOutUnproven: what comes from the demo's trunk reaches the
// numbers of the company and nothing beyond, however it is written; neither does
// what says that it is a colleague.
func TestNobodyCallsOutUnproven(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	for _, number := range []string{
		"+19005550123", "+5312345678", "0053123456", "0144001000", "+33144001000", "9011331440010", "112", "0033144001000",
	} {
		for _, from := range []string{"+33612345678", "", "201"} {
			if out, err := run(t, "call", number, "--to", p.SIP, "--from="+from, "--for", "1s"); err == nil {
				t.Errorf("%s from %q was answered:\n%s", number, from, out)
			}
		}
	}
	if p.logged("msg=effect", "Dial ") {
		t.Error("a call out was begun")
	}
	p.Sound()
}

// TestPhoneServesAQueue: who is on shift without a page gets calls of queues on
// their registered phone.
func TestPhoneServesAQueue(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	b := p.Baresip(t, "202")
	if status := p.Login("bob").Do("POST", "/api/v1/me/shift/start", map[string]string{}, nil); status >= 300 {
		t.Fatalf("the shift does not begin: %d", status)
	}
	ph := p.Dial("+33100000001", "--codecs", "PCMU")
	b.Wait("CALL_INCOMING", 1)
	b.Do("accept", "")
	b.Wait("CALL_ESTABLISHED", 1)
	pass(t, "they have talked a while", 2*time.Second)
	ph.HangUp()
	b.Wait("CALL_CLOSED", 1)
	if s := b.Heard().seconds(callerHz); s < 1 {
		t.Errorf("the phone heard the caller for %.1f s only", s)
	}
	x := p.history(1)[0]
	if x.Outcome != "answered" || x.Agent != "usr_bob" || x.Queue != "que_sales" || x.EndedBy != "caller" {
		t.Errorf("the history says %+v", x)
	}
	p.Sound()
}

// TestPhoneOutlivesACrash: the program is killed and started again; the phone,
// which has noticed nothing, is rung.
func TestPhoneOutlivesACrash(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	b := p.Baresip(t, "201")
	Wait(t, "the registration is written down", func() bool {
		text, err := os.ReadFile(filepath.Join(p.Dir, "phones.json"))
		return err == nil && strings.Contains(string(text), `"201"`)
	})
	p.Kill()
	p.Start()
	Wait(t, "the phone has answered that it is there", func() bool {
		return strings.Count(p.log.whole(), "StationUp agent=usr_ann") == 2
	})
	ph := p.Dial("201", "--codecs", "PCMU")
	b.Wait("CALL_INCOMING", 1)
	b.Do("accept", "")
	b.Wait("CALL_ESTABLISHED", 1)
	ph.HangUp()
	b.Wait("CALL_CLOSED", 1)
	p.Sound()
}

// TestNewPhonePassword: a password that is made in a terminal counts at once,
// and the one before no more.
func TestNewPhonePassword(t *testing.T) {
	t.Parallel()
	needPhone(t, "baresip", "baresip-core")
	p := Demo(t)
	out, err := run(t, "user", "phone", "ann", "--data="+p.Dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, password, _ := strings.Cut(out, "password  ")
	password, _, _ = strings.Cut(password, "\n")
	if len(password) < 20 {
		t.Fatalf("no password is printed:\n%s", out)
	}
	pass(t, "the program has read it", 3*time.Second)
	p.baresip(t, "201", password, p.SIP, "")
	if out, err := run(t, "user", "phone", "nobody", "--data="+p.Dir); err == nil {
		t.Errorf("nobody has a phone:\n%s", out)
	}
}

// TestPhoneThatDiedWithTheProgram: a phone that is gone after a crash is not
// rung; whoever calls hears so at once.
func TestPhoneThatDiedWithTheProgram(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	b := p.Baresip(t, "201")
	p.Kill()
	b.Kill()
	p.Start()
	ph := p.Dial("201", "--codecs", "PCMU")
	began := time.Now()
	if out, err := ph.Over(); err == nil || strings.Contains(out, "ringing") {
		t.Errorf("the call went well:\n%s", out)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the caller was told after %v", took)
	}
	p.Sound()
}
