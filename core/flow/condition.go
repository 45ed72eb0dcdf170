package flow

// condition asks a question about the variables, such as
//
//	digits == '42' and not (caller starts '+33' or tries > 2)
//
// See expression.go for what may be asked.
type condition struct {
	If string `json:"if"`

	expr expr
}

func (n *condition) check(c *check) {
	e, err := parse(n.If)
	if err != nil {
		c.setting("if", "condition-malformed", "the condition is not readable: %v", err)
		return
	}
	n.expr = e
}

func (n *condition) enter(w *walk) string {
	output := "default"
	switch {
	case n.expr == nil:
		w.note("the condition is not readable")
	case n.expr.holds(w.run):
		output = "true"
		w.note("true")
	default:
		output = "false"
		w.note("false")
	}
	return output
}

func (n *condition) input(*walk, Input) string { return "default" }
