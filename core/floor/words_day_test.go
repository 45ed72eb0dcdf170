package floor

import (
	"fmt"
	"strings"
	"time"

	"belfry/core"
)

// day is what an agent does beside calls, where it is out of the ordinary.
func day(a *core.DeskAgent) []string {
	var parts []string
	if a.Next != "" {
		parts = append(parts, "then "+string(a.Next))
	}
	if a.Alarm != 0 && a.OnShift {
		parts = append(parts, string(a.Activity)+" until "+a.Alarm.Std().Format("15:04:05"))
	}
	if a.NextProfile != "" {
		parts = append(parts, "then as "+string(a.NextProfile))
	}
	if a.Reason != "" && a.State == core.NotResponding {
		parts = append(parts, "for "+a.Reason)
	}
	if a.Status != (core.Status{}) {
		parts = append(parts, fmt.Sprintf("says %s %q", a.Status.Kind, a.Status.Text))
	}
	return parts
}

// restarted is another life of the floor, in which what is named is alive: a call's
// caller, a number, an agent's line or phone.
func (s *teller) restarted(alive []string) []core.Event {
	ev := core.FloorStarted{Epoch: s.f.epoch + 1}
	for _, name := range alive {
		ev.Alive = append(ev.Alive, s.party(name))
	}
	return []core.Event{ev}
}

// asked writes down what somebody reads of the floor. Nothing happens.
func (s *teller) asked(verb string, args []string) []core.Event {
	s.t.Helper()
	switch verb {
	case "counts": // counts que_sales
		for _, c := range s.f.Counts() {
			if string(c.Queue) != args[0] {
				continue
			}
			w := fmt.Sprintf("%d entered", c.Entered)
			for i, o := range core.Outputs() {
				if n := c.Left[i]; n > 0 {
					w += fmt.Sprintf(", %d %s", n, o)
				}
			}
			fmt.Fprintf(&s.out, "  :: %s\n", w)
		}
	case "today": // today ann
		d := s.f.Desk(usr(args[0])).Today
		fmt.Fprintf(&s.out, "  :: %d answered, %d ended, %v of talk, %d missed\n", d.Answered, d.Ended, d.Talk, d.Missed)
	case "misses": // misses ann
		a := s.f.Desk(usr(args[0])).Agent
		fmt.Fprintf(&s.out, "  :: %s, %d misses and %d declines in a row\n", a.State, a.Misses, a.Declines)
	default:
		s.t.Fatalf("the story says %q, which means nothing", verb)
	}
	return nil
}

// heard is from where music goes on.
func heard(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf(", from %v", d)
}

// fact says in short what is kept.
func (s *teller) fact(x core.Fact, short func(string) string) string {
	switch x := x.(type) {
	case core.Interaction:
		w := fmt.Sprintf("keep %s: %s by %s, %s", x.Call, x.Outcome, x.EndedBy, x.Cause.Why)
		for _, d := range x.Distributions {
			w += fmt.Sprintf("; %s %s after %v", d.Queue, d.Outcome, d.Wait)
		}
		for _, o := range x.Offers {
			w += fmt.Sprintf("; %s %s", o.Agent, o.Outcome)
		}
		for _, t := range x.Transfers {
			w += fmt.Sprintf("; to %s: %s %s", t.To.Kind(), t.State, t.Reason)
		}
		if len(x.Talks) > 1 || x.Direction == "outbound" && x.Parent != "" {
			for _, t := range x.Talks {
				w += fmt.Sprintf("; %s%s %s %v", t.Agent, t.Number, t.Role, t.Ended.Sub(t.Began))
			}
		}
		if r := x.Recording; r != nil {
			w += "; tape"
			for _, s := range r.Segments {
				w += fmt.Sprintf(" %s %v", s.Kind, s.Until.Sub(s.From))
			}
		}
		return short(w)
	case core.VoiceMessage:
		return short(fmt.Sprintf("keep message of %v in %s", x.Length, x.Mailbox))
	case core.AgentMoved:
		return ""
	case core.Qualification:
		if x.Due {
			return short(fmt.Sprintf("%s is to be qualified by %s", x.Interaction, x.Agent))
		}
		return short(fmt.Sprintf("keep that %s was %q", x.Interaction, x.Value))
	case core.RecordingKept:
		return "keep recording " + string(x.ID)
	case core.Popped:
		return short(fmt.Sprintf("keep that %s was %s for %s, %s%s", x.Button, strings.TrimSpace(x.Outcome+" "+x.Why), x.Agent, x.When, status(x.Status)))
	case core.Notice:
		return fmt.Sprintf("notice %s: %s", x.Kind, x.What)
	}
	return fmt.Sprintf("%T", x)
}

// knownOf is what a popup says of the caller beside the name.
func knownOf(o *core.DeskOffer) string {
	w := ""
	if o.VIP {
		w += ", VIP " + o.Name
	}
	if o.Earlier > 0 {
		w += fmt.Sprintf(", %d earlier", o.Earlier)
	}
	return w
}
