package flow

import "belfry/core"

// set writes a variable. In the value, ${name} stands for another one.
type set struct {
	Variable string `json:"variable"`
	Value    string `json:"value"`
	Secret   bool   `json:"secret,omitempty"`
}

func (s *set) check(c *check) {
	c.variable("variable", s.Variable)
	if len(s.Value) > longValue {
		c.setting("value", "value-long", "a value has at most %d bytes", longValue)
	}
}

func (s *set) enter(w *walk) string {
	value, secret := w.run.fill(s.Value)
	secret = secret || s.Secret
	w.set(core.Var{Name: s.Variable, Value: value, Source: "set", Secret: secret})
	if secret {
		value = "••••"
	}
	w.note("%s = %s", s.Variable, short(value))
	return "next"
}

func (s *set) input(*walk, Input) string { return "next" }
