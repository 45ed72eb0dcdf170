package talk

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"belfry/test/browser"
)

// The addresses of a network that no one else can see: the site, and the two ways
// to it (10.77.1.0/24 and 10.77.2.0/24).
const (
	siteIP   = "10.77.0.1"
	sitePort = "8080"
)

// alone runs the test again in a network namespace of its own and says whether
// this is that run. All that the test makes there goes away with its process.
func alone(t *testing.T) bool {
	t.Helper()
	if os.Getenv("BELFRY_ALONE") == t.Name() {
		ip(t, 0, "link set lo up")
		ip(t, 0, "addr add "+siteIP+"/32 dev lo")
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v", "-test.timeout", "3m")
	cmd.Env = append(os.Environ(), "BELFRY_ALONE="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	if cmd.Process == nil {
		t.Skipf("this machine lets us have no network namespace, which takes root: %v", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
	return false
}

// ip runs ip(8), in this network or in that of a process, and must go well.
func ip(t testing.TB, pid int, args string) {
	t.Helper()
	words := append([]string{"ip"}, strings.Fields(args)...)
	if pid != 0 {
		words = append([]string{"nsenter", fmt.Sprintf("--net=/proc/%d/ns/net", pid)}, words...)
	}
	if out, err := exec.CommandContext(context.Background(), words[0], words[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(words, " "), err, out)
	}
}

// plug gives a browser that is apart the nth way to the site. With IPv6 the way
// also gets an address that the system first looks whether another one has, for a
// second or two: to Chromium the network changes once more when it has settled.
func plug(t testing.TB, b *browser.Browser, n int, six bool) {
	t.Helper()
	ip(t, 0, fmt.Sprintf("link add site%d type veth peer name way%[1]d netns %d", n, b.PID()))
	if !six {
		ip(t, b.PID(), fmt.Sprintf("link set way%d addrgenmode none", n))
	}
	ip(t, 0, fmt.Sprintf("addr add 10.77.%d.1/24 dev site%[1]d", n))
	ip(t, 0, fmt.Sprintf("link set site%d up", n))
	ip(t, b.PID(), "link set lo up")
	ip(t, b.PID(), fmt.Sprintf("addr add 10.77.%d.2/24 dev way%[1]d", n))
	ip(t, b.PID(), fmt.Sprintf("link set way%d up", n))
}

// roam sends all that the browser sends by the nth way.
func roam(t testing.TB, b *browser.Browser, n int) {
	t.Helper()
	ip(t, b.PID(), fmt.Sprintf("route replace default via 10.77.%d.1", n))
}

// unplug takes the nth way away, as a wireless network that is out of reach.
func unplug(t testing.TB, b *browser.Browser, n int) {
	t.Helper()
	ip(t, b.PID(), fmt.Sprintf("link del way%d", n))
}

// front has the site, which listens on this machine alone, answer at siteIP.
func front(t testing.TB, site string) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(siteIP, sitePort)) //nolint:noctx // a test's
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		_ = l.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { through(ctx, in, strings.TrimPrefix(site, "http://")) })
		}
	})
	return "http://" + l.Addr().String()
}

// through carries one connection on.
func through(ctx context.Context, in net.Conn, to string) {
	defer in.Close()
	d := net.Dialer{Timeout: time.Second}
	out, err := d.DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer out.Close()
	defer context.AfterFunc(ctx, func() { _ = in.Close(); _ = out.Close() })()
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(out, in); _ = out.Close() })
	both.Go(func() { _, _ = io.Copy(in, out); _ = in.Close() })
	both.Wait()
}
