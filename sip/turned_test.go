package sip

import (
	"net/netip"
	"testing"
	"time"

	"belfry/core/plan"
)

// turn is news of a trunk.
type turn struct {
	name, why string
	up        bool
}

func turns(o *Options) chan turn {
	all := make(chan turn, 100)
	o.Turned = func(set plan.Trunk, up bool, why string) { all <- turn{set.Name, why, up} }
	return all
}

func nextTurn(t *testing.T, all chan turn) turn {
	t.Helper()
	select {
	case x := <-all:
		return x
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is told of the trunk")
		return turn{}
	}
}

// A trunk that does not answer is told to be down, once; one that answers again, up.
// That it is set anew meanwhile changes nothing of that.
func TestTrunkDownAndUpAreTold(t *testing.T) {
	t.Parallel()
	var all chan turn
	b := newBench(t, func(o *Options) {
		slow(o)
		o.Timers.TrunkPing, o.Timers.Trunk = 60*time.Millisecond, 100*time.Millisecond
		all = turns(o)
	})
	w := newWire(t, b.Addr(), 0)
	set := way("trk_far", netip.MustParseAddrPort(w.host()))
	set.Ping = 0
	b.SetTrunks([]plan.Trunk{set}, "FR")
	if x := nextTurn(t, all); x.up || x.name != "trk_far" || x.why != "no reply to OPTIONS" {
		t.Errorf("%+v", x)
	}
	set.Channels = 7
	b.SetTrunks([]plan.Trunk{set}, "FR")
	for len(all) == 0 {
		w.reply(w.request("OPTIONS"), 200, "a", "", "")
	}
	if x := nextTurn(t, all); !x.up || x.why != "" {
		t.Errorf("%+v", x)
	}
}

// A registration that is refused from the beginning is told, and not each time.
func TestRefusedRegistrationIsTold(t *testing.T) {
	t.Parallel()
	var all chan turn
	b := newBench(t, func(o *Options) { secrets(o); o.Timers.Register = 30 * time.Millisecond; all = turns(o) })
	w := newWire(t, b.Addr(), 0)
	set := way("trk_far", netip.MustParseAddrPort(w.host()))
	set.Login, set.Secret, set.Register = "belfry7", "far", true
	b.SetTrunks([]plan.Trunk{set}, "FR")
	for range 3 {
		w.reply(w.request("REGISTER"), 403, "a", "", "")
	}
	if x := nextTurn(t, all); x.up || x.why != "the registration was refused: 403 Words" {
		t.Errorf("%+v", x)
	}
	w.reply(w.request("REGISTER"), 200, "a", "Contact: <sip:trk_far@x>;expires=600\r\n", "")
	if x := nextTurn(t, all); !x.up {
		t.Errorf("%+v", x)
	}
	b.Close()
	if len(all) > 0 {
		t.Errorf("%+v", <-all)
	}
}
