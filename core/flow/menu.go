package flow

import (
	"slices"

	"belfry/core"
)

// menu offers a choice by key. Each key is an output; a key whose output is not
// wired is no match. The caller has a number of tries, then the call leaves by
// no_input or no_match, whichever was the last.
type menu struct {
	Sounds  []core.SoundID `json:"sounds"`
	NoInput []core.SoundID `json:"no_input_sounds,omitempty"` // before Sounds, from the second try on
	NoMatch []core.SoundID `json:"no_match_sounds,omitempty"`
	Tries   int            `json:"tries,omitempty"`           // 3; 1–10
	Timeout int            `json:"timeout_seconds,omitempty"` // 5; 1–60, after the prompt
	BargeIn *bool          `json:"barge_in,omitempty"`        // true: a key cuts the prompt short
}

var menuOutputs = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#", "no_input", "no_match"}

func (m *menu) check(c *check) {
	c.sounds("sounds", m.Sounds)
	c.sounds("no_input_sounds", m.NoInput)
	c.sounds("no_match_sounds", m.NoMatch)
	c.between("tries", m.Tries, 1, 10)
	c.between("timeout_seconds", m.Timeout, 1, 60)
}

func (m *menu) enter(w *walk) string {
	if d := w.typed(); d != 0 {
		return m.key(w, d)
	}
	return m.ask(w, nil)
}

func (m *menu) input(w *walk, in Input) string {
	switch in := in.(type) {
	case Digit:
		if w.playing() && !barges(m.BargeIn) {
			w.keep(in.Digit)
			return ""
		}
		return m.key(w, in.Digit)
	case PlayEnded:
		if d := w.typed(); d != 0 {
			return m.key(w, d)
		}
		w.listen(seconds(m.Timeout, 5))
	case Woke:
		w.note("no key")
		return m.again(w, "no_input", m.NoInput)
	case Begin, Left: // not awaited here
	}
	return ""
}

// key takes one key.
func (m *menu) key(w *walk, d byte) string {
	w.note("key %c", d)
	output := string(rune(d))
	if slices.Contains(menuOutputs, output) && w.at.outputs[output] != nil {
		return output
	}
	w.run.Ahead = "" // what was typed behind a wrong key was meant for another place
	return m.again(w, "no_match", m.NoMatch)
}

// again counts a try and asks once more, else leaves.
func (m *menu) again(w *walk, output string, words []core.SoundID) string {
	if w.run.Tries++; w.run.Tries >= or(m.Tries, 3) {
		return output
	}
	return m.ask(w, words)
}

// ask plays the words and the prompt, and listens.
func (m *menu) ask(w *walk, words []core.SoundID) string {
	if !w.play(slices.Concat(words, m.Sounds)) {
		w.listen(seconds(m.Timeout, 5))
	}
	return ""
}

// barges says whether a key cuts a prompt short; it does unless set otherwise.
func barges(setting *bool) bool { return setting == nil || *setting }

// or is n, or def when n is 0.
func or(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}
