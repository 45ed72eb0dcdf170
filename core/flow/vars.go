package flow

import (
	"slices"
	"strings"

	"belfry/core"
)

// set writes a variable, in place of what it was.
func (w *walk) set(v core.Var) {
	if len(v.Value) > longValue {
		v.Value = v.Value[:longValue]
	}
	v.Value = strings.ToValidUTF8(v.Value, "") // a display name may be any bytes
	i := slices.IndexFunc(w.run.Vars, func(x core.Var) bool { return x.Name == v.Name })
	if i < 0 {
		w.run.Vars = append(w.run.Vars, v)
		return
	}
	w.run.Vars[i] = v
}

// value reads a variable; one that was never set is empty.
func (r *Run) value(name string) (value string, secret bool) {
	for _, v := range r.Vars {
		if v.Name == name {
			return v.Value, v.Secret
		}
	}
	return "", false
}

// Shown are the variables as people may see them: secrets as dots.
func (r *Run) Shown() []core.Var {
	shown := slices.Clone(r.Vars)
	for i := range shown {
		if shown[i].Secret {
			shown[i].Value = "••••"
		}
	}
	return shown
}

// fill puts the variables into a text in which they stand as ${name}. What is
// made of a secret is secret.
func (r *Run) fill(text string) (filled string, secret bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), secret
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || !isName(name) {
			b.WriteString("${")
			text = rest
			continue
		}
		value, hidden := r.value(name)
		b.WriteString(value)
		secret = secret || hidden
		text = after
	}
}

// isName says whether s may name a variable.
func isName(s string) bool {
	if s == "" || len(s) > 32 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
