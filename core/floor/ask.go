package floor

import (
	"slices"
	"time"

	"belfry/core"
)

// asking is a short talk with who waits: at which number they want to be called
// back. They keep their place meanwhile, and an agent who answers ends it.
type asking struct {
	Step   string // own, typing, typed
	Number string
	Class  core.NumberClass `json:",omitempty"` // of it
	Reads  bool             `json:",omitempty"` // its class is asked for
	Digits string
	Tries  int
	Until  core.Time // for a key; while words are heard, their end is waited for
}

// How long a key is waited for, and the class of a number; how often one may be
// typed.
const (
	readPatience = 2 * time.Second
	keyPatience  = 8 * time.Second
	typePatience = 6 * time.Second
	typeTries    = 3
	mostTyped    = 16
)

// queueKey: who waits has pressed a key.
func (f *Floor) queueKey(c *call, key byte) {
	q := f.queueSet(c.Wait.Queue)
	switch {
	case q == nil || c.Leg == "":
	case c.Wait.Asking != nil:
		f.askKey(c, key)
	case q.KeyDoes(key) == "leave":
		f.endOffers(c, "withdrawn", core.Cause{Why: core.Ended, Reason: "the caller pressed a key"})
		c.Run.Vars = slices.DeleteFunc(slices.Clone(c.Run.Vars), func(v core.Var) bool { return v.Name == "key" })
		c.Run.Vars = append(c.Run.Vars, core.Var{Name: "key", Value: string(rune(key)), Source: "queue"})
		f.leftBy(c, string(core.OutKeyPressed), "key "+string(rune(key)))
	case q.KeyDoes(key) == "callback":
		f.askBegins(c)
	}
}

// askBegins asks at which number: that of the call, where it may be called.
func (f *Floor) askBegins(c *call) {
	number := c.caller()
	c.Wait.Asking = &asking{Step: "own", Number: number}
	if number != "" && f.mayCallBack(c, number) {
		f.askReads(c, number)
		return
	}
	f.askOther(c)
}

// askReads has the number read: whom the queue does not dial is promised nothing.
func (f *Floor) askReads(c *call, number string) {
	a := c.Wait.Asking
	a.Number, a.Class, a.Reads, a.Until = number, "", true, f.now.Add(readPatience)
	f.do(core.ReadNumber{Call: c.ID, Number: number})
	f.touch(c)
}

// numberRead: the class of a number is known at which somebody wants to be
// called back.
func (f *Floor) numberRead(ev core.NumberRead) {
	c := f.calls[ev.Call]
	if c == nil || c.Stage != waiting && c.Stage != offered || c.Wait.Asking == nil || f.queueSet(c.Wait.Queue) == nil {
		return
	}
	if a := c.Wait.Asking; a.Reads && a.Number == ev.Number {
		a.Reads, a.Class = false, ev.Class
		f.askRead(c)
	}
}

// askRead goes on when the class is known, or does not come.
func (f *Floor) askRead(c *call) {
	a := c.Wait.Asking
	a.Reads = false
	f.touch(c)
	switch dialled := f.dialsBack(c); {
	case dialled && a.Step == "own":
		f.askNumber(c, "cb_own")
	case dialled:
		a.Step = "typed"
		f.askNumber(c, "cb_number")
	case a.Step == "own":
		f.askOther(c)
	default:
		f.askWrong(c)
	}
}

// askOther asks for another number than the caller's, where the queue calls any.
func (f *Floor) askOther(c *call) {
	a := c.Wait.Asking
	switch prefixes := f.queueSet(c.Wait.Queue).Callback.Prefixes; {
	case len(prefixes) == 0:
		f.askEnds(c, "cb_cannot")
	case a.Number != "":
		f.askTyping(c, "cb_wrong")
	default:
		f.askTyping(c)
	}
}

// dialsBack says whether the number in question is one that will be dialled.
func (f *Floor) dialsBack(c *call) bool {
	a, q := c.Wait.Asking, f.queueSet(c.Wait.Queue)
	return f.mayCallBack(c, a.Number) && slices.Contains(q.Callback.Classes(), a.Class)
}

// mayCallBack says whether a number may be called back: not one that nobody
// calls, and where the queue names prefixes only those.
func (f *Floor) mayCallBack(c *call, number string) bool {
	q := f.queueSet(c.Wait.Queue)
	if f.plan.Unwanted(number) || f.plan.Number(number) != nil || number[0] != '+' {
		return false
	}
	return len(q.Callback.Prefixes) == 0 || f.plan.Typed(q, number) != ""
}

// askNumber reads the number out and asks whether it is right.
func (f *Floor) askNumber(c *call, intro string) {
	words := slices.Concat(f.wordList(intro), f.digits(c.Wait.Asking.Number), f.wordList("cb_accept"))
	if len(f.queueSet(c.Wait.Queue).Callback.Prefixes) > 0 {
		words = append(words, f.word("cb_other"))
	}
	f.tell(c, append(words, f.word("cb_stay")))
}

// askTyping has the caller type a number, after the words.
func (f *Floor) askTyping(c *call, words ...string) {
	a := c.Wait.Asking
	a.Step, a.Digits = "typing", ""
	f.tell(c, f.wordList(append(words, "cb_type")...))
}

// askEnds says something and lets the caller wait on.
func (f *Floor) askEnds(c *call, words ...string) {
	c.Wait.Asking = nil
	f.touch(c)
	if len(words) == 0 {
		f.hears(c)
		return
	}
	f.tell(c, f.wordList(words...))
}

// askHeard: the question has been heard; the key is waited for with music.
func (f *Floor) askHeard(c *call) {
	if a := c.Wait.Asking; !a.Reads {
		a.Until = f.now.Add(keyPatience)
	}
	f.hears(c)
}

// askMet: no key came, or no class. What was typed counts; else the caller waits
// on.
func (f *Floor) askMet(c *call) {
	switch a := c.Wait.Asking; {
	case f.queueSet(c.Wait.Queue) == nil: // removed, while somebody is rung
		f.askEnds(c)
	case a.Reads:
		f.askRead(c)
	case a.Step == "typing" && a.Digits != "":
		f.askTyped(c)
	default:
		f.askEnds(c)
	}
}

// askKey takes a key of the talk.
func (f *Floor) askKey(c *call, key byte) {
	a, q := c.Wait.Asking, f.queueSet(c.Wait.Queue)
	f.touch(c)
	switch {
	case key == '*':
		f.askEnds(c)
	case a.Reads:
	case a.Step == "typing" && key == '#':
		f.askTyped(c)
	case a.Step == "typing" && key >= '0' && key <= '9':
		if len(a.Digits) < mostTyped {
			a.Digits += string(rune(key))
		}
		a.Until = f.now.Add(typePatience)
		if c.Wait.Saying != "" {
			f.hears(c)
		}
	case a.Step == "typing":
	case key == '1' && !f.dialsBack(c): // any more
		f.askEnds(c, "cb_cannot")
	case key == '1':
		f.callbackAccepted(c, a.Number, a.Class)
	case key == '2' && len(q.Callback.Prefixes) > 0:
		f.askTyping(c)
	}
}

// askTyped looks at the number that was typed.
func (f *Floor) askTyped(c *call) {
	a, q := c.Wait.Asking, f.queueSet(c.Wait.Queue)
	number := f.plan.Typed(q, a.Digits)
	if number != "" && f.mayCallBack(c, number) {
		f.askReads(c, number)
		return
	}
	f.askWrong(c)
}

// askWrong: the number that was typed is not called. Another one may be.
func (f *Floor) askWrong(c *call) {
	a := c.Wait.Asking
	if a.Tries++; a.Tries >= typeTries {
		f.askEnds(c, "cb_cannot")
		return
	}
	f.askTyping(c, "cb_wrong")
}
