package rtc

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
	"belfry/media/codec"
)

// TestMeasure says what a line costs: BELFRY_MEASURE=100 go test ./rtc -run Measure -v.
// The stations run in a process of their own, so that its figures are theirs.
func TestMeasure(t *testing.T) {
	lines, _ := strconv.Atoi(os.Getenv("BELFRY_MEASURE"))
	if os.Getenv("BELFRY_MEASURED") != "" {
		measured(t)
		return
	}
	if lines < 2 {
		t.Skip("BELFRY_MEASURE=LINES wants figures")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestMeasure$")
	child.Env = append(os.Environ(), "BELFRY_MEASURED=1")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close(); _ = child.Wait() }()
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	base := ask(t, url+"/figures")
	stop := make(chan struct{})
	browsers := make([]*browser, lines)
	began := time.Now()
	for i := range browsers {
		b := newBrowser(t)
		r, err := http.Post(fmt.Sprintf("%s/offer?agent=usr_%d", url, i), "application/sdp", strings.NewReader(b.offer()))
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		b.take(string(answer))
		<-b.up
		browsers[i] = b
	}
	took := time.Since(began)
	idle := ask(t, url+"/figures")
	n := float64(lines)
	t.Logf("%d lines up in %v; CPU per set-up %.2f ms; RSS per line %.0f kB, goroutines %.1f",
		lines, took.Round(time.Millisecond), (idle.cpu-base.cpu).Seconds()*1e3/n, (idle.rss-base.rss)/n, (idle.goroutines-base.goroutines)/n)
	for i, b := range browsers {
		go b.speak(codec.PCMU, 300+i, stop)
		go drain(b)
	}
	_ = ask(t, url+"/join?lines="+strconv.Itoa(lines))
	<-time.After(3 * time.Second)
	a := ask(t, url+"/figures")
	<-time.After(10 * time.Second)
	b := ask(t, url+"/figures")
	close(stop)
	relayed := b.packets - a.packets
	t.Logf("%.0f packets relayed in 10 s (%.0f due): %.1f us of CPU each; RSS per line %.0f kB; mixing %v",
		relayed, n*50*10, (b.cpu-a.cpu).Seconds()*1e6/relayed, (b.rss-base.rss)/n, b.mixes)
}

func drain(b *browser) {
	track := <-b.ears
	for buf := make([]byte, 1500); ; {
		if _, _, err := track.Read(buf); err != nil {
			return
		}
	}
}

type figures struct {
	cpu             time.Duration
	rss, goroutines float64 // kB
	packets, mixes  float64
}

func ask(t *testing.T, url string) figures {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var f figures
	_, _ = fmt.Fscan(r.Body, (*int64)(&f.cpu), &f.rss, &f.goroutines, &f.packets, &f.mixes)
	return f
}

// measured is the process that is measured: it ends when its input does.
func measured(t *testing.T) {
	t.Helper()
	w := start(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/offer", func(rw http.ResponseWriter, r *http.Request) {
		sdp, _ := io.ReadAll(r.Body)
		_, answer, err := w.Offer(r.Context(), core.UserID(r.URL.Query().Get("agent")), string(sdp))
		if err != nil {
			http.Error(rw, err.Error(), 500)
			return
		}
		_, _ = io.WriteString(rw, answer)
	})
	mux.HandleFunc("/join", func(_ http.ResponseWriter, r *http.Request) {
		for i, s := range w.States() {
			w.do(core.Join{Room: core.RoomID(fmt.Sprint("cal_", i/2)), Leg: s.Leg})
		}
	})
	mux.HandleFunc("/figures", func(rw http.ResponseWriter, _ *http.Request) {
		runtime.GC()
		fmt.Fprintln(rw, int64(cpu()), rss(), runtime.NumGoroutine(), w.Stats().PacketsOut, mixes(w.media))
	})
	site := httptest.NewServer(mux)
	defer site.Close()
	fmt.Println(site.URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func mixes(e *media.Engine) int { return e.Stats().Mixes }

// cpu is what all threads of this process have used.
func cpu() time.Duration {
	files, _ := filepath.Glob("/proc/self/task/*/schedstat")
	var sum time.Duration
	for _, f := range files {
		b, _ := os.ReadFile(f)
		if field, _, ok := strings.Cut(string(b), " "); ok {
			n, _ := strconv.ParseInt(field, 10, 64)
			sum += time.Duration(n)
		}
	}
	return sum
}

func rss() int {
	b, _ := os.ReadFile("/proc/self/statm")
	f := strings.Fields(string(b))
	n, _ := strconv.Atoi(f[1])
	return n * os.Getpagesize() / 1024
}
