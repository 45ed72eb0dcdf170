package test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Sipp is a running SIPp, a phone or many that keep to a scenario.
type Sipp struct {
	t    testing.TB
	cmd  *exec.Cmd
	over chan struct{}
	err  error
	dir  string
	said bytes.Buffer
}

// needSipp skips a test where SIPp is missing; CI has it.
func needSipp(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("sipp"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("SIPp is missing (Debian: apt-get install sip-tester)")
		}
		t.Skip("SIPp is missing (Debian: apt-get install sip-tester)")
	}
}

// Sipp starts callers that keep to a scenario of the folder sipp. They end with
// the test at the latest.
func (p *Program) Sipp(t testing.TB, scenario string, args ...string) *Sipp {
	t.Helper()
	return sipp(t, append([]string{p.SIP, "-sf", "sipp/" + scenario, "-i", "127.0.0.2", "-p", "0"}, args...)...)
}

// Phones starts agents' phones at an address that Demo was given.
func Phones(t testing.TB, port int, scenario string, args ...string) *Sipp {
	t.Helper()
	return sipp(t, append([]string{"-sf", "sipp/" + scenario, "-i", "127.0.0.1", "-p", strconv.Itoa(port)}, args...)...)
}

// scenario writes one of the folder sipp with something in the place of a word.
func scenario(t testing.TB, name, word, by string) (file string) {
	t.Helper()
	text, err := os.ReadFile("sipp/" + name)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte(`="`+word+`"`), []byte(`="`+by+`"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func sipp(t testing.TB, args ...string) *Sipp {
	t.Helper()
	needSipp(t)
	s := &Sipp{t: t, over: make(chan struct{}), dir: t.TempDir()}
	s.cmd = exec.Command("sipp", append(args, "-nostdin", "-trace_err", "-error_file", filepath.Join(s.dir, "errors"))...)
	s.cmd.Stdout, s.cmd.Stderr = &s.said, &s.said
	s.cmd.Env = append(os.Environ(), "TERM=dumb")
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.over)
		s.err = s.cmd.Wait()
	}()
	t.Cleanup(s.Stop)
	return s
}

// Stop ends it now.
func (s *Sipp) Stop() {
	_ = s.cmd.Process.Kill()
	<-s.over
}

// Well waits until all its calls are over, and fails the test when one did not
// keep to the scenario.
func (s *Sipp) Well() {
	s.t.Helper()
	if err := s.Over(60 * time.Second); err != nil {
		s.t.Fatalf("SIPp: %v\n%s", err, s.Errors())
	}
}

// Over waits until all its calls are over.
func (s *Sipp) Over(within time.Duration) error {
	s.t.Helper()
	select {
	case <-s.over:
		return s.err
	case <-time.After(within):
		s.t.Fatalf("SIPp did not end in %v\n%s", within, s.Errors())
		return nil
	}
}

// Errors are the last lines of what it complained about.
func (s *Sipp) Errors() string {
	b, err := os.ReadFile(filepath.Join(s.dir, "errors"))
	if err != nil {
		return fmt.Sprintf("it said: %s", tailOf(s.said.String(), 12))
	}
	return tailOf(string(b), 30)
}
