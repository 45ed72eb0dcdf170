package floor

import (
	"fmt"
	"slices"

	"belfry/core"
)

// stage is where a call stands.
type stage string

// The stages. Each but over has an owner and a deadline (see call.deadline).
const (
	arriving stage = "arriving" // answered by us, waiting for the ACK; or not answered yet
	refusing stage = "refusing" // an announcement in early media, then the refusal
	routing  stage = "routing"  // in its tree
	waiting  stage = "waiting"  // in a queue, nobody is rung
	offered  stage = "offered"  // in a queue, one agent is rung
	ringing  stage = "ringing"  // one person is rung directly
	dialing  stage = "dialing"  // a number outside is called
	// resting: somebody is to be called back, not now.
	resting stage = "resting"
	// returning: a transfer came to nothing, and who asked for it is awaited.
	returning stage = "returning"
	joining   stage = "joining" // accepted; the agent hears the zip tone
	talking   stage = "talking"
	held      stage = "held"
	parted    stage = "parted" // the agent's line is lost; the caller hears comfort music
	greeting  stage = "greeting"
	leaving   stage = "leaving" // a message is recorded
	ending    stage = "ending"  // over for people; legs are going
	over      stage = "over"
)

// stageMoves are the allowed moves of a call. One that is not here is a bug of
// ours and panics; what the outside world does never leads there.
var stageMoves = map[stage][]stage{
	arriving:  {refusing, routing, waiting, ringing, dialing, talking, greeting, ending, over},
	refusing:  {ending, over},
	routing:   {waiting, ringing, dialing, returning, greeting, ending, over},
	waiting:   {offered, resting, talking, routing, returning, greeting, ending, over},
	offered:   {waiting, dialing, resting, joining, talking, routing, returning, greeting, ending, over},
	ringing:   {arriving, ringing, dialing, joining, talking, routing, waiting, returning, greeting, ending, over},
	resting:   {waiting, ending, over},
	dialing:   {arriving, resting, talking, held, parted, routing, waiting, ringing, returning, greeting, ending, over},
	returning: {ringing, waiting, routing, greeting, ending, over},
	joining:   {talking, waiting, routing, returning, greeting, ending, over},
	talking:   {held, parted, waiting, offered, ringing, dialing, routing, returning, greeting, ending, over},
	held:      {talking, parted, waiting, offered, ringing, dialing, routing, returning, greeting, ending, over},
	parted:    {talking, held, waiting, offered, ringing, dialing, routing, returning, greeting, ending, over},
	greeting:  {leaving, routing, ending, over},
	leaving:   {routing, ending, over},
	ending:    {over},
	over:      {},
}

// agentMoves are the allowed moves of an agent's routing state.
var agentMoves = map[core.RoutingState][]core.RoutingState{
	core.Off:             {core.Dialing, core.Unavailable, core.Ready, core.DeviceLost, core.Reserved, core.Presented, core.Talking},
	core.Unavailable:     {core.Dialing, core.Off, core.Ready, core.DeviceLost, core.Reserved, core.Presented, core.Talking, core.NotResponding},
	core.Ready:           {core.Dialing, core.Off, core.Unavailable, core.Reserved, core.Presented, core.Talking, core.NotResponding, core.DeviceLost},
	core.Reserved:        {core.Presented, core.Dialing, core.Talking, core.Ready, core.Unavailable, core.Off, core.NotResponding, core.DeviceLost, core.PostInteraction},
	core.Presented:       {core.Dialing, core.Talking, core.Ready, core.Unavailable, core.Off, core.NotResponding, core.DeviceLost, core.PostInteraction, core.Reserved},
	core.Dialing:         {core.NotResponding, core.Reserved, core.Presented, core.Talking, core.Ready, core.Unavailable, core.Off, core.PostInteraction, core.DeviceLost},
	core.Talking:         {core.Dialing, core.PostInteraction, core.Ready, core.Unavailable, core.Off, core.DeviceLost, core.NotResponding, core.Reserved, core.Presented},
	core.PostInteraction: {core.Dialing, core.Ready, core.Unavailable, core.Off, core.DeviceLost, core.Reserved, core.Presented, core.Talking, core.NotResponding},
	core.NotResponding:   {core.Dialing, core.Ready, core.Unavailable, core.Off, core.DeviceLost, core.Reserved, core.Presented, core.Talking},
	core.DeviceLost:      {core.Dialing, core.Ready, core.Unavailable, core.Off, core.NotResponding, core.Reserved, core.Presented, core.Talking, core.PostInteraction},
}

// to moves the call to another stage.
func (f *Floor) to(c *call, s stage) {
	if !slices.Contains(stageMoves[c.Stage], s) {
		panic(fmt.Sprintf("floor: call %s cannot go from %s to %s", c.ID, c.Stage, s))
	}
	was := c.conversing()
	c.Stage, c.Since = s, f.now
	if was != c.conversing() {
		for _, l := range c.Legs {
			l.At = ""
		}
		for _, t := range c.parts() {
			t.Lost = false // what was not heard is joined anew
		}
		if c.Tape != nil {
			c.Tape.Saying = "" // cut short: it is said again
		}
	}
	for _, t := range c.parts() { // dialing or talking follows from it
		if a := f.agents[t.Agent]; a != nil {
			f.touch(a)
			f.show(a, true)
		}
	}
	f.touch(c)
	f.consultMoves(c)
}
