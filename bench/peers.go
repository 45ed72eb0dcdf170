package bench

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// find looks for a peer's program, in sbin too.
func find(name string) string {
	if p, err := exec.LookPath(name); err == nil {
		return p
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/local/bin"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return filepath.Join(dir, name)
		}
	}
	return ""
}

// talkEngine sends the same packets through rtpengine, in user space.
func (b *Bench) talkEngine(ctx context.Context, n int) error {
	program := find("rtpengine")
	if program == "" {
		b.skip("rtpengine is not installed")
		return nil
	}
	control := freeUDP()
	dir, err := os.MkdirTemp("", "belfry-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := start(program, "--foreground", "--table=-1", "--interface=127.0.0.1", "--listen-ng="+control.String(), "--config-file=none",
		"--port-min=32000", "--port-max=39998", "--num-threads=2", "--log-level=2", "--log-stderr", "--pidfile="+filepath.Join(dir, "pid"))
	if err != nil {
		return err
	}
	defer c.stop()
	ng, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(control))
	if err != nil {
		return err
	}
	defer ng.Close()
	a, err := newAudio()
	if err != nil {
		return err
	}
	defer a.close()
	var all []stream
	for i := range n {
		offered, err := ngAsk(ctx, ng, "offer", i, a.port(0))
		if err != nil {
			return fmt.Errorf("rtpengine: %w\n%s", err, c.last())
		}
		answered, err := ngAsk(ctx, ng, "answer", i, a.port(1))
		if err != nil {
			return fmt.Errorf("rtpengine: %w\n%s", err, c.last())
		}
		// The offer's SDP is what the phone is shown, so the phone sends there.
		all = append(all, stream{1, addrOf(offered)}, stream{0, addrOf(answered)})
	}
	b.relay(ctx, a, all, c, fmt.Sprintf("%d calls through rtpengine", n), n)
	return nil
}

// ngAsk asks for one side of a call and returns the port that it was given.
func ngAsk(ctx context.Context, ng *net.UDPConn, command string, n, port int) (int, error) {
	var m bytes.Buffer
	text := func(s string) { m.WriteString(strconv.Itoa(len(s)) + ":" + s) }
	m.WriteString("c" + command + strconv.Itoa(n) + " d")
	pairs := [][2]string{{"ICE", "remove"}, {"call-id", "bench" + strconv.Itoa(n)}, {"command", command}, {"from-tag", "f" + strconv.Itoa(n)}, {"sdp", string(sdp(nil, port))}}
	if command == "answer" {
		pairs = append(pairs, [2]string{"to-tag", "t" + strconv.Itoa(n)})
	}
	for _, p := range pairs {
		text(p[0])
		text(p[1])
	}
	m.WriteString("e")
	in := make([]byte, 8192)
	for range 50 { // it may still be starting
		_, _ = ng.Write(m.Bytes())
		_ = ng.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		k, err := ng.Read(in)
		if err == nil {
			if p := audioPort(string(in[:k])); p > 0 {
				return p, nil
			}
			return 0, fmt.Errorf("it says %q", in[:k])
		}
		if err := wait(ctx, 100*time.Millisecond); err != nil {
			return 0, err
		}
	}
	return 0, fmt.Errorf("no answer")
}

// kamailioConf is a stateful proxy that sends every request where it is for.
const kamailioConf = `debug=-1
log_stderror=yes
children=2
disable_tcp=yes
auto_aliases=no
listen=udp:%s
mpath="%s"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
request_route {
	if (!t_relay() && method != "ACK") {
		sl_reply_error();
	}
}
`

// proxy sends calls through Kamailio straight to the phones: one side of what
// the program does, with no queue, no audio and no record.
func proxy(ctx context.Context, b *Bench) error {
	program := find("kamailio")
	mods, _ := filepath.Glob("/usr/lib/*/kamailio/modules/tm.so")
	if program == "" || len(mods) == 0 {
		b.skip("kamailio is not installed")
		return nil
	}
	dir, err := os.MkdirTemp("", "belfry-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	at, conf := freeUDP(), filepath.Join(dir, "kamailio.cfg")
	if err := os.WriteFile(conf, fmt.Appendf(nil, kamailioConf, strings.Replace(at.String(), "/", "", 1), filepath.Dir(mods[0])), 0o600); err != nil {
		return err
	}
	for _, rate := range []int{20, 600} {
		if err := b.proxyAt(ctx, program, conf, dir, at, rate); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bench) proxyAt(ctx context.Context, program, conf, dir string, at netip.AddrPort, rate int) error {
	c, err := start(program, "-DD", "-E", "-f", conf, "-Y", dir, "-m", "128", "-M", "16")
	if err != nil {
		return err
	}
	defer c.stop()
	l, err := newLoad()
	if err != nil {
		return err
	}
	defer l.close()
	l.server = at
	number := "sip:p0001@" + l.phonesAt().String()
	if err := wait(ctx, 2*time.Second); err != nil {
		return err
	}
	from, to := l.pace(ctx, number, 100*time.Millisecond, 20, time.Second)
	if !l.settled(ctx, from, to, over, 10*time.Second) {
		return fmt.Errorf("kamailio: %v\n%s", l.result(from, to), c.last())
	}
	c.family()
	before := c.cpu()
	from, to = l.pace(ctx, number, time.Second, float64(rate), 5*time.Second)
	l.settled(ctx, from, to, over, 10*time.Second)
	r := l.result(from, to)
	b.say("    %v", r)
	what := fmt.Sprintf("%d calls/s through kamailio", rate)
	b.note(what+": CPU a call", ms((c.cpu()-before)/time.Duration(max(r.calls, 1))), "ms")
	b.note(what+": failures", float64(r.failed+r.refused), "calls")
	return nil
}
