package caller

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"time"

	"belfry/core"
	"belfry/sip"
)

// CrowdOptions say how many call, and whom.
type CrowdOptions struct {
	Callers int    // at a time
	To      string // HOST:PORT of the SIP server
	Log     *slog.Logger
}

// Crowd are the demo's simulated callers.
type Crowd struct {
	p    *phone
	dir  string
	stop context.CancelFunc
	work sync.WaitGroup
}

// errand is what a caller wants: a number, the key for the menu, and who they
// are.
type errand struct {
	number string
	key    byte
	from   string
}

// errands are taken in turn. The first rings an agent of both queues at once.
var errands = [...]errand{
	{number: "+33100000001", from: "+33612345678"},
	{number: "+33100000000", key: '2', from: "+33144001022"},
	{number: "+33100000002", from: "+33698765432"},
	{number: "+33100000000", key: '1', from: "+33612345678"},
	{number: "+33100000004", from: "+33555010203"},
	{number: "201", from: "+33144001022"},
	{number: "+33100000001", from: ""},
}

// Patience of a caller: until somebody answers, and in a conversation.
const (
	patience = 5 * time.Minute
	talkTime = 2 * time.Minute
)

// StartCrowd starts the callers. Each calls, speaks, hangs up or is hung up on,
// and calls again some seconds later.
func StartCrowd(ctx context.Context, o CrowdOptions) (*Crowd, error) {
	c := &Crowd{stop: func() {}}
	if o.Callers <= 0 {
		return c, nil
	}
	host, _, err := net.SplitHostPort(o.To)
	if err != nil {
		return nil, core.FieldErrorf("--sip", "bad-address", "%q is not an address", o.To)
	}
	if c.dir, err = os.MkdirTemp("", "belfry-callers-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	if c.p, err = open(ctx, sameFamily(host), c.dir, o.Log, nil); err != nil {
		return nil, err
	}
	ctx, c.stop = context.WithCancel(ctx)
	for i := range o.Callers {
		c.work.Go(func() { c.live(ctx, o, i) })
	}
	return c, nil
}

// Close hangs up and waits.
func (c *Crowd) Close() {
	c.stop()
	c.work.Wait()
	if c.p != nil {
		c.p.Close()
	}
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
}

// live is one caller's day.
func (c *Crowd) live(ctx context.Context, o CrowdOptions, i int) {
	for turn := i; ctx.Err() == nil; turn++ {
		c.call(ctx, o, errands[turn%len(errands)], core.SoundID(fmt.Sprintf("snd_caller_%d", turn%4+1)))
		pause(ctx, 4*time.Second+rand.N(4*time.Second))
	}
}

// pause waits, unless it is time to go.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// call is one call of one caller.
func (c *Crowd) call(ctx context.Context, o CrowdOptions, e errand, speech core.SoundID) {
	call := c.p.phone.Dial("sip:"+e.number+"@"+o.To, sip.DialOptions{From: core.Party{Number: e.from, Anonymous: e.from == ""}})
	limit := time.NewTimer(patience)
	defer limit.Stop()
	key := time.NewTimer(time.Hour)
	defer key.Stop()
	stop := ctx.Done()
	for {
		select {
		case ev, open := <-call.Events():
			if !open {
				return
			}
			switch ev.Event.(type) {
			case core.LegUp:
				c.p.do(core.Play{Leg: call.Leg, Play: "ply_speech", Sounds: []core.SoundID{speech}, Loop: true})
				if e.key != 0 {
					key.Reset(6 * time.Second)
				}
				limit.Reset(patience + rand.N(talkTime))
			case core.LegGone:
				return
			default:
			}
		case <-key.C:
			c.p.do(core.SendDigits{Leg: call.Leg, Digits: string(e.key)})
		case <-limit.C:
			call.Hangup()
		case <-stop:
			stop = nil
			call.Hangup()
		}
	}
}
