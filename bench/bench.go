package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Options say what to measure.
type Options struct {
	Belfry  string   // the program that is measured
	Rows    []string // names of rows; empty: all
	Runs    int      // of each row; the median is printed. 0: 1
	JSON    bool
	Out     io.Writer // the figures
	Log     io.Writer // progress
	Profile string    // prefix of files for CPU profiles of the children; empty: none

	Agents int           // of the row queued; 0: 100
	Rate   int           // calls a second of the row queued; 0: 20
	For    time.Duration // how long the row queued calls; 0: 10 s
}

// Figure is one number that was measured.
type Figure struct {
	Row   string    `json:"row"`
	What  string    `json:"what"`
	Value float64   `json:"value"` // the median of the runs
	Unit  string    `json:"unit"`
	All   []float64 `json:"all"`
}

// row is one piece of work to measure. It reports figures and returns.
type row struct {
	name, help string
	run        func(ctx context.Context, b *Bench) error
}

func rows() []row {
	return []row{
		{"queued", "calls through a queue to an agent, at a steady rate", queued},
		{"highest", "the highest rate of such calls that is held without a failure", highest},
		{"dispatch", "caller's ACK to the agent's INVITE, while others wait", dispatch},
		{"free", "an agent becomes free to the next waiting call's INVITE", free},
		{"overload", "half as many calls again as it can take", overload},
		{"idle", "agents on shift and no calls", idle},
		{"talk", "talking calls, SIP to SIP, beside rtpengine", talk},
		{"busy", "dispatch while 200 calls talk", busy},
		{"browser", "talking calls, SIP to browser", browsers},
		{"music", "1,000 callers in music", music},
		{"popup", "INVITE to the popup's event, acceptance to the first packet each way", popup},
		{"change", "a change of the plan at 1,000 and 10,000 users, until the floor goes by it", change},
		{"board", "20 supervisors who look at 20 queues and 1,000 agents", board},
		{"step", "a whole call through the floor alone, and its rebuilding from the record", step},
		{"proxy", "the caller's half of a call through Kamailio as a bare stateful proxy", proxy},
	}
}

// Rows names what can be measured, a line each.
func Rows() string {
	var b strings.Builder
	for _, r := range rows() {
		fmt.Fprintf(&b, "  %-10s %s\n", r.name, r.help)
	}
	return b.String()
}

// Bench is one run of the tool.
type Bench struct {
	o       Options
	row     string
	figures []*Figure
	skipped []string
	most    int // the rate that highest found; 0: not yet
	begun   busyness
}

// Run measures. The error says what could not be measured at all; a call that
// fails is a figure.
func Run(ctx context.Context, o Options) error {
	o.Runs, o.Agents, o.Rate, o.For = max(o.Runs, 1), cmp.Or(o.Agents, 100), cmp.Or(o.Rate, 20), cmp.Or(o.For, 10*time.Second)
	if runtime.GOOS != "linux" {
		return fmt.Errorf("the cost of a process is read from /proc, which is there on Linux only")
	}
	for _, name := range o.Rows {
		if !slices.ContainsFunc(rows(), func(r row) bool { return r.name == name }) {
			return fmt.Errorf("there is no row %q. There are:\n%s", name, Rows())
		}
	}
	b := &Bench{o: o, begun: busyNow()}
	for _, r := range rows() {
		if len(o.Rows) > 0 && !slices.Contains(o.Rows, r.name) {
			continue
		}
		b.row = r.name
		for i := range o.Runs {
			b.say("%s, run %d of %d", r.name, i+1, o.Runs)
			if err := r.run(ctx, b); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				b.skip("%v", err) // the other rows are worth having all the same
				break
			}
		}
	}
	return b.print()
}

func (b *Bench) say(format string, args ...any) { fmt.Fprintf(b.o.Log, format+"\n", args...) }

// skip says, once, why something is not measured.
func (b *Bench) skip(format string, args ...any) {
	why := b.row + ": " + fmt.Sprintf(format, args...)
	if !slices.Contains(b.skipped, why) {
		b.skipped = append(b.skipped, why)
		b.say("%s", why)
	}
}

// note keeps a figure of this run of the row.
func (b *Bench) note(what string, value float64, unit string) {
	b.say("    %-58s %10.3f %s", what, value, unit)
	i := slices.IndexFunc(b.figures, func(f *Figure) bool { return f.Row == b.row && f.What == what })
	if i < 0 {
		i = len(b.figures)
		b.figures = append(b.figures, &Figure{Row: b.row, What: what, Unit: unit})
	}
	b.figures[i].All = append(b.figures[i].All, value)
}

// times keeps the median and the 99th percentile of some durations.
func (b *Bench) times(what string, all []time.Duration) {
	if len(all) == 0 {
		b.skip("%s: nothing came", what)
		return
	}
	b.note(what+", p50", ms(part(all, 50)), "ms")
	b.note(what+", p99", ms(part(all, 99)), "ms")
}

// part is a percentile.
func part(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Clone(all)
	slices.Sort(all)
	return all[min(len(all)*percent/100, len(all)-1)]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (b *Bench) print() error {
	for _, f := range b.figures {
		sorted := slices.Sorted(slices.Values(f.All))
		f.Value = sorted[len(sorted)/2]
		if len(sorted)%2 == 0 {
			f.Value = (sorted[len(sorted)/2-1] + f.Value) / 2
		}
	}
	if b.o.JSON {
		e := json.NewEncoder(b.o.Out)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"at": time.Now().UTC(), "cpus": runtime.NumCPU(), "runs": b.o.Runs, "others": b.begun.others(), "figures": b.figures, "skipped": b.skipped})
	}
	w := tabwriter.NewWriter(b.o.Out, 0, 0, 2, ' ', 0)
	last := ""
	for _, f := range b.figures {
		if f.Row != last {
			fmt.Fprintf(w, "\n%s\t\t\t\n", f.Row)
			last = f.Row
		}
		spread := ""
		if len(f.All) > 1 {
			spread = fmt.Sprintf("%.3g … %.3g", slices.Min(f.All), slices.Max(f.All))
		}
		fmt.Fprintf(w, "  %s\t%.4g\t%s\t%s\n", f.What, f.Value, f.Unit, spread)
	}
	for _, s := range b.skipped {
		fmt.Fprintf(w, "\nnot measured: %s\n", s)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(b.o.Out, "\n%d CPUs; other programs kept %.2f of them busy meanwhile; medians of %d\n", runtime.NumCPU(), b.begun.others(), b.o.Runs)
	return err
}

// wait waits, or less when ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
