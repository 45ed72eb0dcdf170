package host

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// toy is a floor of a few rules, so that the host can be tested for itself:
//
//   - a call that comes is answered and shown to Ann, and must end in 20 s;
//   - the key 8 panics over the call cal_2, while that is live;
//   - the key 9 panics, and so does CallFailed for a call named cal_cursed;
//   - the call cal_stuck outstays its deadline, which is our bug;
//   - a call that ends leaves an Interaction;
//   - asking to accept "off_no" is refused, anything else is done.
type toy struct {
	working core.CallID
	S       struct {
		Seq      uint64
		At       core.Time
		Epoch    uint64
		Revision uint64
		Pool     uint64
		Calls    []toyCall
	}
}

type toyCall struct {
	Call core.CallID
	Leg  core.LegID
	Came core.Time
	Name string
	Up   bool
}

func toys() factory {
	return factory{
		fresh: func() machine { return &toy{} },
		restore: func(b []byte) (machine, error) {
			f := &toy{}
			return f, json.Unmarshal(b, &f.S)
		},
	}
}

const toyLongest = 20 * time.Second

func (f *toy) find(leg core.LegID) int {
	return slices.IndexFunc(f.S.Calls, func(c toyCall) bool { return c.Leg == leg })
}

func (f *toy) Step(n core.News) []core.Effect {
	if n.Seq <= f.S.Seq || n.At < f.S.At {
		panic(fmt.Sprintf("event %d at %d after %d at %d", n.Seq, n.At, f.S.Seq, f.S.At))
	}
	f.S.Seq, f.S.At = n.Seq, n.At
	switch ev := n.Event.(type) {
	case core.FloorStarted:
		f.S.Epoch = ev.Epoch
	case core.PlanChanged:
		f.S.Revision = ev.Revision
	case core.CallCame:
		f.S.Calls = append(f.S.Calls, toyCall{Call: ev.Call, Leg: ev.Leg, Came: n.At, Name: ev.From.Name})
		f.S.Pool++
		return []core.Effect{
			core.Answer{Leg: ev.Leg},
			core.Fetch{Call: ev.Call, Number: ev.From.Number},
			core.Show{Agent: "usr_ann", Now: true},
			core.Show{Agent: "usr_bob"},
		}
	case core.LegUp:
		if i := f.find(ev.Leg); i >= 0 {
			f.S.Calls[i].Up = true
			return []core.Effect{core.Join{Leg: ev.Leg, Room: core.RoomID(f.S.Calls[i].Call)}, core.Show{Agent: "usr_bob"}}
		}
	case core.DigitCame:
		if i := f.find(ev.Leg); i >= 0 && ev.Digit == '9' {
			f.S.Calls[i].Name = "half a change"
			panic("the key 9")
		}
		if i := slices.IndexFunc(f.S.Calls, func(c toyCall) bool { return c.Call == "cal_2" }); i >= 0 && ev.Digit == '8' {
			f.working = "cal_2"
			panic("the key 8")
		}
		return []core.Effect{core.Stop{Leg: ev.Leg}}
	case core.ContactCame:
		if i := slices.IndexFunc(f.S.Calls, func(c toyCall) bool { return c.Call == ev.Call }); i >= 0 {
			f.S.Calls[i].Name = ev.Name
		}
	case core.LegGone:
		if i := f.find(ev.Leg); i >= 0 {
			return f.over(i, n.At, "answered")
		}
	case core.CallFailed:
		if ev.Call == "cal_cursed" {
			panic("cursed")
		}
		if i := slices.IndexFunc(f.S.Calls, func(c toyCall) bool { return c.Call == ev.Call }); i >= 0 {
			leg := f.S.Calls[i].Leg
			return append(f.over(i, n.At, "failed"), core.Drop{Leg: leg})
		}
	case core.Asked:
		if a, ok := ev.Want.(core.Accept); ok && a.Offer == "off_no" {
			return []core.Effect{core.Reply{Ask: ev.Ask, Err: core.Errorf(core.Conflict, "call-taken", "Somebody else was first.")}}
		}
		if _, ok := ev.Want.(core.Hangup); ok {
			panic("hangup")
		}
		return []core.Effect{core.Reply{Ask: ev.Ask}, core.Show{Agent: ev.Agent}}
	case core.Woke:
		for i, c := range f.S.Calls {
			if c.Came.Add(toyLongest) <= n.At && c.Call != "cal_stuck" {
				return append(f.over(i, n.At, "failed"), core.Drop{Leg: c.Leg})
			}
		}
	default:
	}
	return nil
}

func (f *toy) Working() core.CallID { return f.working }

func (f *toy) over(i int, at core.Time, outcome string) []core.Effect {
	c := f.S.Calls[i]
	f.S.Calls = slices.Delete(f.S.Calls, i, i+1)
	f.S.Pool++
	return []core.Effect{core.Note{Fact: core.Interaction{ID: c.Call.Interaction(), Call: c.Call, Outcome: outcome, Came: c.Came, Ended: at}}}
}

func (f *toy) Deadline() core.Time {
	var first core.Time
	for _, c := range f.S.Calls {
		if d := c.Came.Add(toyLongest); first == 0 || d < first {
			first = d
		}
	}
	return first
}

func (f *toy) Desk(agent core.UserID) *core.Desk {
	return &core.Desk{At: f.S.At, Epoch: f.S.Epoch, Seq: f.S.Seq, Agent: core.DeskAgent{ID: agent}}
}

func (f *toy) Pool(core.UserID) *core.Pool    { return &core.Pool{At: f.S.At, Total: len(f.S.Calls)} }
func (f *toy) PoolRevision() uint64           { return f.S.Pool }
func (f *toy) Presence() *core.Presence       { return &core.Presence{At: f.S.At} }
func (f *toy) Active() *plan.Active           { return nil }
func (f *toy) Live(core.ProfileID) *core.Live { return nil }
func (f *toy) Agents() []core.UserID          { return []core.UserID{"usr_ann", "usr_bob"} }
func (f *toy) Calls() int                     { return len(f.S.Calls) }
func (f *toy) Check() []floor.Broken          { return nil }

func (f *toy) Interaction(call core.CallID) *core.Interaction {
	for _, c := range f.S.Calls {
		if c.Call == call {
			return &core.Interaction{ID: call.Interaction(), Call: call, Name: c.Name}
		}
	}
	return nil
}

func (f *toy) CallOf(ev core.Event) core.CallID {
	var leg core.LegID
	switch ev := ev.(type) {
	case core.CallCame:
		return ev.Call
	case core.LegUp:
		leg = ev.Leg
	case core.LegRang:
		leg = ev.Leg
	case core.DigitCame:
		leg = ev.Leg
	case core.LegGone:
		leg = ev.Leg
	default:
	}
	if i := f.find(leg); i >= 0 {
		return f.S.Calls[i].Call
	}
	return ""
}

func (f *toy) Legs() []core.LegID {
	var all []core.LegID
	for _, c := range f.S.Calls {
		all = append(all, c.Leg)
	}
	slices.SortFunc(all, cmp.Compare)
	return all
}

func (f *toy) Hash() uint64 {
	b, _ := f.Snapshot()
	h := fnv.New64a()
	_, _ = h.Write(b)
	return h.Sum64()
}

func (f *toy) Snapshot() ([]byte, error) { return json.Marshal(f.S) }
