package floor

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"

	"belfry/core"
	"belfry/core/acd"
	"belfry/core/flow"
	"belfry/core/plan"
)

// snapshotForm is the version of the written form. An older one is read by the
// code that knows it; a newer one is refused.
const snapshotForm = 1

// Frozen is a copy of the floor's state that may be written while the floor
// goes on.
type Frozen struct {
	Form     int
	Epoch    uint64
	Seq      uint64
	Now      core.Time
	IDs      uint64
	Revision uint64
	Doc      []byte
	Kept     []plan.Tree
	Balance  flow.Balance
	Calls    []*call
	Agents   []*agent
	Talked   []talkedTo
	// InLine are the waiting calls in the order in which they joined.
	InLine []core.CallID
	Lonely []lonely
	Past   []past             `json:",omitempty"`
	Bygone []core.QueueCounts `json:",omitempty"`
	Spent  spent              `json:",omitzero"`
}

type lonely struct {
	Queue core.QueueID
	Since core.Time
	Steps []core.Time // the same for each step of what the queue asks for
}

// Freeze copies the state. It takes about 2 µs for a call or an agent.
func (f *Floor) Freeze() *Frozen {
	z := &Frozen{Form: snapshotForm, Epoch: f.epoch, Seq: f.seq, Now: f.now, IDs: f.ids, Doc: f.doc, Spent: f.spent, Talked: slices.Clip(f.memory.list)}
	if f.plan != nil {
		z.Revision = f.plan.Revision
		z.Kept = f.book.InUse(f.runs())
		for i := range f.plan.Doc.Queues {
			id := f.plan.Doc.Queues[i].ID
			if q := f.queues[id]; q.lonely != 0 || len(q.steps) > 1 || q.asks() {
				z.Lonely = append(z.Lonely, lonely{id, q.lonely, slices.Clone(q.alone)})
			}
			z.Past = append(z.Past, f.queues[id].past.copied())
		}
	}
	for _, b := range f.bygone {
		b.Left = slices.Clone(b.Left)
		z.Bygone = append(z.Bygone, b)
	}
	for _, g := range f.balance.Groups {
		g.Shares, g.Current, g.Callers = slices.Clone(g.Shares), slices.Clone(g.Current), slices.Clone(g.Callers)
		z.Balance.Groups = append(z.Balance.Groups, g)
	}
	var line []*acd.Waiter
	for _, c := range f.sortedCalls() {
		n := c.copied()
		for i, l := range c.Legs {
			n.Legs[i].Second = f.legs[l.Leg] != l && !l.Leg.Browser()
		}
		z.Calls = append(z.Calls, n)
		if c.Wait != nil && c.Wait.in != nil {
			line = append(line, c.Wait.in)
		}
	}
	slices.SortFunc(line, acd.Joined)
	for _, w := range line {
		z.InLine = append(z.InLine, w.Call)
	}
	for _, a := range f.sortedAgents() {
		z.Agents = append(z.Agents, a.copied())
	}
	return z
}

// copied is a copy that shares nothing that changes.
func (c *call) copied() *call {
	n := *c
	n.due, n.on, n.joins = slot{}, false, false
	n.Record.Distributions = slices.Clone(c.Record.Distributions)
	n.Record.Offers = slices.Clone(c.Record.Offers)
	n.Refused, n.Asked = slices.Clone(c.Refused), slices.Clone(c.Asked)
	n.Run.Path, n.Run.Vars = slices.Clone(c.Run.Path), slices.Clone(c.Run.Vars)
	n.Legs = make([]*leg, len(c.Legs))
	for i, l := range c.Legs {
		x := *l
		n.Legs[i] = &x
	}
	n.Back = shallow(c.Back)
	n.Wait, n.Ring, n.Talk, n.Mail = shallow(c.Wait), shallow(c.Ring), shallow(c.Talk), shallow(c.Mail)
	n.Own, n.Out, n.Transfer, n.Tape = shallow(c.Own), shallow(c.Out), shallow(c.Transfer), shallow(c.Tape)
	if n.Tape != nil {
		n.Tape.Segments = slices.Clone(c.Tape.Segments)
	}
	n.Record.Talks, n.Record.Transfers = slices.Clone(c.Record.Talks), slices.Clone(c.Record.Transfers)
	n.Offers = nil
	for _, o := range c.Offers {
		n.Offers = append(n.Offers, shallow(o))
	}
	n.Guests = nil
	for _, g := range c.Guests {
		n.Guests = append(n.Guests, shallow(g))
	}
	if n.Wait != nil {
		n.Wait.Refused, n.Wait.Raises, n.Wait.in = slices.Clone(c.Wait.Refused), slices.Clone(c.Wait.Raises), nil
		n.Wait.Told, n.Wait.Forecasts = slices.Clone(c.Wait.Told), slices.Clone(c.Wait.Forecasts)
		n.Wait.Asking = shallow(c.Wait.Asking)
	}
	return &n
}

func (a *agent) copied() *agent {
	n := *a
	n.due, n.on, n.shown, n.urgent, n.desk, n.queues, n.skills, n.last = slot{}, false, false, false, nil, nil, nil, nil
	n.Pops = nil
	for _, p := range a.Pops {
		n.Pops = append(n.Pops, shallow(p))
	}
	n.Missed, n.ToQualify = slices.Clone(a.Missed), slices.Clone(a.ToQualify)
	n.Posts = nil
	for _, p := range a.Posts {
		n.Posts = append(n.Posts, shallow(p))
	}
	n.Post, n.Moving, n.failure, n.back = shallow(a.Post), shallow(a.Moving), nil, nil
	return &n
}

func shallow[T any](p *T) *T {
	if p == nil {
		return nil
	}
	n := *p
	return &n
}

// Encode writes the copy.
func (z *Frozen) Encode() ([]byte, error) { return json.Marshal(z) }

// Snapshot writes the state.
func (f *Floor) Snapshot() ([]byte, error) { return f.Freeze().Encode() }

// Hash is a hash of the whole state: equal floors have equal hashes. It costs
// as much as a snapshot.
func (f *Floor) Hash() uint64 {
	b, err := f.Snapshot()
	if err != nil {
		panic(fmt.Sprintf("floor: the state cannot be written: %v", err))
	}
	h := fnv.New64a()
	_, _ = h.Write(b)
	return h.Sum64()
}

// Restore returns the floor that wrote the snapshot.
func Restore(snapshot []byte) (*Floor, error) {
	var z Frozen
	if err := json.Unmarshal(snapshot, &z); err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	if z.Form != snapshotForm {
		return nil, fmt.Errorf("read snapshot: form %d is not known, only %d", z.Form, snapshotForm)
	}
	f := New()
	f.memory.learn(z.Talked)
	f.epoch, f.seq, f.now, f.ids, f.balance = z.Epoch, z.Seq, z.Now, z.IDs, z.Balance
	f.spent = z.Spent
	others := map[core.UserID]core.ProfileID{}
	for _, a := range z.Agents {
		if a.Profile != "" {
			others[a.ID] = a.Profile
		}
		a.desk = &acd.Agent{ID: a.ID, IdleSince: a.IdleSince}
		f.agents[a.ID] = a
		for _, m := range a.Missed {
			f.missedBy(a, m.From.Number)
		}
		if a.Browser.Leg != "" {
			f.lines[a.Browser.Leg] = a
		}
	}
	if len(others) > 0 {
		f.active = plan.NewActive(others)
	}
	for _, c := range z.Calls {
		f.calls[c.ID] = c
		if c.One != nil {
			c.Offers, c.One = []*offer{c.One}, nil
		}
		for _, l := range c.Legs {
			if l.Paid && l.Ended == 0 {
				f.dear = append(f.dear, l)
			}
			if !l.Leg.Browser() && !l.Second {
				f.legs[l.Leg] = l
			}
		}
		if c.preview() && c.Stage != ending {
			f.backs[backKey{c.Wait.Queue, c.Back.Number}] = c.ID
		}
	}
	if len(z.Doc) > 0 {
		p, err := plan.Parse(z.Revision, z.Doc)
		if err != nil {
			return nil, fmt.Errorf("read snapshot: its plan: %w", err)
		}
		f.doc = z.Doc
		f.adopt(p, z.Kept)
	}
	f.bygone = z.Bygone
	for _, p := range z.Past {
		if q := f.queues[p.Queue]; q != nil {
			q.past = p
		}
	}
	for _, l := range z.Lonely {
		q := f.queues[l.Queue]
		q.lonely = l.Since
		copy(q.alone, l.Steps)
	}
	f.rejoin(&z)
	return f, nil
}

// rejoin puts calls and agents back in line and works out all deadlines.
func (f *Floor) rejoin(z *Frozen) {
	for _, id := range z.InLine {
		w := f.calls[id].Wait
		w.in = w.waiter(id)
		f.board.Wait(w.in)
	}
	for _, c := range f.sortedCalls() {
		f.touch(c)
	}
	for _, a := range f.sortedAgents() {
		f.touch(a)
	}
	f.settle()
	f.free, f.out = f.free[:0], f.out[:0] // the one who wrote it had matched them
	f.showAll()
	f.out = f.out[:0]
}

// started opens a life of the floor: what did not outlive the last one is gone.
func (f *Floor) started(ev core.FloorStarted) {
	if ev.Epoch <= f.epoch {
		return
	}
	f.epoch, f.ids = ev.Epoch, 0
	alive := make(map[core.LegID]bool, len(ev.Alive))
	for _, id := range ev.Alive {
		alive[id] = true
	}
	for _, c := range f.sortedCalls() {
		for _, l := range slices.Clone(c.Legs) {
			if l.Ended == 0 && !l.Leg.Browser() && !alive[l.Leg] {
				f.legGone(core.LegGone{Leg: l.Leg, Cause: core.Cause{Why: core.Lost, Reason: "restart"}})
			}
		}
		if c.Stage == ending && c.Mail != nil {
			c.Mail.Recording = false
			f.close(c)
		}
	}
	for _, a := range f.sortedAgents() {
		a.Page, a.Frozen, a.Sound = false, false, ""
		if a.OnShift && a.PageLeft == 0 {
			a.PageLeft = f.now
		}
		f.touch(a)
		if a.Browser.Up && !alive[a.Browser.Leg] {
			f.stationGone(core.StationGone{Agent: a.ID, Station: a.Browser.ID, Why: "restart"})
		}
	}
}
