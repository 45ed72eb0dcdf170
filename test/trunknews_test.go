package test

import (
	"context"
	"testing"

	"belfry/core"
	"belfry/sip"
)

// TestTrunkNewsIsTold: administrators and supervisors are told that the trunk is
// down, and that it has come up again; nobody else is.
func TestTrunkNewsIsTold(t *testing.T) {
	t.Parallel()
	far := newSwitchboard(t)
	at := far.sip.Addr().String()
	far.sip.Close() // nobody is there
	p := Demo(t, "--trunk="+at)
	kinds := func(login string) (all []string) {
		var got struct {
			Items []struct{ Kind, What string }
		}
		p.Login(login).Do("GET", "/api/v1/notices", nil, &got)
		for _, x := range got.Items {
			all = append(all, x.Kind)
			if x.What == "" {
				t.Errorf("%+v names no trunk", x)
			}
		}
		return all
	}
	if status := p.Login("admin").Patch("/api/v1/trunks/trk_demo", `{"ping_seconds":1}`); status != 200 {
		t.Fatalf("the trunk cannot be set: %d", status)
	}
	Wait(t, "the trunk is told to be down", func() bool { all := kinds("admin"); return len(all) == 1 && all[0] == "trunk_down" })
	if p.metric(`notices_total`) != 1 || p.metric("trunk_up") != 0 {
		t.Error("the figures do not say so")
	}
	again, err := sip.Start(context.Background(), sip.Options{Listen: at, Media: far.audio, Tell: func(core.Event) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Close)
	Wait(t, "the trunk is told to be up", func() bool { all := kinds("sam"); return len(all) == 2 && all[0] == "trunk_up" })
	if status := p.Login("ann").Do("GET", "/api/v1/notices", nil, nil); status != 403 {
		t.Errorf("an agent is answered %d", status)
	}
}
