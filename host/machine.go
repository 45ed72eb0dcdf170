package host

import (
	"fmt"
	"runtime/debug"

	"belfry/core"
	"belfry/core/floor"
	"belfry/core/plan"
)

// machine is what the host needs of a floor.
type machine interface {
	Step(n core.News) []core.Effect
	Deadline() core.Time
	Desk(agent core.UserID) *core.Desk
	Pool(agent core.UserID) *core.Pool
	PoolRevision() uint64
	Presence() *core.Presence
	Live(supervisors core.ProfileID) *core.Live
	Agents() []core.UserID
	Active() *plan.Active
	Interaction(call core.CallID) *core.Interaction
	Calls() int
	CallOf(ev core.Event) core.CallID
	Legs() []core.LegID
	Check() []floor.Broken
	Hash() uint64
	Snapshot() ([]byte, error)
}

// factory makes floors.
type factory struct {
	fresh   func() machine
	restore func(snapshot []byte) (machine, error)
}

func realFloors() factory {
	return factory{
		fresh: func() machine { return floor.New() },
		restore: func(b []byte) (machine, error) {
			f, err := floor.Restore(b)
			if err != nil {
				return nil, err
			}
			return f, nil
		},
	}
}

// crash is a panic that was caught, with where it came from.
type crash struct {
	what  any
	stack []byte
}

func (c *crash) Error() string { return fmt.Sprint("panic: ", c.what) }

// guard runs f and returns its panic, nil when there was none.
func guard(f func()) (caught *crash) {
	defer func() {
		if what := recover(); what != nil {
			caught = &crash{what, debug.Stack()}
		}
	}()
	f()
	return nil
}

// clone returns a second floor equal to m.
func (f factory) clone(m machine) (machine, []byte, error) {
	var (
		second machine
		data   []byte
		err    error
	)
	caught := guard(func() {
		if data, err = m.Snapshot(); err == nil {
			second, err = f.restore(data)
		}
	})
	if caught != nil {
		return nil, nil, caught
	}
	return second, data, err
}
