package browser

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Patience is how long anything may take before a test fails.
const Patience = 30 * time.Second

// Options say how a browser is started. The zero value works.
type Options struct {
	// Microphone is a WAV file that the fake microphone plays; empty: Chromium's
	// own beep. Once: not again from the start.
	Microphone string
	Once       bool
	// Deny has the browser refuse the microphone instead of granting it.
	Deny bool
	// Raw takes the microphone as it is: without echo cancelling, noise
	// suppression and gain control, whatever a page asks for. Noise suppression
	// takes a tone for noise until it has learned better, for several seconds.
	Raw bool
	// Relay has every connection go by way of a TURN server, NoUDP by TCP, as in
	// networks that let nothing else out.
	Relay, NoUDP bool
	// Apart gives the browser a network namespace of its own, which is empty: whoever
	// wants it to reach anything puts interfaces into that of PID. It takes rights
	// that not every user has.
	Apart bool
	// Language is what the browser asks pages for; empty: American English.
	Language string
	// Args are more command line switches.
	Args []string
}

// Browser is one running Chromium.
type Browser struct {
	t    testing.TB
	cmd  *exec.Cmd
	wire *wire
	with string // scripts put into every page
	done chan struct{}
	once sync.Once
	log  bytes.Buffer // what Chromium said; shown when a test fails
}

// Available says whether Chromium is installed.
func Available() bool {
	_, err := exec.LookPath("chromium")
	return err == nil
}

// Launch starts a browser that ends with the test.
func Launch(t testing.TB, o Options) *Browser {
	t.Helper()
	hears, tells, err := os.Pipe() // Chromium reads commands on 3 and answers on 4
	if err != nil {
		t.Fatal(err)
	}
	answers, says, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t, with: o.scripts(), done: make(chan struct{}), wire: newWire(tells, answers)}
	b.cmd = exec.Command("chromium", switches(o, home(t))...)
	b.cmd.ExtraFiles = []*os.File{hears, says}
	b.cmd.Stderr = &b.log
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if o.Apart {
		b.cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNET
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	_ = hears.Close()
	_ = says.Close()
	go func() {
		_ = b.cmd.Wait()
		close(b.done)
	}()
	t.Cleanup(b.Close)
	// A busy machine takes long to start it: nothing is measured yet.
	if err := b.wire.callWithin(time.Minute, "", "Target.setDiscoverTargets", map[string]any{"discover": true}, nil); err != nil {
		t.Fatalf("chromium does not answer: %v\n%s", err, b.log.String())
	}
	return b
}

// scripts are put into every page before its own.
func (o Options) scripts() string {
	all := fmt.Sprintf("globalThis.__net = { relay: %t, noUDP: %t };\n", o.Relay, o.NoUDP) + ear
	if o.Raw {
		all += raw
	}
	return all
}

// home is a profile folder of its own. It is removed with patience: Chromium's
// children write until they are gone.
func home(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "chromium-") //nolint:usetesting // TempDir is removed without patience
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for deadline := time.After(2 * time.Second); os.RemoveAll(dir) != nil; {
			select {
			case <-deadline:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return dir
}

func switches(o Options, home string) []string {
	list := []string{
		"--headless", "--remote-debugging-pipe", "--no-sandbox", "--user-data-dir=" + home,
		"--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-default-apps", "--metrics-recording-only", "--password-store=basic",
		"--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection",
		"--use-fake-device-for-media-stream", "--window-size=1280,800",
		"--disable-features=Translate,OptimizationHints,MediaRouter",
	}
	language := cmp.Or(o.Language, "en-US")
	list = append(list, "--lang="+language, "--accept-lang="+language)
	if !o.Deny {
		list = append(list, "--use-fake-ui-for-media-stream")
	}
	if o.Microphone != "" {
		file, err := filepath.Abs(o.Microphone)
		if err != nil {
			file = o.Microphone
		}
		if o.Once {
			file += "%noloop"
		}
		list = append(list, "--use-file-for-fake-audio-capture="+file)
	}
	return append(list, o.Args...)
}

// Close ends the browser and all its children.
func (b *Browser) Close() {
	b.once.Do(func() {
		_ = b.wire.post("", "Browser.close", nil)
		select {
		case <-b.done:
		case <-time.After(3 * time.Second):
		}
		_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL) // what is left of its group
		<-b.done
		b.wire.close()
		if said := complaints(b.log.Bytes()); b.t.Failed() && len(said) > 0 {
			b.t.Logf("chromium said:\n%s", said)
		}
	})
}

// Kill ends the browser at once, as a crash would.
func (b *Browser) Kill() {
	_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
	<-b.done
}

// Sleep stops the browser with all its children, as a computer does whose lid is
// closed; off lets them go on.
func (b *Browser) Sleep(on bool) {
	b.t.Helper()
	signal := syscall.SIGCONT
	if on {
		signal = syscall.SIGSTOP
	}
	if err := syscall.Kill(-b.cmd.Process.Pid, signal); err != nil {
		b.t.Fatalf("tell chromium to sleep (%v): %v", on, err)
	}
}

// PID is the browser's process; its children are in its group.
func (b *Browser) PID() int { return b.cmd.Process.Pid }

func (b *Browser) call(method string, params, result any) error {
	return b.wire.call("", method, params, result)
}

var errGone = errors.New("the browser is gone")

// complaints are the last lines that Chromium said, without its laments that
// there is no desktop.
func complaints(b []byte) []byte {
	var keep [][]byte
	for line := range bytes.Lines(b) {
		if !bytes.Contains(line, []byte("dbus")) && !bytes.Contains(line, []byte("ALSA")) && !bytes.Contains(line, []byte("alsa")) {
			keep = append(keep, line)
		}
	}
	return bytes.Join(keep[max(0, len(keep)-20):], nil)
}
