package core

import "time"

// Live is what supervisors see of the queues and the agents that their profile
// supervises. It is the same for all who work with the profile.
type Live struct {
	At     Time
	Queues []LiveQueue // in the order of the profile
	Agents []LiveAgent // sorted by their ids
	Calls  []PoolCall  // that wait in the queues, the first ones; none without the right to see the pool
	Total  int         // how many wait
}

// LiveQueue is one queue as it is now and how its day has been. What ended is
// counted on the day on which it ended, in the company's zone.
type LiveQueue struct {
	ID      QueueID
	Name    string
	Waiting int
	Longest Time // arrival of the first in line; zero when none waits
	Rung    int  // calls that are offered to somebody just now
	// Its agents by what they do. Away are those who do something else, do not
	// respond or have lost their device.
	Free, Ringing, Talking, Post, Away, Off int

	Day QueueCounts
	// Within is the wait up to which an answer is in time, Target how many of a
	// hundred calls shall be.
	Within time.Duration
	Target int
}

// LiveAgent is one agent as a supervisor sees them.
type LiveAgent struct {
	ID       UserID
	Name     string
	State    RoutingState
	Since    Time
	Reason   string // why not_responding or device_lost
	OnShift  bool
	Activity ActivityID
	Next     ActivityID
	// Over: the activity has lasted longer than it should.
	Over   bool
	Queue  QueueID   // of the call in hand, or of the post-interaction
	Queues []QueueID // that they serve and this supervisor supervises
	Today  DeskToday
	Misses int // in a row
	// Free: a waiting call may be assigned to them now.
	Free bool
}
