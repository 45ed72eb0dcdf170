package app

import (
	"context"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// mostTrunkNews is how much news of trunks may wait to be kept; more is only logged.
const mostTrunkNews = 64

// watchTrunks has administrators told of each trunk that goes down, and of its
// coming up again: a notice, which the pages show. The SIP driver says so on the
// path of calls, where nothing may wait for a disk.
func (n *Node) watchTrunks() func(set plan.Trunk, up bool, why string) {
	news, done := make(chan core.Notice, mostTrunkNews), make(chan struct{})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer close(done)
		var last core.Time
		for {
			select {
			case <-ctx.Done():
				return
			case x := <-news:
				x.At = max(x.At, last.Add(time.Millisecond)) // two at a time are two
				last = x.At
				if err := n.keep(ctx, []core.Fact{x}); err != nil && ctx.Err() == nil {
					n.log.Error("the news of a trunk was not kept", "trunk", x.What, "kind", x.Kind, "err", err)
				}
			}
		}
	}()
	n.onStop(func(context.Context) { stop(); <-done })
	return func(set plan.Trunk, up bool, why string) {
		x := core.Notice{Kind: "trunk_down", What: set.Name, At: core.At(time.Now())}
		if up {
			x.Kind = "trunk_up"
		}
		select {
		case news <- x:
		default:
			n.log.Warn("news of a trunk is told to nobody: too much waits", "trunk", set.ID, "kind", x.Kind, "why", why)
		}
	}
}
