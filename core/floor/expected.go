package floor

import (
	"slices"
	"time"

	"belfry/core"
)

// pace is how fast the calls of a queue are answered while anybody waits, and how
// right what was expected of them was. All of it is whole numbers.
type pace struct {
	Done []done
	// Since is since when somebody has been in line, or the last one was answered;
	// Spent is what is owed from before.
	Since  core.Time
	Spent  time.Duration
	Judged []judged
	// Hours are those of the last week in which calls were answered, oldest first.
	Hours []hour `json:",omitempty"`
}

// hour is how fast calls were answered in one hour.
type hour struct {
	At   int64 // hours since 1970
	Done int
	Took time.Duration
}

// done is one call that had waited and was answered, and how long the line had
// to stand for it.
type done struct {
	At   core.Time
	Took time.Duration
}

// judged is one estimate beside what came: the error in thousandths.
type judged struct {
	At       core.Time
	PerMille int
}

// forecast is an estimate that was made for a call.
type forecast struct {
	At     core.Time
	Wait   time.Duration
	Spoken bool
}

// What an estimate rests on, and when it is believed.
const (
	paceWindow   = 15 * time.Minute
	mostDone     = 512
	fewDone      = 5
	week         = 7 * 24 // hours
	mostPrior    = 5      // how many calls of now the same hour of last week counts for
	judgedFor    = time.Hour
	mostJudged   = 256
	fewJudged    = 5
	worstError   = 500              // thousandths
	leastReal    = 30 * time.Second // nothing shorter is told apart
	mostForecast = 8                // of one call
)

// stands notes that the line has somebody, or nobody any more.
func (p *pace) stands(now core.Time, waiting int) {
	switch {
	case waiting > 0 && p.Since == 0:
		p.Since = now
	case waiting == 0 && p.Since != 0:
		p.Spent += now.Sub(p.Since)
		p.Since = 0
	}
}

// answered notes that a call which had waited was answered.
func (p *pace) answered(now core.Time) {
	took := p.Spent
	p.Spent = 0
	if p.Since != 0 {
		took += now.Sub(p.Since)
		p.Since = now
	}
	p.Done = slices.DeleteFunc(p.Done, func(d done) bool { return now.Sub(d.At) > paceWindow })
	if len(p.Done) >= mostDone {
		p.Done = slices.Delete(p.Done, 0, 1)
	}
	p.Done = append(p.Done, done{At: now, Took: took})
	at := hourOf(now)
	p.Hours = slices.DeleteFunc(p.Hours, func(h hour) bool { return at-h.At > week })
	if n := len(p.Hours); n == 0 || p.Hours[n-1].At != at {
		p.Hours = append(p.Hours, hour{At: at})
	}
	h := &p.Hours[len(p.Hours)-1]
	h.Done, h.Took = h.Done+1, h.Took+took
}

func hourOf(t core.Time) int64 { return t.Std().Unix() / 3600 }

// prior is what the same hour of last week says of this one: so many calls, and how
// long the line stood for each. It keeps a few calls of now from saying too much.
func (p *pace) prior(now core.Time) (n int, each time.Duration) {
	for _, h := range p.Hours {
		if h.At == hourOf(now)-week && h.Done > 0 {
			return min(h.Done, mostPrior), h.Took / time.Duration(h.Done)
		}
	}
	return 0, 0
}

// expects is the wait of the call at a place in line, 1 for the first: the place
// by the calls answered per second in the last 15 minutes, to which the same hour of
// last week is added as a few calls more. Zero: not known.
func (f *Floor) expects(q *queue, place int) time.Duration {
	n, took := 0, time.Duration(0)
	for _, d := range q.past.Pace.Done {
		if f.now.Sub(d.At) <= paceWindow {
			n++
			took += d.Took
		}
	}
	if n < fewDone || took <= 0 {
		return 0
	}
	before, each := q.past.Pace.prior(f.now)
	n, took = n+before, took+each*time.Duration(before)
	return took / time.Duration(n) * time.Duration(place)
}

// wrong is the median absolute error of the last hour's estimates, in thousandths,
// and over how many.
func (p *pace) wrong(now core.Time) (perMille, n int) {
	var all []int
	for _, j := range p.Judged {
		if now.Sub(j.At) <= judgedFor {
			all = append(all, j.PerMille)
		}
	}
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[len(all)/2], len(all)
}

// honest says whether the queue's estimates may be spoken.
func (p *pace) honest(now core.Time) bool {
	wrong, n := p.wrong(now)
	return n < fewJudged || wrong <= worstError
}

// foresee makes an estimate for the call and keeps it, to be judged by what comes.
func (f *Floor) foresee(c *call, q *queue, spoken bool) time.Duration {
	w := c.Wait
	d := rounded(f.expects(q, f.board.Place(w.in)))
	if d == 0 {
		return 0
	}
	spoken = spoken && q.past.Pace.honest(f.now)
	if len(w.Forecasts) < mostForecast {
		w.Forecasts = append(w.Forecasts, forecast{At: f.now, Wait: d, Spoken: spoken})
	}
	if !spoken {
		return 0
	}
	return d
}

// rounded is what can be said of a wait: half minutes up to two minutes, and then
// minutes. Zero stays zero: not known.
func rounded(d time.Duration) time.Duration {
	switch {
	case d <= 0:
		return 0
	case d < 105*time.Second:
		return max((d + 15*time.Second).Truncate(30*time.Second), 30*time.Second)
	}
	return (d + 30*time.Second).Truncate(time.Minute)
}

// judge sets what was expected beside what came. Who left before tells nothing of
// the estimate; what they were told is kept all the same.
func (f *Floor) judge(c *call, q *queue, d *core.Distribution) {
	for _, x := range c.Wait.Forecasts {
		if x.Spoken {
			d.Told = append(d.Told, core.Told{At: x.At, Wait: x.Wait, Real: f.now.Sub(x.At)})
		}
		if d.Outcome != string(core.OutAnswered) {
			continue
		}
		off, is := x.Wait-f.now.Sub(x.At), max(f.now.Sub(x.At), leastReal)
		p := &q.past.Pace
		p.Judged = slices.DeleteFunc(p.Judged, func(j judged) bool { return f.now.Sub(j.At) > judgedFor })
		if len(p.Judged) >= mostJudged {
			p.Judged = slices.Delete(p.Judged, 0, 1)
		}
		p.Judged = append(p.Judged, judged{At: f.now, PerMille: int(max(off, -off) * 1000 / is)})
	}
	c.Wait.Forecasts = nil
}
