package sim

import (
	"fmt"
	"strings"

	"belfry/core"
)

// step is one piece of news and what the floor ordered about it.
type step struct {
	at      core.Time
	event   core.Event
	effects []core.Effect
}

// story tells the last n steps.
func (w *World) story(n int) string {
	var b strings.Builder
	from := max(0, len(w.trace)-n)
	for i, s := range w.trace[from:] {
		s.tell(&b, from+i+1)
	}
	return b.String()
}

// StoryOf tells all steps in which a word occurs, such as a call's name.
func (w *World) StoryOf(word string) string {
	var b strings.Builder
	for i, s := range w.trace {
		var one strings.Builder
		s.tell(&one, i+1)
		if strings.Contains(one.String(), word) {
			b.WriteString(one.String())
		}
	}
	return b.String()
}

func (s *step) tell(b *strings.Builder, n int) {
	fmt.Fprintf(b, "%d %s %s\n", n, s.at.Std().Format("15:04:05.000"), words(s.event))
	for _, e := range s.effects {
		fmt.Fprintf(b, "    -> %s\n", words(e))
	}
}

// words are an event or an effect on one line.
func words(x any) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", x), "core.")
	switch x := x.(type) {
	case core.PlanChanged:
		return fmt.Sprintf("%s %d", name, x.Revision)
	case core.Asked:
		return fmt.Sprintf("%s %s %T%+v", name, x.Agent, x.Want, x.Want)
	case core.Reply:
		if x.Err != nil {
			return fmt.Sprintf("%s no: %s", name, x.Err.Text)
		}
		return name + " done"
	case core.Note:
		if r, ok := x.Fact.(core.Interaction); ok {
			return fmt.Sprintf("%s %s %s by %s", name, r.Call, r.Outcome, r.EndedBy)
		}
	}
	s := fmt.Sprintf("%+v", x)
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return name + s
}
