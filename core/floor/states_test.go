package floor

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"belfry/core"
)

// TestEveryStageHasADeadline: a call in any stage but the last has one, and can
// reach the last.
func TestEveryStageHasADeadline(t *testing.T) {
	t.Parallel()
	f := New()
	f.now = core.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	f.Step(core.News{Seq: 1, At: f.now, Event: core.FloorStarted{Epoch: 1}})
	f.Step(core.News{Seq: 2, At: f.now, Event: core.PlanChanged{Revision: 1, Doc: doc(t, company())}})
	for s, next := range stageMoves { //nolint:maprange // each alone
		c := &call{
			ID: "cal_1", Stage: s, Since: f.now, Wait: &wait{Queue: "que_sales", Entered: f.now, Arrived: f.now},
			Ring: &ring{Until: f.now}, Mail: &mail{Until: f.now.Add(time.Second)}, Talk: &talk{}, Out: &out{Until: f.now.Add(time.Second)}, Transfer: &transfer{},
		}
		if s == resting {
			c.Back = &callback{Asked: f.now, Next: f.now.Add(time.Second)}
		}
		at := c.deadline(f)
		if (s == over) != (at == 0) {
			t.Errorf("a call that is %s has the deadline %v", s, at)
		}
		for _, n := range next {
			if _, known := stageMoves[n]; !known {
				t.Errorf("%s leads to %s, which is no stage", s, n)
			}
		}
		if !reaches(s, over, map[stage]bool{}) {
			t.Errorf("from %s there is no way to the end", s)
		}
	}
}

func reaches(from, to stage, seen map[stage]bool) bool {
	if from == to {
		return true
	}
	seen[from] = true
	return slices.ContainsFunc(stageMoves[from], func(n stage) bool { return !seen[n] && reaches(n, to, seen) })
}

// TestStateDiagrams keeps docs/states.md what the tables say; -update writes it.
func TestStateDiagrams(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# States\n\nPrinted from the tables in core/floor by a test. A move that is not here is a bug of ours, and panics.\n\n## A call\n\n")
	calls := map[string][]string{}
	for s, next := range stageMoves { //nolint:maprange // sorted by diagram
		for _, n := range next {
			calls[string(s)] = append(calls[string(s)], string(n))
		}
	}
	diagram(&b, calls)
	b.WriteString("\n## An agent's routing state\n\n")
	agents := map[string][]string{}
	for s, next := range agentMoves { //nolint:maprange // sorted by diagram
		for _, n := range next {
			agents[string(s)] = append(agents[string(s)], string(n))
		}
	}
	diagram(&b, agents)
	const file = "../../docs/states.md"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != b.String() {
		t.Errorf("docs/states.md is not what the tables say (%v): go test ./core/floor -run Diagrams -update", err)
	}
}

func diagram(b *strings.Builder, moves map[string][]string) {
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	var from []string
	for s := range moves { //nolint:maprange // sorted below
		from = append(from, s)
	}
	slices.Sort(from)
	for _, s := range from {
		slices.Sort(moves[s])
		for _, n := range moves[s] {
			fmt.Fprintf(b, "  %s --> %s\n", s, n)
		}
	}
	b.WriteString("```\n")
}

// TestLateNewsChangesNothing: what is told about calls, legs and agents that are
// gone, or never were, changes nothing and orders nothing.
func TestLateNewsChangesNothing(t *testing.T) {
	t.Parallel()
	f := New()
	now := core.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	f.Step(core.News{Seq: 1, At: now, Event: core.FloorStarted{Epoch: 1}})
	f.Step(core.News{Seq: 2, At: now, Event: core.PlanChanged{Revision: 1, Doc: doc(t, company())}})
	seq := uint64(2)
	for _, ev := range []core.Event{
		core.LegRang{Leg: "leg_sx"},
		core.LegUp{Leg: "leg_sx"},
		core.LegGone{Leg: "leg_sx"},
		core.LegHeld{Leg: "leg_sx", Held: true},
		core.DigitCame{Leg: "leg_sx", Digit: '1'},
		core.PlayEnded{Leg: "leg_sx", Play: "ply_x"},
		core.PlayEnded{Leg: "leg_bx"},
		core.RecordEnded{Leg: "leg_sx", Record: "vm_x"},
		core.SoundMissed{Leg: "leg_bx", On: true},
		core.Referred{Leg: "leg_sx", To: "201"},
		core.TapeRolled{Call: "cal_x", Tape: "rec_x", On: true},
		core.TapeFailed{Call: "cal_x", Tape: "rec_x"},
		core.AudioLost{Leg: "leg_bx"},
		core.AudioBack{Leg: "leg_bx"},
		core.QualityCame{Leg: "leg_bx"},
		core.StationGone{Agent: "usr_ann", Station: "sta_x"},
		core.StationUp{Agent: "usr_nobody", Station: "sta_x"},
		core.PageGone{Agent: "usr_ann"},
		core.PageThawed{Agent: "usr_nobody"},
		core.SoundChecked{Agent: "usr_nobody", Fault: "no_mic"},
		core.SoundChecked{Agent: "usr_ann"},
		core.RingDrawn{Agent: "usr_ann", Offer: "off_x"},
		core.ContactCame{Call: "cal_x", Contact: "con_x"},
		core.CallFailed{Call: "cal_x"},
		core.Woke{},
		core.PlanChanged{Revision: 1, Doc: []byte("{")},
		core.FloorStarted{Epoch: 1},
	} {
		before := f.Freeze()
		seq++
		if out := f.Step(core.News{Seq: seq, At: now, Event: ev}); len(out) > 0 {
			t.Errorf("%T ordered %v", ev, out)
		}
		before.Seq = seq
		was, err := before.Encode()
		is, err2 := f.Snapshot()
		if err != nil || err2 != nil || string(was) != string(is) {
			t.Errorf("%T changed the floor (%v %v):\n%s\n%s", ev, err, err2, was, is)
		}
	}
}
