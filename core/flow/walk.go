package flow

import (
	"fmt"
	"time"

	"belfry/core"
)

// The bounds of a walk.
const (
	manySteps  = 1000             // without a pause, before a tree is stopped
	pause      = 10 * time.Second // in which they are counted
	manyHops   = 10               // from tree to tree
	longPlay   = 10 * time.Minute // a prompt that does not end is given up
	longAhead  = 32               // digits kept before a node asks
	longPath   = 300              // visits kept: the first ones, and the last
	longValue  = 1000             // bytes of a variable
	longRemark = 200              // bytes of what is noted of a visit
)

// Step takes one input and returns the orders, in order. News that the run does
// not wait for changes nothing. It never panics, and afterwards the run waits
// for something that must come (a deadline, or the end of a queue, a ring or a
// recording), or it is over.
func Step(run *Run, in Input, env Env) []Order {
	if run.Over {
		return nil
	}
	w := &walk{run: run, env: env}
	if begin, ok := in.(Begin); ok {
		if len(run.Path) == 0 {
			w.begin(begin)
		}
		return w.tidy()
	}
	if len(run.Path) == 0 {
		return nil
	}
	in, awaited := w.awaited(in)
	if !awaited {
		return nil
	}
	if run.Ending {
		w.hangUp(run.End)
		return w.tidy()
	}
	if !w.resume() {
		w.polite("the tree it began with is gone")
		return w.tidy()
	}
	w.leave(w.at.node.input(w, in))
	if run.Waits == ForNothing && !run.Over {
		w.polite("the node waits for nothing") // a bug of ours, yet the caller is not left in silence
	}
	return w.tidy()
}

// walk is one step being taken.
type walk struct {
	run    *Run
	env    Env
	tree   *tree
	at     *step
	jump   *step // set by a node that leads to another tree
	orders []Order
}

func (w *walk) begin(in Begin) {
	w.run.Call = in.Call
	for _, v := range in.Vars {
		w.set(v)
	}
	w.run.Began = w.env.Now
	start := w.open(in.Tree)
	if start == nil {
		w.polite(fmt.Sprintf("there is no Smart Routing %s, or it has no start", short(string(in.Tree))))
		return
	}
	w.leave(w.arrive(start))
}

// open turns to a tree and returns its start; nil when there is none.
func (w *walk) open(id core.TreeID) *step {
	t := w.env.Book.trees[id]
	if t == nil || t.start == nil {
		return nil
	}
	w.tree = t
	w.run.Tree, w.run.Version, w.run.Stamp = id, t.source.Version, t.stamp
	return t.start
}

// resume finds the tree and the node where the run stands.
func (w *walk) resume() bool {
	w.tree = w.env.Book.find(w.run.Tree, w.run.Stamp)
	if w.tree == nil { // its text was not kept: the present one will do
		w.tree = w.env.Book.trees[w.run.Tree]
	}
	if w.tree == nil {
		return false
	}
	w.at = w.tree.steps[w.run.Node]
	return w.at != nil
}

// awaited says whether the run waits for the input, and takes down what every
// node would take down: the missing sounds, the stray terminator, a prompt that
// does not end and is taken as ended.
func (w *walk) awaited(in Input) (Input, bool) {
	r := w.run
	switch in := in.(type) {
	case PlayEnded:
		if r.Waits != ForPlay || in.Play != r.Play {
			return nil, false
		}
		w.missing(in.Missing)
		r.Waits, r.Play, r.Deadline = ForNothing, "", 0
		return in, true
	case Digit:
		if !isKey(in.Digit) || r.Ending || r.Waits != ForPlay && r.Waits != ForDigit {
			return nil, false
		}
		stray := r.Stray != 0 && in.Digit == r.Stray && w.env.Now <= r.StrayUntil
		r.Stray = 0
		return in, !stray
	case Woke:
		if r.Deadline.IsZero() || w.env.Now < r.Deadline {
			return nil, false
		}
		if r.Waits == ForPlay {
			w.note("the prompt did not end")
			w.rest()
			return PlayEnded{}, true
		}
		return in, true
	case Left:
		return in, r.Waits == ForLeft
	case Begin: // the second one
	}
	return nil, false
}

// leave goes on by an output until a node waits.
func (w *walk) leave(output string) {
	for output != "" && !w.run.Over {
		next := w.follow(output)
		if w.run.Over || w.run.Ending {
			return
		}
		if next == nil {
			w.polite(fmt.Sprintf("the output %s leads nowhere", short(output)))
			return
		}
		output = w.arrive(next)
	}
}

// follow closes the visit and finds the next node.
func (w *walk) follow(output string) *step {
	w.rest()
	v := &w.run.Path[len(w.run.Path)-1]
	v.Output = output
	if next := w.jump; next != nil {
		w.jump = nil
		return next
	}
	next := w.at.outputs[output]
	if w.turning() {
		w.note("stopped after %d steps without a pause", manySteps)
		next = nil
		if w.run.Looped {
			w.polite("the Smart Routing turns without end")
			return nil
		}
		w.run.Looped = true
	}
	if next == nil && output != "default" {
		if next = w.at.outputs["default"]; next != nil {
			v.Output = "default"
			w.note("%s", short(output))
		}
	}
	return next
}

// turning counts the steps and says whether there are too many.
func (w *walk) turning() bool {
	if w.env.Now.Sub(w.run.Began) > pause {
		w.run.Steps, w.run.Began = 0, w.env.Now
	}
	if w.run.Steps++; w.run.Steps < manySteps {
		return false
	}
	w.run.Steps = 0
	return true
}

// arrive opens a visit and enters the node.
func (w *walk) arrive(s *step) string {
	w.at = s
	w.run.Node, w.run.Tries, w.run.Digits = s.id, 0, ""
	w.visit(core.Visit{Node: s.id, Name: s.name, Kind: s.kind, At: w.env.Now})
	return s.node.enter(w)
}

// visit adds to the path. A path that is full keeps its beginning and its end.
func (w *walk) visit(v core.Visit) {
	if len(w.run.Path) < longPath {
		w.run.Path = append(w.run.Path, v)
		return
	}
	w.run.Path[longPath-1] = v
}

// note adds a remark to the visit, for the Datas tab.
func (w *walk) note(format string, args ...any) {
	if len(w.run.Path) == 0 {
		return
	}
	v := &w.run.Path[len(w.run.Path)-1]
	s := fmt.Sprintf(format, args...)
	if v.What != "" {
		s = v.What + ", " + s
	}
	if len(s) <= longRemark {
		v.What = s
	}
}

// polite ends a call that has nowhere to go: the goodbye, then the end. Silence
// is never the answer.
func (w *walk) polite(why string) {
	w.rest()
	w.run.Node = ""
	w.visit(core.Visit{Kind: "end", At: w.env.Now, What: why})
	w.farewell([]core.SoundID{w.env.Plan.Doc.Company.Goodbye}, core.Cause{Why: core.Ended, Reason: why})
}

// farewell says the sounds, if there are any to be heard, and hangs up.
func (w *walk) farewell(sounds []core.SoundID, cause core.Cause) {
	if w.play(sounds) {
		w.run.Ending, w.run.End = true, cause
		return
	}
	w.hangUp(cause)
}

func (w *walk) hangUp(cause core.Cause) {
	w.do(HangUp{Cause: cause})
	w.over()
}

// over ends the run.
func (w *walk) over() {
	w.rest()
	w.run.Over, w.run.Ending = true, false
	w.run.Node, w.run.Ahead, w.run.Digits = "", "", ""
}

func (w *walk) do(o Order) { w.orders = append(w.orders, o) }

// tidy leaves out each StopPlay that the next order makes needless.
func (w *walk) tidy() []Order {
	var out []Order
	for i, o := range w.orders {
		if _, stop := o.(StopPlay); stop && i+1 < len(w.orders) {
			switch w.orders[i+1].(type) {
			case Play, StopPlay, HangUp:
				continue
			case Enter, RingUser, CallNumber, LeaveMessage: // what they make heard may begin later
			}
		}
		out = append(out, o)
	}
	return out
}
