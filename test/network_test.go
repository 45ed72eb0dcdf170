package test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"belfry/test/browser"
)

// turnServer starts Debian's coturn on a port, with a secret; it ends with the
// test.
func turnServer(t *testing.T, port int, secret string) {
	t.Helper()
	if _, err := exec.LookPath("turnserver"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("coturn is missing (Debian: apt-get install coturn)")
		}
		t.Skip("coturn is missing (Debian: apt-get install coturn)")
	}
	dir := t.TempDir()
	var said logs
	cmd := exec.Command("turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--fingerprint", "--realm=belfry.test",
		"--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", fmt.Sprintf("--listening-port=%d", port),
		fmt.Sprintf("--min-port=%d", port+10), fmt.Sprintf("--max-port=%d", port+60), "--allow-loopback-peers",
		"--use-auth-secret", "--static-auth-secret="+secret, "--log-file=stdout", "--simple-log",
		"--userdb="+filepath.Join(dir, "db"), "--pidfile="+filepath.Join(dir, "pid"))
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the TURN server's log:\n%s", said.tail(30))
		}
	})
	Wait(t, "the TURN server listens", func() bool {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second) //nolint:noctx // a test's
		if err != nil {
			return false
		}
		return c.Close() == nil
	})
}

// TestHardNetworks: an agent whose network lets packets out to a TURN server
// alone, and one whose network knows no UDP, talk as others do.
func TestHardNetworks(t *testing.T) {
	t.Parallel()
	at := ports(t, 1)
	const secret = "between-the-two"
	turnServer(t, at, secret)
	p := Demo(t, fmt.Sprintf("--turn=turn:127.0.0.1:%d?transport=udp %s", at, secret))
	for _, net := range []struct{ name, login, path string }{
		{"relay", "ann", "relay udp"},
		{"no UDP", "bob", "prflx tcp"},
	} {
		t.Run(net.name, func(t *testing.T) {
			b := browser.Launch(t, browser.Options{
				Microphone: browser.Tone(t, agentHz, 10), Raw: true, Relay: net.path == "relay udp", NoUDP: net.path != "relay udp",
			})
			a := p.seat(t, b, net.login)
			began := time.Now()
			a.begin("Login", "Password", "Sign in", "I am available")
			t.Logf("from the login to the line: %v", time.Since(began))
			ph := p.Dial("+33100000001")
			a.Answer()
			a.WaitTone(callerHz)
			a.Pass(1500 * time.Millisecond)
			if l := a.Line(); l.Path != net.path {
				t.Errorf("the audio goes by %q, not %q", l.Path, net.path)
			}
			ph.HangUp()
			if s := ph.Heard().seconds(agentHz); s < 1 {
				t.Errorf("the caller heard the agent for %.1f s only", s)
			}
			a.EndPost()
			a.Be("act_break")
			a.CheckErrors()
		})
	}
	p.Sound()
}
