package flow

import "belfry/core"

// play has sounds heard, one after the other. A key cuts them short when
// barge_in is set; either way it is kept for the next node that asks.
type play struct {
	Sounds  []core.SoundID `json:"sounds"`
	BargeIn bool           `json:"barge_in,omitempty"`
}

func (p *play) check(c *check) {
	if len(p.Sounds) == 0 {
		c.setting("sounds", "nothing-to-play", "there is nothing to play")
	}
	c.sounds("sounds", p.Sounds)
}

func (p *play) enter(w *walk) string {
	if w.play(p.Sounds) {
		return ""
	}
	return "played"
}

func (p *play) input(w *walk, in Input) string {
	if d, ok := in.(Digit); ok {
		w.keep(d.Digit)
		if !p.BargeIn {
			return ""
		}
		w.note("cut short")
	}
	return "played"
}
