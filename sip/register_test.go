package sip

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"

	"belfry/core"
)

// withPhones gives the bench two users with phones: 201 and 202, and a third
// who has an extension and no password.
func withPhones(o *Options) {
	slow(o)
	o.Trunks = nil
	users := map[string]core.UserID{"201": "usr_ann", "202": "usr_bob", "203": "usr_cho"}
	o.Users = func(ext string) (core.UserID, bool) { u, ok := users[ext]; return u, ok }
	o.Secret = func(ext string) (Secret, bool) {
		if ext == "203" || users[ext] == "" {
			return Secret{}, false
		}
		return secretOf(ext, "demo-"+ext), true
	}
	o.Dialled = func(text string) (string, core.NumberClass) {
		if strings.HasPrefix(text, "0") {
			return "+33" + text[1:], core.ClassNational
		}
		return text, ""
	}
}

func secretOf(ext, password string) Secret {
	a1 := []byte(ext + ":" + realm + ":" + password)
	return Secret{MD5: fmt.Sprintf("%x", md5.Sum(a1)), SHA256: fmt.Sprintf("%x", sha256.Sum256(a1))}
}

// handset is a phone led by hand.
type handset struct {
	*wire
	ext, password string
	algorithm     string
	id            string
	cseq          int
	header        []digest.Challenge
	nc            int
}

func (w *wire) handset(ext string) *handset {
	return &handset{wire: w, ext: ext, password: "demo-" + ext, algorithm: "SHA-256", id: fmt.Sprint("reg", rand.Uint64())}
}

// ask sends a request outside of dialogs; extra are whole lines.
func (h *handset) ask(method, uri, to, extra, body string) {
	h.send(h.text(method, uri, to, extra, body))
}

// text writes it.
func (h *handset) text(method, uri, to, extra, body string) string {
	h.cseq++
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d\r\n", method, uri, h.host(), rand.Uint64())
	fmt.Fprintf(&b, "From: <sip:%s@x>;tag=h\r\nTo: <%s>\r\nCall-ID: %s\r\nCSeq: %d %s\r\nMax-Forwards: 70\r\n", h.ext, to, h.id, h.cseq, method)
	b.WriteString(extra)
	if len(h.header) > 0 {
		fmt.Fprintf(&b, "Authorization: %s\r\n", h.credentials(method, uri))
	}
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.String()
}

func (h *handset) credentials(method, uri string) string {
	for i := range h.header {
		c := h.header[i]
		if c.Algorithm != h.algorithm {
			continue
		}
		h.nc++
		got, err := digest.Digest(&c, digest.Options{Method: method, URI: uri, Count: h.nc, Username: h.ext, Password: h.password})
		if err != nil {
			h.t.Fatal(err)
		}
		return got.String()
	}
	h.t.Fatalf("no challenge for %s in %+v", h.algorithm, h.header)
	return ""
}

// challenged takes what a 401 asks for.
func (h *handset) challenged(m *message) {
	h.t.Helper()
	if m.status != 401 {
		h.t.Fatalf("%d %s, want 401", m.status, m.reason)
	}
	h.header, h.nc = nil, 0
	for i := range m.hdrs {
		if strings.EqualFold(m.hdrs[i].name, "WWW-Authenticate") {
			c, err := digest.ParseChallenge(m.hdrs[i].value)
			if err != nil {
				h.t.Fatal(err)
			}
			h.header = append(h.header, *c)
		}
	}
}

// register sends a REGISTER and gives the answer; with proof where that is asked.
func (h *handset) register(contact, extra string) *message {
	h.t.Helper()
	if contact != "" {
		extra = "Contact: " + contact + "\r\n" + extra
	}
	h.ask("REGISTER", "sip:x", "sip:"+h.ext+"@x", extra, "")
	m := h.answer()
	if m.status == 401 {
		h.challenged(m)
		h.ask("REGISTER", "sip:x", "sip:"+h.ext+"@x", extra, "")
		m = h.answer()
	}
	return m
}

// answer reads the final response to the last request, and answers pings.
func (h *handset) answer() *message {
	h.t.Helper()
	for {
		m := h.read()
		switch {
		case m.request() && m.method == "OPTIONS":
			h.reply(m, 200, "o", "", "")
		case !m.request() && m.status >= 200 && int(m.cseq) == h.cseq:
			return m
		}
	}
}

func (h *handset) at() string { return "<sip:" + h.ext + "@" + h.host() + ">" }

func contacts(m *message) (list []string) {
	m.each(hContact, func(v string) bool { list = append(list, v); return true })
	return list
}

func TestRegister(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"SHA-256", "MD5"} {
		b, w := newPair(t, withPhones)
		h := w.handset("201")
		h.algorithm = algorithm
		h.ask("REGISTER", "sip:x", "sip:201@x", "Contact: "+h.at()+"\r\n", "")
		m := h.answer()
		h.challenged(m)
		if len(h.header) != 2 || h.header[0].Algorithm != "SHA-256" || h.header[1].Algorithm != "MD5" {
			t.Errorf("challenges %+v", h.header)
		}
		m = h.register(h.at(), "Expires: 600\r\n")
		if got := contacts(m); m.status != 200 || len(got) != 1 || !strings.HasPrefix(got[0], h.at()+";expires=") {
			t.Fatalf("%d %v", m.status, got)
		}
		up := next[core.StationUp](b)
		if up.Agent != "usr_ann" || up.Kind != core.PhoneStation || up.Leg != "" || up.Contact != "" || !strings.HasPrefix(string(up.Station), "sta_p") {
			t.Errorf("%+v", up)
		}
		if m = h.register(h.at(), "Expires: 0\r\n"); m.status != 200 || len(contacts(m)) != 0 {
			t.Errorf("%d %v", m.status, contacts(m))
		}
		if gone := next[core.StationGone](b); gone.Station != up.Station || gone.Agent != "usr_ann" {
			t.Errorf("%+v", gone)
		}
	}
}

func TestRegisterRules(t *testing.T) {
	t.Parallel()
	_, w := newPair(t, withPhones)
	h := w.handset("201")
	at := "<sip:201@" + w.host() + ">"
	for _, c := range []struct {
		rule, contact, extra string
		status, left         int
	}{
		{"nothing is registered yet", "", "", 200, 0},
		{"the usual term", at, "", 200, 1},
		{"another phone", "<sip:201@192.0.2.9:5070>;expires=120", "", 200, 2},
		{"the same one again, written otherwise", "<sip:201@192.0.2.9:5070;ob>;expires=180", "", 200, 2},
		{"another transport is another phone", "<sip:201@192.0.2.9:5070;transport=tcp>;expires=180", "", 200, 3},
		{"asking changes nothing", "", "", 200, 3},
		{"a term that is too short", at, "Expires: 30\r\n", 423, 0},
		{"a term of the contact's that is too short", at + ";expires=59", "Expires: 300\r\n", 423, 0},
		{"a strange scheme", "<mailto:a@b>", "", 416, 0},
		{"a star and a term", "*", "Expires: 60\r\n", 400, 0},
		{"a star and no term", "*", "", 400, 0},
		{"an extension that we do not know", at, "Require: gruu\r\n", 420, 0},
		{"away with one", "<sip:201@192.0.2.9:5070>;expires=0", "", 200, 2},
		{"away with all", "*", "Expires: 0\r\n", 200, 0},
	} {
		m := h.register(c.contact, c.extra)
		if m.status != c.status || c.status == 200 && len(contacts(m)) != c.left {
			t.Errorf("%s: %d %s, %v", c.rule, m.status, m.reason, contacts(m))
		}
	}
	if m := h.register(at+";expires=99999", ""); !strings.Contains(contacts(m)[0], "expires=7") {
		t.Errorf("the longest term: %v", contacts(m))
	}
	if m := h.register(at, "Expires: 30\r\n"); m.value(idOf("Min-Expires")) != "" && m.status != 423 {
		t.Errorf("%d", m.status)
	}
	// An older REGISTER of the same Call-ID changes nothing.
	h.cseq -= 2
	if m := h.register(at, ""); m.status != 500 {
		t.Errorf("an old CSeq: %d", m.status)
	}
	// Nobody registers for somebody else.
	h.ask("REGISTER", "sip:x", "sip:202@x", "Contact: "+at+"\r\n", "")
	if m := h.answer(); m.status != 403 {
		t.Errorf("for somebody else: %d", m.status)
	}
}

func TestReplayedCredentials(t *testing.T) {
	t.Parallel()
	_, w := newPair(t, withPhones)
	h := w.handset("201")
	if m := h.register(h.at(), ""); m.status != 200 {
		t.Fatal(m.status)
	}
	h.nc-- // what was sent already
	h.ask("REGISTER", "sip:x", "sip:201@x", "Contact: "+h.at()+"\r\n", "")
	h.challenged(h.answer())
	if !h.header[0].Stale {
		t.Errorf("%+v", h.header)
	}
	h.ask("REGISTER", "sip:x", "sip:201@x", "Contact: "+h.at()+"\r\n", "")
	if m := h.answer(); m.status != 200 {
		t.Errorf("%d", m.status)
	}
	// A challenge that is not ours.
	h.header[0].Nonce = strings.Repeat("A", 32)
	h.ask("REGISTER", "sip:x", "sip:201@x", "Contact: "+h.at()+"\r\n", "")
	h.challenged(h.answer())
}

// A wrong password, an extension without one and one that nobody has look the
// same, and are slowed; nothing is tested after five.
func TestWrongPasswords(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options) {
		withPhones(o)
		o.Timers = Timers{T1: 20 * time.Millisecond, T2: 80 * time.Millisecond, T4: 100 * time.Millisecond}
	})
	var seen [3][]int
	for i, ext := range []string{"201", "203", "777"} {
		h := newWire(t, b.Addr(), 0).handset(ext)
		h.password = "wrong"
		h.ask("REGISTER", "sip:x", "sip:"+ext+"@x", "Contact: "+h.at()+"\r\n", "")
		first := h.answer()
		h.challenged(first)
		for range 7 {
			began := time.Now()
			h.ask("REGISTER", "sip:x", "sip:"+ext+"@x", "Contact: "+h.at()+"\r\n", "")
			m := h.answer()
			seen[i] = append(seen[i], m.status)
			if time.Since(began) < 40*time.Millisecond {
				t.Error("the answer to a wrong password comes at once")
			}
			if m.status == 401 {
				h.challenged(m)
			}
		}
		// On a slow machine another guess is free meanwhile.
		if fmt.Sprint(seen[i][:4]) != "[401 401 401 401]" || !slices.Contains(seen[i], 403) {
			t.Errorf("%s: %v", ext, seen[i])
		}
	}
	// The owner comes from elsewhere, with the right one.
	h := newWire(t, b.Addr(), 0).handset("202")
	if m := h.register(h.at(), ""); m.status != 200 {
		t.Errorf("%d", m.status)
	}
	if s := b.Stats(); s.Wrong < 15 || s.Wrong > 20 || s.Shut != 0 || s.Registered != 1 {
		t.Errorf("%+v", s)
	}
}

func TestPhoneThatDies(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, func(o *Options) {
		withPhones(o)
		o.Timers.Ping, o.Timers.Silent = 200*time.Millisecond, 1500*time.Millisecond
	})
	h := w.handset("201")
	if m := h.register(h.at(), ""); m.status != 200 {
		t.Fatal(m.status)
	}
	up := next[core.StationUp](b)
	var ping *message
	for range 3 { // it answers, and stays
		for ping = h.read(); ping.method != "OPTIONS"; ping = h.read() {
		}
		h.reply(ping, 486, "busy", "", "")
	}
	if gone := next[core.StationGone](b); gone.Station != up.Station || gone.Why != "silent" {
		t.Errorf("%+v", gone)
	}
	b.do(core.Dial{Leg: "leg_sA", Phones: "usr_ann"})
	if g := next[core.LegGone](b); g.Cause.Why != core.Unreachable {
		t.Errorf("%+v", g)
	}
	for ping = h.read(); ping.method != "OPTIONS"; ping = h.read() {
	}
	h.reply(ping, 200, "back", "", "")
	if again := next[core.StationUp](b); again.Agent != "usr_ann" || again.Station != up.Station {
		t.Errorf("%+v", again)
	}
}

// Ten thousand phones after a power cut: all come back, none is lost.
func TestTenThousandRegistrations(t *testing.T) {
	t.Parallel()
	const phones, wires = 10_000, 50
	s := secretOf("x", "y")
	b := newBench(t, func(o *Options) {
		o.Trunks = nil
		o.Users = func(ext string) (core.UserID, bool) { return core.UserID("usr_" + ext), true }
		o.Secret = func(string) (Secret, bool) { return s, true }
		o.Tell = func(core.Event) error { return nil }
		o.Timers = Timers{}
	})
	began := time.Now()
	done := make(chan error, wires)
	for i := range wires {
		w := newWire(t, b.Addr(), 0)
		go func() { done <- powerCut(w, i*phones/wires, phones/wires) }()
	}
	for range wires {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	took := time.Since(began)
	if s := b.Stats(); s.Registered != phones || s.Panics > 0 {
		t.Errorf("%+v", s)
	}
	t.Logf("%d phones registered in %v", phones, took.Round(time.Millisecond))
}

// powerCut has n phones of one wire register; what is not answered in time is
// sent again, as UDP wants it.
func powerCut(w *wire, from, n int) error {
	type state struct {
		raw  string
		done bool
	}
	phones := map[string]*state{}
	write := func(ext string, cseq int, auth string) string {
		return fmt.Sprintf("REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bK%s-%d\r\nFrom: <sip:%[2]s@x>;tag=h\r\nTo: <sip:%[2]s@x>\r\n"+
			"Call-ID: %[2]s@power\r\nCSeq: %[3]d REGISTER\r\nMax-Forwards: 70\r\nContact: <sip:%[2]s@%[1]s>\r\n%[4]sContent-Length: 0\r\n\r\n", w.host(), ext, cseq, auth)
	}
	for i := range n {
		ext := fmt.Sprint(100_000 + from + i)
		phones[ext] = &state{raw: write(ext, 1, "")}
		w.send(phones[ext].raw)
	}
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	late := time.After(60 * time.Second)
	for left := n; left > 0; {
		select {
		case raw := <-w.got:
			var m message
			if f := parse(raw, &m); f != nil || m.request() {
				continue // a ping
			}
			ext, _, _ := strings.Cut(m.callID, "@")
			p := phones[ext]
			switch {
			case p.done:
			case m.status == 401 && m.cseq == 1:
				c, err := digest.ParseChallenge(m.value(idOf("WWW-Authenticate")))
				if err != nil {
					return err
				}
				a1 := fmt.Sprintf("%x", sha256.Sum256([]byte("x:"+realm+":y")))
				got, err := digest.Digest(c, digest.Options{Method: "REGISTER", URI: "sip:x", Count: 1, Username: ext, A1: a1})
				if err != nil {
					return err
				}
				p.raw = write(ext, 2, "Authorization: "+got.String()+"\r\n")
				w.send(p.raw)
			case m.status == 200:
				p.done = true
				left--
			case m.cseq == 2:
				return fmt.Errorf("%s: %s\n%s", ext, p.raw, raw)
			}
		case <-again.C:
			for _, p := range phones {
				if !p.done {
					w.send(p.raw)
				}
			}
		case <-late:
			return fmt.Errorf("%d phones are not registered", left)
		}
	}
	return nil
}

// Who gives up at a challenge that it does not know gets only the one that all
// know: at once where we know that, else the second time.
func TestPhonesThatStumble(t *testing.T) {
	t.Parallel()
	_, w := newPair(t, withPhones)
	for _, c := range []struct {
		agent string
		first int
	}{{"baresip v1.0.0 (x86_64/linux)", 1}, {"baresip v3.1.0", 2}, {"", 2}} {
		h := w.handset("201")
		for _, want := range []int{c.first, 1} {
			h.header = nil
			h.ask("REGISTER", "sip:x", "sip:201@x", "User-Agent: "+c.agent+"\r\n", "")
			h.challenged(h.answer())
			if last := h.header[len(h.header)-1]; len(h.header) != want || last.Algorithm != "MD5" {
				t.Errorf("%q: %+v", c.agent, h.header)
			}
		}
	}
	// One that asks to be challenged each time gets the better one each time.
	h := w.handset("202")
	for range 3 {
		h.header = nil
		h.ask("REGISTER", "sip:x", "sip:202@x", "", "")
		h.challenged(h.answer())
		if len(h.header) != 2 {
			t.Errorf("%+v", h.header)
		}
		h.ask("REGISTER", "sip:x", "sip:202@x", "", "")
		h.answer()
	}
	for branch, is := range map[string]bool{"z9hG4bK-17-1-0": true, "z9hG4bK-17-1": false, "z9hG4bK17-1-0": false, "z9hG4bK-a-1-0": false} {
		if sippBranch(branch) != is {
			t.Error(branch)
		}
	}
}

// A restart costs nobody their phone: who answers is there again, who does not
// is not rung.
func TestPhonesOutliveARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "phones.json")
	kept := func(o *Options) { withPhones(o); o.Phones = file }
	b, w := newPair(t, kept)
	h, g := w.handset("201"), newWire(t, b.Addr(), 0).handset("202")
	h.register(h.at(), "")
	g.register(g.at(), "")
	g.register(g.at(), "Expires: 0\r\n")
	b.Close()
	again := newBench(t, func(o *Options) { kept(o); o.Listen = b.Addr().String() })
	if s := again.Stats(); s.Registered != 1 {
		t.Errorf("%+v", s)
	}
	h.reply(h.request("OPTIONS"), 200, "o", "", "")
	if up := next[core.StationUp](again); up.Agent != "usr_ann" {
		t.Errorf("%+v", up)
	}
	again.do(core.Dial{Leg: "leg_sA", Phones: "usr_ann"})
	h.reply(h.request("INVITE"), 486, "i", "", "")
	h.request("ACK")
	next[core.LegGone](again)
	again.Close()
	if err := os.WriteFile(file, []byte("[{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := newBench(t, kept).Stats(); s.Registered != 0 {
		t.Errorf("%+v", s)
	}
}
