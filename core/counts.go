package core

import "time"

// Output names how a call left a queue. Each is an output of the queue's node in
// a tree and has a counter of its own.
type Output string

// The outputs, in the order in which they are counted.
const (
	OutAnswered         Output = "answered"
	OutFull             Output = "full"
	OutClosed           Output = "closed"
	OutNoAgentLoggedIn  Output = "no_agent_logged_in"
	OutNoAgentForSkills Output = "no_agent_for_skills"
	OutNoAgentDuring    Output = "no_agent_during_wait"
	OutMaxWait          Output = "max_wait"
	OutTooLong          Output = "ewt_too_long"
	OutKeyPressed       Output = "key_pressed"
	OutCallback         Output = "callback_accepted"
	OutWithdrawn        Output = "withdrawn"
	OutCallerLeft       Output = "caller_left"
	OutError            Output = "error"
)

// Outputs are all of them.
func Outputs() []Output {
	return []Output{
		OutAnswered, OutFull, OutClosed, OutNoAgentLoggedIn, OutNoAgentForSkills, OutNoAgentDuring, OutMaxWait,
		OutTooLong, OutKeyPressed, OutCallback, OutWithdrawn, OutCallerLeft, OutError,
	}
}

// QueueCounts is how the calls of one queue came out since the company's
// midnight, and what its expected wait is worth.
type QueueCounts struct {
	Queue   QueueID
	Day     int // of the counts, in the company's zone: 20260302
	Entered int
	// Left has a count for each of Outputs, in their order.
	Left []int
	// InTime are the answered within the queue's service level, and Waited is the
	// wait of all the answered together.
	InTime int
	Waited time.Duration
	// Short are the callers who left within the queue's short abandon; they are
	// in Left too.
	Short int
	// Kept are the abandoned callers who called again and had their place back.
	Kept int
	// Callbacks asked for, and those that reached their customer or did not.
	Callbacks, Reached, Unreached int
	// Expected is the wait that the next caller may expect; zero: not known.
	// Error is the median absolute error of what was expected in the last hour, in
	// thousandths of the real wait, over Judged of them.
	Expected time.Duration
	Error    int
	Judged   int
}

// Ended is how many passages ended, by whatever output.
func (c *QueueCounts) Ended() int {
	n := 0
	for _, left := range c.Left {
		n += left
	}
	return n
}

// Of is the count of one output.
func (c *QueueCounts) Of(o Output) int {
	for i, x := range Outputs() {
		if x == o && i < len(c.Left) {
			return c.Left[i]
		}
	}
	return 0
}
