package bench

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// busyness is how much CPU the machine has used, and how much of it we and the
// processes that we have waited for.
type busyness struct {
	at        time.Time
	all, ours time.Duration
}

func busyNow() busyness {
	b := busyness{at: time.Now()}
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return b
	}
	line, _, _ := strings.Cut(string(text), "\n")
	for i, f := range strings.Fields(line) {
		switch i {
		case 1, 2, 3, 6, 7: // user, nice, system, irq, softirq: hundredths of a second
			n, _ := strconv.ParseInt(f, 10, 64)
			b.all += time.Duration(n) * 10 * time.Millisecond
		}
	}
	b.ours = usedByUs()
	return b
}

// others is how many processors other programs kept busy since.
func (b busyness) others() float64 {
	now := busyNow()
	return max(0, float64(now.all-b.all-(now.ours-b.ours))/float64(now.at.Sub(b.at)))
}

// cpuOf is the CPU time of all threads of a process that live. Threads of a Go
// program do not end, nor do those of the peers that are measured.
func cpuOf(pid int) time.Duration {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	tasks, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	var sum time.Duration
	for _, t := range tasks {
		b, err := os.ReadFile(dir + "/" + t.Name() + "/schedstat")
		if err != nil {
			continue
		}
		if f := strings.Fields(string(b)); len(f) > 0 {
			ns, _ := strconv.ParseInt(f[0], 10, 64)
			sum += time.Duration(ns)
		}
	}
	return sum
}

// rssOf is the memory of a process in MB.
func rssOf(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for ln := range strings.Lines(string(b)) {
		if f := strings.Fields(ln); len(f) > 1 && f[0] == "VmRSS:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}

// parentOf is who started a process.
func parentOf(pid int) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 2 {
		return 0
	}
	n, _ := strconv.Atoi(f[1])
	return n
}
