package flow

import (
	"regexp"
	"slices"
	"time"

	"belfry/core"
)

// collect takes digits into a variable. They are complete at the terminator, at
// Max, or when no more come; they are good when there are at least Min and the
// whole of them matches Pattern.
type collect struct {
	Sounds     []core.SoundID `json:"sounds,omitempty"`
	NoInput    []core.SoundID `json:"no_input_sounds,omitempty"` // before Sounds, from the second try on
	Invalid    []core.SoundID `json:"invalid_sounds,omitempty"`
	Variable   string         `json:"variable"`
	Min        int            `json:"min,omitempty"`                 // 1; 1–32
	Max        int            `json:"max,omitempty"`                 // 20; 1–32
	Terminator *string        `json:"terminator,omitempty"`          // #; * or empty for none
	First      int            `json:"first_digit_seconds,omitempty"` // 5; 1–60, after the prompt
	Next       int            `json:"inter_digit_seconds,omitempty"` // 3; 1–30
	Tries      int            `json:"tries,omitempty"`               // 3; 1–10
	Pattern    string         `json:"pattern,omitempty"`             // RE2
	Secret     bool           `json:"secret,omitempty"`              // shown to nobody
	BargeIn    *bool          `json:"barge_in,omitempty"`            // true

	pattern *regexp.Regexp
}

// strayFor is how long a terminator may follow digits that were complete
// without it. People press # because they were told to.
const strayFor = 2 * time.Second

func (n *collect) check(c *check) {
	c.sounds("sounds", n.Sounds)
	c.sounds("no_input_sounds", n.NoInput)
	c.sounds("invalid_sounds", n.Invalid)
	c.variable("variable", n.Variable)
	c.between("min", n.Min, 1, 32)
	c.between("max", n.Max, 1, 32)
	if or(n.Min, 1) > or(n.Max, 20) {
		c.setting("min", "out-of-range", "min is larger than max")
	}
	if n.Terminator != nil && *n.Terminator != "" && *n.Terminator != "*" && *n.Terminator != "#" {
		c.setting("terminator", "not-a-choice", "the terminator is #, * or empty, not %q", *n.Terminator)
	}
	c.between("first_digit_seconds", n.First, 1, 60)
	c.between("inter_digit_seconds", n.Next, 1, 30)
	c.between("tries", n.Tries, 1, 10)
	if n.Pattern == "" {
		return
	}
	if len(n.Pattern) > 200 {
		c.setting("pattern", "pattern-long", "a pattern has at most 200 characters")
		return
	}
	pattern, err := regexp.Compile("^(?:" + n.Pattern + ")$")
	if err != nil {
		c.setting("pattern", "pattern-malformed", "the pattern is not readable: %v", err)
		return
	}
	n.pattern = pattern
}

func (n *collect) enter(w *walk) string { return n.ask(w, nil) }

func (n *collect) input(w *walk, in Input) string {
	switch in := in.(type) {
	case Digit:
		if w.playing() && !barges(n.BargeIn) {
			w.keep(in.Digit)
			return ""
		}
		return n.digit(w, in.Digit)
	case PlayEnded:
		if w.run.Ahead != "" {
			return n.ahead(w)
		}
		w.listen(seconds(n.First, 5))
	case Woke:
		return n.complete(w)
	case Begin, Left: // not awaited here
	}
	return ""
}

// ask begins a try: with what was typed ahead, else with the prompt.
func (n *collect) ask(w *walk, words []core.SoundID) string {
	w.run.Digits = ""
	if w.run.Ahead != "" {
		return n.ahead(w)
	}
	if !w.play(slices.Concat(words, n.Sounds)) {
		w.listen(seconds(n.First, 5))
	}
	return ""
}

func (n *collect) ahead(w *walk) string {
	tries := w.run.Tries
	for w.run.Ahead != "" {
		if output := n.digit(w, w.typed()); output != "" || w.run.Tries != tries {
			return output
		}
	}
	return ""
}

// digit takes one key.
func (n *collect) digit(w *walk, d byte) string {
	end := n.terminator()
	if d == end && end != 0 {
		return n.complete(w)
	}
	w.run.Digits += string(rune(d))
	if len(w.run.Digits) < or(n.Max, 20) {
		w.listen(seconds(n.Next, 3))
		return ""
	}
	if end != 0 && w.run.Ahead != "" && w.run.Ahead[0] == end {
		w.typed()
	} else {
		w.run.Stray, w.run.StrayUntil = end, w.env.Now.Add(strayFor)
	}
	return n.complete(w)
}

// complete judges what was typed.
func (n *collect) complete(w *walk) string {
	digits := w.run.Digits
	switch {
	case digits == "":
		w.note("no digits")
		return n.again(w, "no_input", n.NoInput)
	case len(digits) < or(n.Min, 1) || n.pattern != nil && !n.pattern.MatchString(digits):
		w.note("not valid")
		w.run.Ahead = ""
		return n.again(w, "invalid", n.Invalid)
	}
	w.set(core.Var{Name: n.Variable, Value: digits, Source: "collect", Secret: n.Secret})
	w.note("%d digits", len(digits))
	w.run.Digits = ""
	return "got"
}

func (n *collect) again(w *walk, output string, words []core.SoundID) string {
	if w.run.Tries++; w.run.Tries >= or(n.Tries, 3) {
		return output
	}
	return n.ask(w, words)
}

// terminator is the key that completes; 0 for none.
func (n *collect) terminator() byte {
	switch {
	case n.Terminator == nil:
		return '#'
	case *n.Terminator == "":
		return 0
	}
	return (*n.Terminator)[0]
}
