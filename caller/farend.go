package caller

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"belfry/core"
	"belfry/sip"
)

// FarEnd is everybody outside whom the demo's agents may call: it rings, answers
// and talks, with real SIP and RTP on a port of its own. The last four digits of
// a number choose another fate, so that people can see what each looks like.
type FarEnd struct {
	p    *phone
	dir  string
	ctx  context.Context //nolint:containedctx // its own life: calls that come in end with it
	stop context.CancelFunc
	work sync.WaitGroup
	mu   sync.Mutex
	over bool
	turn int
}

// fates are the endings of numbers: what becomes of a call to …0486 and so on.
// A fate without rings is a refusal at once.
type fate struct {
	rings    time.Duration
	status   int          // the refusal; 0: it answers
	announce core.SoundID // said in early media before the refusal
}

// How long people let it ring, and talk at most.
const (
	answersAfter = 1500 * time.Millisecond
	ringsOut     = 30 * time.Second
	talksFor     = 30 * time.Minute
)

// fateOf tells what becomes of a call to the number.
func fateOf(number string) fate {
	for ending, f := range map[string]fate{
		"0183": {status: 404, announce: "snd_unknown"},
		"0404": {status: 404},
		"0480": {rings: ringsOut, status: 480},
		"0486": {status: 486},
		"0503": {status: 503},
		"0603": {rings: answersAfter, status: 603},
	} {
		if strings.HasSuffix(number, ending) {
			return f
		}
	}
	return fate{rings: answersAfter}
}

// StartFarEnd starts it on a free port of 127.0.0.1.
func StartFarEnd(ctx context.Context, log *slog.Logger) (*FarEnd, error) {
	f := &FarEnd{}
	f.ctx, f.stop = context.WithCancel(ctx)
	var err error
	if f.dir, err = os.MkdirTemp("", "belfry-farend-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	f.mu.Lock() // a call that comes at once waits until there is a phone
	f.p, err = open(ctx, "127.0.0.1", f.dir, log, f.called)
	f.mu.Unlock()
	if err != nil {
		_ = os.RemoveAll(f.dir)
		return nil, err
	}
	return f, nil
}

// Addr is HOST:PORT where it is called.
func (f *FarEnd) Addr() string { return f.p.phone.Addr() }

// Close hangs up and waits.
func (f *FarEnd) Close() {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	f.stop()
	f.work.Wait()
	f.p.Close()
	_ = os.RemoveAll(f.dir)
}

// called takes a call that came in.
func (f *FarEnd) called(c *sip.PhoneCall) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		c.Reject(480)
		return
	}
	f.turn++
	speech := core.SoundID(fmt.Sprintf("snd_caller_%d", f.turn%4+1))
	f.work.Go(func() { f.take(c, fateOf(c.To), speech) })
}

// take leads one call to its end.
func (f *FarEnd) take(c *sip.PhoneCall, fate fate, speech core.SoundID) {
	audio := f.p.listen(c.Leg)
	defer f.p.hush(c.Leg)
	limit := time.NewTimer(fate.rings)
	defer limit.Stop()
	switch {
	case fate.announce != "":
		limit.Reset(ringsOut) // should the announcement not end
		c.Early()
		f.p.do(core.Play{Leg: c.Leg, Play: "ply_announce", Sounds: []core.SoundID{fate.announce}})
	case fate.rings > 0:
		c.Ring()
	}
	stop, up := f.ctx.Done(), false
	for {
		select {
		case ev, open := <-c.Events():
			if !open {
				return
			}
			if _, answered := ev.Event.(core.LegUp); answered {
				up = true
				limit.Reset(talksFor)
				f.p.do(core.Play{Leg: c.Leg, Play: "ply_speech", Sounds: []core.SoundID{speech}, Loop: true})
			}
		case ev := <-audio:
			if _, said := ev.(core.PlayEnded); said && !up {
				c.Reject(fate.status)
			}
		case <-limit.C:
			switch {
			case up:
				c.Hangup()
			case fate.status != 0:
				c.Reject(fate.status)
			default:
				c.Answer()
			}
		case <-stop:
			stop = nil
			c.Hangup()
		}
	}
}
