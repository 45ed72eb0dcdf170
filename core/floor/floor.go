// Package floor is one company's live state: calls, agents, queues and trees in
// progress. One event goes in, new state and effects come out.
package floor

import (
	"belfry/core"
)

// Floor is one company's live state.
type Floor struct{}

// New returns an empty floor. FloorStarted and PlanChanged bring it to life.
func New() *Floor { return &Floor{} }

// Step takes one event and returns what is to be done, in order. The slice is
// good until the next Step.
func (f *Floor) Step(n core.News) []core.Effect { return nil }

// Deadline is when the host must wake the floor (core.Woke); zero: never.
func (f *Floor) Deadline() core.Time { return 0 }

// Desk draws what the agent sees; nil when there is no such agent.
func (f *Floor) Desk(agent core.UserID) *core.Desk { return nil }

// Pool lists the calls that the agent may see.
func (f *Floor) Pool(agent core.UserID) *core.Pool { return nil }

// PoolRevision grows with every change of any pool.
func (f *Floor) PoolRevision() uint64 { return 0 }

// Agents are those who are on shift or have a page open, sorted.
func (f *Floor) Agents() []core.UserID { return nil }

// Interaction returns the record so far of a live call; nil when it has ended.
func (f *Floor) Interaction(call core.CallID) *core.Interaction { return nil }

// Calls is how many calls are live.
func (f *Floor) Calls() int { return 0 }

// CallOf names the call that the event is about, empty when it is about none.
// The host asks after a panic, to tell the floor CallFailed.
func (f *Floor) CallOf(ev core.Event) core.CallID { return "" }

// Legs are the legs and stations' lines that the floor believes alive, sorted.
func (f *Floor) Legs() []core.LegID { return nil }

// Check returns the invariants that do not hold.
func (f *Floor) Check() []Broken { return nil }

// Broken is an invariant that does not hold.
type Broken struct {
	Invariant int // its number in ARCHITECTURE.md
	What      string
	IDs       []string
}

// Hash is a hash of the whole state: equal floors have equal hashes.
func (f *Floor) Hash() uint64 { return 0 }

// Snapshot writes the state; Restore reads it into a new floor.
func (f *Floor) Snapshot() ([]byte, error) { return nil, nil }

// Restore returns the floor that wrote the snapshot.
func Restore(snapshot []byte) (*Floor, error) { return New(), nil }
