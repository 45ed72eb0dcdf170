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
	joining  stage = "joining"  // accepted; the agent hears the zip tone
	talking  stage = "talking"
	held     stage = "held"
	parted   stage = "parted" // the agent's line is lost; the caller hears comfort music
	greeting stage = "greeting"
	leaving  stage = "leaving" // a message is recorded
	ending   stage = "ending"  // over for people; legs are going
	over     stage = "over"
)

// stageMoves are the allowed moves of a call. One that is not here is a bug of
// ours and panics; what the outside world does never leads there.
var stageMoves = map[stage][]stage{
	arriving: {refusing, routing, ringing, greeting, ending, over},
	refusing: {ending, over},
	routing:  {waiting, ringing, greeting, ending, over},
	waiting:  {offered, talking, routing, ending, over},
	offered:  {waiting, joining, talking, routing, ending, over},
	ringing:  {joining, talking, routing, greeting, ending, over},
	joining:  {talking, waiting, routing, greeting, ending, over},
	talking:  {held, parted, waiting, ending, over},
	held:     {talking, parted, waiting, ending, over},
	parted:   {talking, held, waiting, greeting, ending, over},
	greeting: {leaving, routing, ending, over},
	leaving:  {routing, ending, over},
	ending:   {over},
	over:     {},
}

// agentMoves are the allowed moves of an agent's routing state.
var agentMoves = map[core.RoutingState][]core.RoutingState{
	core.Off:             {core.Unavailable, core.Ready, core.DeviceLost, core.Reserved, core.Presented, core.Talking},
	core.Unavailable:     {core.Off, core.Ready, core.DeviceLost, core.Reserved, core.Presented, core.Talking, core.NotResponding},
	core.Ready:           {core.Off, core.Unavailable, core.Reserved, core.Presented, core.Talking, core.NotResponding, core.DeviceLost},
	core.Reserved:        {core.Presented, core.Talking, core.Ready, core.Unavailable, core.Off, core.NotResponding, core.DeviceLost, core.PostInteraction},
	core.Presented:       {core.Talking, core.Ready, core.Unavailable, core.Off, core.NotResponding, core.DeviceLost, core.PostInteraction, core.Reserved},
	core.Dialing:         {core.Talking, core.Ready, core.Unavailable, core.Off, core.PostInteraction, core.DeviceLost},
	core.Talking:         {core.PostInteraction, core.Ready, core.Unavailable, core.Off, core.DeviceLost, core.NotResponding, core.Reserved, core.Presented},
	core.PostInteraction: {core.Ready, core.Unavailable, core.Off, core.DeviceLost, core.Reserved, core.Presented, core.Talking, core.NotResponding},
	core.NotResponding:   {core.Ready, core.Unavailable, core.Off, core.DeviceLost, core.Reserved, core.Presented, core.Talking},
	core.DeviceLost:      {core.Ready, core.Unavailable, core.Off, core.NotResponding, core.Reserved, core.Presented, core.Talking, core.PostInteraction},
}

// to moves the call to another stage.
func (f *Floor) to(c *call, s stage) {
	if !slices.Contains(stageMoves[c.Stage], s) {
		panic(fmt.Sprintf("floor: call %s cannot go from %s to %s", c.ID, c.Stage, s))
	}
	c.Stage, c.Since = s, f.now
	f.touch(c)
}
