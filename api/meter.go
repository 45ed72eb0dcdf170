package api

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"belfry/core"
)

// Meter counts what /metrics shows. It is written by hand: a handful of
// counters, histograms and a page of text need no client library. No label
// names an agent or a number.
type Meter struct {
	mu      sync.Mutex
	sums    map[string]*series // by name and labels
	sources []func() []Sample
}

// Sample is one figure that is read when /metrics is.
type Sample struct {
	Name   string // without belfry_, in base units
	Help   string
	Kind   string   // gauge, counter
	Labels []string // name, value, name, value …
	Value  float64
}

// series is one counter, or one histogram when it has bounds.
type series struct {
	name, labels string
	bounds       []float64
	counts       []uint64 // one more than bounds
	sum          float64
}

// help is the list of what the meter itself counts.
var help = map[string]string{
	"calls_offered_total":        "Calls that entered a queue",
	"calls_answered_total":       "Calls that an agent answered",
	"calls_abandoned_total":      "Calls whose caller left a queue",
	"call_wait_seconds":          "Waiting in a queue, until whatever ended it",
	"call_talk_seconds":          "Talk of answered calls",
	"offers_total":               "Offers to agents by outcome",
	"audio_leg_mos":              "Estimated quality of what came in on each leg, 1 to 4.5",
	"popup_delivery_seconds":     "From the offer's arrival at the page to the popup in its document",
	"http_requests_total":        "Requests by method and status",
	"voice_messages_total":       "Messages that callers left",
	"recordings_total":           "Recordings of conversations that can be listened to",
	"notices_total":              "News for who runs the company, such as an emergency call or a recording that failed",
	"pops_total":                 "Buttons of calls that were carried out, by themselves or by hand",
	"interactions_total":         "Calls that are over, by outcome",
	"sse_clients":                "Pages that listen to events",
	"agents":                     "Agents who have a page open, by routing state",
	"queue_waiting":              "Calls that wait in a queue",
	"queue_longest_wait_seconds": "Wait of the first in line",
}

var (
	waitBounds  = []float64{1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800}
	talkBounds  = []float64{5, 15, 30, 60, 120, 300, 600, 1200, 3600}
	popupBounds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2}
	mosBounds   = []float64{2, 2.5, 3, 3.5, 3.8, 4, 4.2, 4.4}
)

// NewMeter returns a meter at zero.
func NewMeter() *Meter { return &Meter{sums: map[string]*series{}} }

// Gauge adds a source of figures, read at each look.
func (m *Meter) Gauge(read func() []Sample) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources = append(m.sources, read)
}

// Note counts a fact once it is kept.
func (m *Meter) Note(f core.Fact) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch f := f.(type) {
	case core.Interaction:
		m.interaction(&f)
	case core.VoiceMessage:
		m.add("voice_messages_total", nil, 1)
	case core.RecordingKept:
		m.add("recordings_total", nil, 1)
	case core.Notice:
		m.add("notices_total", []string{"kind", f.Kind}, 1)
	case core.Qualification:
		if f.Due {
			m.add("to_qualify_total", []string{"queue", string(f.Queue)}, 1)
		}
	case core.Popped:
		m.add("pops_total", []string{"kind", f.Kind, "outcome", f.Outcome}, 1)
	case core.AgentMoved:
	}
}

func (m *Meter) interaction(i *core.Interaction) {
	m.add("interactions_total", []string{"direction", i.Direction, "mode", i.Mode, "outcome", i.Outcome}, 1)
	for _, d := range i.Distributions {
		labels := []string{"queue", string(d.Queue), "direction", i.Direction}
		m.add("calls_offered_total", labels, 1)
		switch d.Outcome {
		case "answered":
			m.add("calls_answered_total", labels, 1)
		case "caller_left":
			m.add("calls_abandoned_total", labels, 1)
		}
		m.observe("call_wait_seconds", labels[:2], waitBounds, d.Wait.Seconds())
	}
	if !i.Answered.IsZero() {
		m.observe("call_talk_seconds", []string{"queue", string(i.Queue)}, talkBounds, i.Talk.Seconds())
	}
	for _, o := range i.Offers {
		m.add("offers_total", []string{"outcome", o.Outcome}, 1)
	}
	for _, l := range i.Legs {
		if l.Quality != nil && l.Quality.MOSIn > 0 {
			m.observe("audio_leg_mos", []string{"kind", l.Kind}, mosBounds, float64(l.Quality.MOSIn)/100)
		}
	}
}

func (m *Meter) popup(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.observe("popup_delivery_seconds", nil, popupBounds, d.Seconds())
}

func (m *Meter) request(method string, status int) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		method = "other" // whoever invents methods makes no new series
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add("http_requests_total", []string{"method", method, "code", strconv.Itoa(cmp.Or(status, http.StatusOK))}, 1)
}

func (m *Meter) add(name string, labels []string, v float64) { m.series(name, labels).sum += v }

func (m *Meter) observe(name string, labels []string, bounds []float64, v float64) {
	s := m.series(name, labels)
	if s.counts == nil {
		s.bounds, s.counts = bounds, make([]uint64, len(bounds)+1)
	}
	i, _ := slices.BinarySearch(s.bounds, v)
	s.counts[i]++
	s.sum += v
}

func (m *Meter) series(name string, labels []string) *series {
	l := labelText(labels)
	s := m.sums[name+l]
	if s == nil {
		s = &series{name: name, labels: l}
		m.sums[name+l] = s
	}
	return s
}

// labelText is name="value",name="value" with the escapes of the text format.
func labelText(labels []string) string {
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
	var b strings.Builder
	for i := 0; i+1 < len(labels); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(labels[i] + `="` + escape.Replace(labels[i+1]) + `"`)
	}
	return b.String()
}

// write gives everything in the Prometheus text format 0.0.4.
func (m *Meter) write(out io.Writer) error {
	m.mu.Lock()
	sources := slices.Clone(m.sources)
	m.mu.Unlock()
	var samples []Sample
	for _, read := range sources { // not under the lock: they may ask the floor
		samples = append(samples, read()...)
	}
	b := bufio.NewWriter(out)
	m.writeSums(b)
	slices.SortStableFunc(samples, func(x, y Sample) int { return cmp.Compare(x.Name, y.Name) })
	for i, s := range samples {
		if i == 0 || samples[i-1].Name != s.Name {
			head(b, s.Name, cmp.Or(s.Help, help[s.Name], s.Name), cmp.Or(s.Kind, "gauge"))
		}
		line(b, s.Name, labelText(s.Labels), s.Value)
	}
	return b.Flush()
}

func (m *Meter) writeSums(b *bufio.Writer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]*series, 0, len(m.sums))
	for _, s := range m.sums {
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y *series) int {
		return cmp.Or(cmp.Compare(x.name, y.name), cmp.Compare(x.labels, y.labels))
	})
	for i, s := range all {
		kind := "counter"
		if s.counts != nil {
			kind = "histogram"
		}
		if i == 0 || all[i-1].name != s.name {
			head(b, s.name, help[s.name], kind)
		}
		s.write(b)
	}
}

func (s *series) write(b *bufio.Writer) {
	if s.counts == nil {
		line(b, s.name, s.labels, s.sum)
		return
	}
	var n uint64
	comma := ""
	if s.labels != "" {
		comma = ","
	}
	for i, c := range s.counts {
		n += c
		le := "+Inf"
		if i < len(s.bounds) {
			le = strconv.FormatFloat(s.bounds[i], 'g', -1, 64)
		}
		line(b, s.name+"_bucket", s.labels+comma+`le="`+le+`"`, float64(n))
	}
	line(b, s.name+"_sum", s.labels, s.sum)
	line(b, s.name+"_count", s.labels, float64(n))
}

func head(b *bufio.Writer, name, help, kind string) {
	fmt.Fprintf(b, "# HELP belfry_%s %s\n# TYPE belfry_%s %s\n", name, help, name, kind)
}

func line(b *bufio.Writer, name, labels string, v float64) {
	if labels != "" {
		labels = "{" + labels + "}"
	}
	fmt.Fprintf(b, "belfry_%s%s %s\n", name, labels, strconv.FormatFloat(v, 'g', -1, 64))
}
