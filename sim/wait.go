package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// waiting makes up what callers of the queues hear and may do.
func waiting(rnd *rand.Rand, d *plan.Doc) {
	d.Company.Country = "FR"
	d.Company.Language = []string{"en", "fr"}[rnd.IntN(2)]
	for i := range d.Queues {
		q := &d.Queues[i]
		if rnd.IntN(2) == 0 {
			continue
		}
		q.Playlist = []core.SoundID{"snd_music", "snd_hello"}
		q.Messages = []plan.Message{{Sound: "snd_again", First: 1 + rnd.IntN(20), Every: 15 * rnd.IntN(3)}}
		q.Position = []string{"on", "limit", "more", "off"}[rnd.IntN(4)]
		q.PositionLimit, q.PositionUp = 1+rnd.IntN(5), rnd.IntN(2) == 0
		q.Expected = []string{"on", "once", "off"}[rnd.IntN(3)]
		q.AnnounceAfter, q.AnnounceEvery = 1+rnd.IntN(20), 15+rnd.IntN(30)
		q.Keys = []plan.Key{{Key: "1", Do: "callback"}, {Key: "9", Do: "leave"}}
		q.Callback = plan.Callback{Attempts: 1 + rnd.IntN(3), Every: 10 + rnd.IntN(60), Keep: 30, Ring: 5 + rnd.IntN(20)}
		if rnd.IntN(2) == 0 {
			q.Callback.Prefixes = []string{"+336", "+331", "+442"}
		}
		if i == 0 {
			q.Callback.Dials = []core.NumberClass{core.ClassNational, core.ClassMobile, core.ClassInternational}
		}
		q.KeepRank = rnd.IntN(2) * (10 + rnd.IntN(100))
		if rnd.IntN(4) == 0 {
			q.MaxExpected = 30 + rnd.IntN(100)
		}
		if rnd.IntN(4) == 0 { // it closes in the middle of the afternoon
			q.Hours = "hrs_0"
		}
	}
	d.Hours = []plan.Hours{{ID: "hrs_0", Name: "h", Spans: []plan.Span{{Day: time.Monday, From: "08:00", To: fmt.Sprintf("14:%02d", rnd.IntN(60))}}}}
	for i := range d.Groups {
		d.Groups[i].SkipUnable, d.Groups[i].Sticky = rnd.IntN(2) == 0, rnd.IntN(2) == 0
	}
}

// number is who calls: some of them more than once.
func (w *World) number() string {
	if w.chance(50) {
		return fmt.Sprintf("+3361111%04d", w.rnd.IntN(25))
	}
	if w.chance(10) { // whom not every queue calls back
		return []string{"+442071", "+338991"}[w.rnd.IntN(2)] + fmt.Sprintf("%05d", w.rnd.IntN(1e5))
	}
	return fmt.Sprintf("+336%08d", w.rnd.IntN(1e8))
}

// classOf is the class of a number, of those that are made up.
func classOf(number string) core.NumberClass {
	switch {
	case number == "+33612345670": // a typing error
		return ""
	case !strings.HasPrefix(number, "+33"):
		return core.ClassInternational
	case strings.HasPrefix(number, "+3389"), strings.HasPrefix(number, "+339"):
		return core.ClassPremium
	case strings.HasPrefix(number, "+336"):
		return core.ClassMobile
	}
	return core.ClassNational
}

// fiddles presses the keys of somebody who wants to be called back, and changes
// their mind now and then.
func (c *caller) fiddles() {
	w := c.w
	at := w.upTo(40 * time.Second)
	for _, keys := range []string{"1", []string{"1", "1", "20612345678#1", "20612345670#", "200442071234567#11", "2061#", "*", "3"}[w.rnd.IntN(8)]} {
		at += w.upTo(15 * time.Second)
		for i := range len(keys) {
			key := keys[i]
			w.in(at, func() { c.press(key) })
			at += w.upTo(2 * time.Second)
		}
	}
}

// again calls once more from the same number.
func (c *caller) again() {
	n := newCaller(c.w, 1000+len(c.w.callers))
	n.from, n.to = c.from, c.to
	n.call()
}

// onlyOnce: no dial that must never be repeated is given twice, over all lives of
// the floor.
func (w *World) onlyOnce(e core.Dial) {
	if e.Key == "" {
		return
	}
	if w.keys[e.Key] {
		w.fail("%s is dialled twice for %s", e.Number, e.Key)
	}
	w.keys[e.Key] = true
	if !slices.Contains(e.Classes, classOf(e.Number)) { // or somebody was promised a call in vain
		w.fail("%s is called back, which is not one of %v", e.Number, e.Classes)
	}
}

// virtual says whether a call is one of the floor's own: somebody called back.
func virtual(id core.CallID) bool {
	return strings.Count(string(id), "_") == 2
}

// calledBack looks at the record of somebody who was to be called back.
func (w *World) calledBack(r *core.Interaction) {
	if w.backs[r.Call]++; w.backs[r.Call] > 1 {
		w.fail("a second record of %s", r.Call)
	}
	w.legsClosed(r)
	for _, d := range r.Distributions {
		if d.Outcome == "" || d.Outcome == "answered" && d.Agent == "" {
			w.fail("the record of %s: a distribution that is not closed: %+v", r.Call, d)
		}
	}
	if r.Parent == "" || r.Outcome == "answered" && r.Answered == 0 {
		w.fail("the record of %s: nobody asked for it, or nobody answered: %+v", r.Call, r)
	}
}
