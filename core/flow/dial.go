package flow

import "belfry/core/plan"

// dial calls a number outside: a fixed one, or one that stands in Number, in
// which ${name} stands for a variable: ${dialled} is whom an agent calls.
type dial struct {
	Number string `json:"number"`
	Ring   int    `json:"ring_seconds,omitempty"` // 60; 5–120
}

func (d *dial) check(c *check) {
	if d.Number == "" || len(d.Number) > longValue {
		c.setting("number", "number-missing", "say which number is called, such as +33123456789 or ${dialled}")
	}
	c.between("ring_seconds", d.Ring, 5, 120)
}

func (d *dial) enter(w *walk) string {
	text, _ := w.run.fill(d.Number)
	number := plan.Normal(text)
	if number == "" || number[0] != '+' {
		w.note("%s is no number", short(text))
		return "failed"
	}
	w.note("number %s", short(number))
	w.away(CallNumber{Number: number, Ring: d.Ring})
	return ""
}

func (d *dial) input(w *walk, in Input) string { return w.left(in) }
