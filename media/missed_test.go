package media

import (
	"testing"
	"time"

	"belfry/core"
)

// TestSoundMissed: a leg in a room that is not heard is told of once, and again
// when it is; one that only listens or suppresses its silence is left in peace.
func TestSoundMissed(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	mute := newFar(t, "127.0.0.1", PCMU)
	comfort, listens := newFar(t, "127.0.0.1", PCMU), newFar(t, "127.0.0.1", PCMU)
	s.leg("leg_s1", mute)
	s.leg("leg_s2", comfort)
	l := s.leg("leg_s3", listens)
	l.SetRemote(listens.addr(), Format{Codec: PCMU, Send: true})
	for _, id := range []core.LegID{"leg_s1", "leg_s2", "leg_s3"} {
		s.do(core.Join{Room: "r", Leg: id})
	}
	comfort.send(comfortNoise, comfort.tick(1), []byte{60})
	began := time.Now()
	wait(s, 5*time.Second, func(m core.SoundMissed) bool { return m.Leg == "leg_s1" && m.On })
	if waited := time.Since(began); waited < missedAfter-200*time.Millisecond {
		t.Errorf("told after %v", waited)
	}
	mute.say(440)
	wait(s, 2*time.Second, func(m core.SoundMissed) bool { return m.Leg == "leg_s1" && !m.On })
	// Who listens may speak again: then it owes.
	l.SetRemote(listens.addr(), Format{Codec: PCMU, Send: true, Recv: true})
	wait(s, 5*time.Second, func(m core.SoundMissed) bool { return m.Leg == "leg_s3" && m.On })
	n := map[core.LegID]int{}
	for _, ev := range s.told() {
		if m, ok := ev.(core.SoundMissed); ok {
			n[m.Leg]++
		}
	}
	if n["leg_s1"] != 2 || n["leg_s2"] != 0 || n["leg_s3"] != 1 {
		t.Errorf("told %v", n)
	}
}
