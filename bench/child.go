package bench

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// child is a process that is measured.
type child struct {
	cmd  *exec.Cmd
	name string
	pids []int
	done chan struct{}
	log  tail
}

// tail keeps the beginning and the end of what a child says.
type tail struct {
	mu   sync.Mutex
	head []byte
	b    []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.head) < 16<<10 {
		t.head = append(t.head, p...)
	}
	t.b = append(t.b, p...)
	if len(t.b) > 16<<10 {
		t.b = append(t.b[:0], t.b[len(t.b)-8<<10:]...)
	}
	return len(p), nil
}

// early is what it said at first.
func (c *child) early() string {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	return string(c.log.head)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// last is its last words, for an error.
func (c *child) last() string {
	s := c.log.String()
	return s[max(0, len(s)-800):]
}

// start starts a process that dies with this one at the latest.
func start(name string, args ...string) (*child, error) {
	c := &child{cmd: exec.Command(name, args...), name: name, done: make(chan struct{})}
	c.cmd.Stdout, c.cmd.Stderr = &c.log, &c.log
	dieWithUs(c.cmd)
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	c.pids = []int{c.cmd.Process.Pid}
	go func() { _ = c.cmd.Wait(); close(c.done) }()
	return c, nil
}

// kill ends it as a power cut would.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// stop ends it, by force after five seconds.
func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-c.done:
	case <-time.After(5 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.done
	}
}

// cpu is what all its threads have used until now.
func (c *child) cpu() time.Duration {
	var sum time.Duration
	for _, pid := range c.pids {
		sum += cpuOf(pid)
	}
	return sum
}

// rss is the memory it has, in MB.
func (c *child) rss() float64 {
	var sum float64
	for _, pid := range c.pids {
		sum += rssOf(pid)
	}
	return sum
}

// family takes in the processes that it has started.
func (c *child) family() {
	all, _ := os.ReadDir("/proc")
	for _, e := range all {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && parentOf(pid) == c.pids[0] {
			c.pids = append(c.pids, pid)
		}
	}
}

// belfry is the program as a child.
type belfry struct {
	*child
	sip  netip.AddrPort
	http string
	dir  string
}

// demo starts the demo company with n agents whose phones are at an address.
func (b *Bench) demo(ctx context.Context, n int, phones netip.AddrPort, more ...string) (*belfry, error) {
	dir, err := os.MkdirTemp("", "belfry-bench-")
	if err != nil {
		return nil, err
	}
	return b.demoIn(ctx, dir, n, phones, more...)
}

// demoIn is demo in a folder that may hold one's life already.
func (b *Bench) demoIn(ctx context.Context, dir string, n int, phones netip.AddrPort, more ...string) (d *belfry, err error) {
	d = &belfry{sip: freeUDP(), http: freeTCP(), dir: dir}
	args := []string{
		"demo", "--callers=0", "--phones=" + strconv.Itoa(n), "--phones-at=" + phones.String(), "--sip=" + d.sip.String(),
		"--http=" + d.http, "--webrtc=" + freeUDP().String(), "--rtp=10000-31999", "--data=" + dir,
	}
	if b.o.Profile != "" {
		args = append(args, fmt.Sprintf("--cpu-profile=%s-%s.prof", b.o.Profile, b.row))
	}
	if d.child, err = start(b.o.Belfry, append(args, more...)...); err != nil {
		return nil, err
	}
	for until := time.Now().Add(60 * time.Second); ; {
		if r, err := http.Get("http://" + d.http + "/readyz"); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK && strings.Contains(d.early()+d.log.String(), "Belfry is running") {
				return d, nil
			}
		}
		select {
		case <-d.done:
			return nil, fmt.Errorf("the program ended: %s", d.last())
		default:
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil || time.Now().After(until) {
			d.stop()
			return nil, fmt.Errorf("the program is not ready: %s", d.last())
		}
	}
}

func (d *belfry) stop() {
	d.child.stop()
	_ = os.RemoveAll(d.dir)
}

// metric reads one of the program's own figures.
func (d *belfry) metric(name string) float64 {
	r, err := http.Get("http://" + d.http + "/metrics")
	if err != nil {
		return -1
	}
	defer r.Body.Close()
	var text bytes.Buffer
	_, _ = text.ReadFrom(r.Body)
	for ln := range strings.Lines(text.String()) {
		if rest, ok := strings.CutPrefix(ln, "belfry_"+name+" "); ok {
			v, _ := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			return v
		}
	}
	return -1
}

var loop = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// freeUDP and freeTCP are addresses that nobody had a moment ago.
func freeUDP() netip.AddrPort {
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loop, 0)))
	if err != nil {
		return netip.AddrPortFrom(loop, 0)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}

func freeTCP() string {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:0"
	}
	defer l.Close()
	return l.Addr().String()
}
