package flow

import (
	"fmt"
	"strings"
	"time"

	"belfry/core"
)

// play has the sounds heard and waits for their end. Sounds that the plan does
// not know are noted and left out; it returns false when none is left.
func (w *walk) play(sounds []core.SoundID) bool {
	var known, unknown []core.SoundID
	for _, s := range sounds {
		switch {
		case s == "":
		case w.env.Plan.Sound(s) == nil:
			unknown = append(unknown, s)
		default:
			known = append(known, s)
		}
	}
	w.missing(unknown)
	if len(known) == 0 {
		return false
	}
	r := w.run
	r.Plays++
	r.Play = core.PlayID(fmt.Sprintf("ply_%s-t%d", strings.TrimPrefix(string(r.Call), "cal_"), r.Plays))
	r.Waits, r.Deadline = ForPlay, w.env.Now.Add(longPlay)
	w.do(Play{Play: r.Play, Sounds: known})
	return true
}

// missing notes the sounds that could not be heard.
func (w *walk) missing(sounds []core.SoundID) {
	for _, s := range sounds {
		w.note("sound %s is missing", short(string(s)))
	}
}

// playing says whether a prompt is heard.
func (w *walk) playing() bool { return w.run.Waits == ForPlay }

// listen waits for a digit.
func (w *walk) listen(d time.Duration) {
	w.rest()
	w.run.Waits, w.run.Deadline = ForDigit, w.env.Now.Add(d)
}

// away waits until a queue, a user or a mailbox is done with the call. What was
// typed ahead was not meant for what comes after it.
func (w *walk) away(o Order) {
	w.rest()
	w.run.Waits, w.run.Ahead = ForLeft, ""
	w.do(o)
}

// rest ends what the run waited for, and the prompt with it.
func (w *walk) rest() {
	if w.playing() {
		w.do(StopPlay{})
	}
	w.run.Waits, w.run.Play, w.run.Deadline = ForNothing, "", 0
}

// keep takes down a digit that no node has asked for yet.
func (w *walk) keep(d byte) {
	if len(w.run.Ahead) < longAhead {
		w.run.Ahead += string(rune(d))
	}
}

// typed takes the first digit that was typed ahead; 0 when there is none.
func (w *walk) typed() byte {
	if w.run.Ahead == "" {
		return 0
	}
	d := w.run.Ahead[0]
	w.run.Ahead = w.run.Ahead[1:]
	return d
}

func isKey(d byte) bool {
	return d >= '0' && d <= '9' || d == '*' || d == '#' || d >= 'A' && d <= 'D'
}

// seconds is n seconds, or def when n is 0.
func seconds(n, def int) time.Duration {
	if n <= 0 {
		n = def
	}
	return time.Duration(n) * time.Second
}
