package media

import (
	"slices"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/sound"
)

// pieces is a library for tests.
type pieces map[core.SoundID]*sound.Sound

func (p pieces) Sound(id core.SoundID) (*sound.Sound, error) {
	if s := p[id]; s != nil {
		return s, nil
	}
	return nil, core.Errorf(core.Missing, "no-sound", "no sound is called %q", id)
}

func piece(id core.SoundID, hz float64, length time.Duration) *sound.Sound {
	var phase int
	return sound.FromPCM(id, tone(hz, 16000, int(length*16000/time.Second), &phase), 16000)
}

// TestPlay plays two sounds and a missing one between them: no dead air, one
// PlayEnded, one line of packets into the conversation that follows.
func TestPlay(t *testing.T) {
	t.Parallel()
	for _, c := range []Codec{PCMU, PCMA, G722} {
		t.Run(string(c), func(t *testing.T) {
			t.Parallel()
			lib := pieces{"snd_a": piece("snd_a", 440, time.Second), "snd_b": piece("snd_b", 1000, time.Second)}
			s := newStage(t, Options{Sounds: lib})
			_, ann := s.call("leg_s1", c, 600)
			s.do(core.Play{Leg: "leg_s1", Play: "ply_1", Sounds: []core.SoundID{"snd_a", "snd_none", "snd_b"}})
			ann.hears(440)
			ann.hears(1000, 440)
			ended := wait(s, 3*time.Second, func(core.PlayEnded) bool { return true })
			if ended.Play != "ply_1" || !slices.Equal(ended.Missing, []core.SoundID{"snd_none"}) {
				t.Errorf("%+v", ended)
			}
			ann.until(time.Second, "hundred packets for two seconds", func() bool { return len(ann.packets()) == 100 })
			s.do(core.Play{Leg: "leg_s1", Play: "ply_1", Sounds: []core.SoundID{"snd_a"}}) // the same order again
			_, _ = s.call("leg_s2", c, 700)
			s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
			ann.hears(700, 440)
			continuous(t, ann.packets())
			for i, p := range ann.packets()[1:100] {
				if d := p.timestamp - ann.packets()[i].timestamp; d != ticks && s.Stats().LateBeats == 0 {
					t.Fatalf("packet %d: the time moves by %d", i, d)
				}
			}
		})
	}
}

// TestMusic loops until it is replaced, and then ends silently.
func TestMusic(t *testing.T) {
	t.Parallel()
	lib := pieces{"snd_a": piece("snd_a", 440, 200*time.Millisecond), "snd_b": piece("snd_b", 1000, 200*time.Millisecond)}
	s := newStage(t, Options{Sounds: lib})
	_, ann := s.call("leg_s1", PCMA, 600)
	s.do(core.Play{Leg: "leg_s1", Play: "ply_1", Sounds: []core.SoundID{"snd_a"}, Loop: true})
	ann.until(3*time.Second, "fifty packets", func() bool { return len(ann.packets()) > 50 })
	s.do(core.Play{Leg: "leg_s1", Play: "ply_2", Sounds: []core.SoundID{"snd_b"}, Loop: true})
	ann.hears(1000, 440)
	s.do(core.Stop{Leg: "leg_s1"})
	n := 0
	ann.until(3*time.Second, "silence", func() bool {
		before := n
		n = len(ann.packets())
		ann.pause(60 * time.Millisecond)
		return n == before
	})
	if told := s.told(); len(told) > 0 {
		t.Errorf("told %v", told)
	}
}

// TestPlayNothing: only missing sounds end at once.
func TestPlayNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	s.call("leg_s1", PCMA, 600)
	s.do(core.Play{Leg: "leg_s1", Play: "ply_1", Sounds: []core.SoundID{"snd_a"}, Loop: true})
	wait(s, time.Second, func(p core.PlayEnded) bool { return p.Play == "ply_1" && len(p.Missing) == 1 })
}

// TestPlayWaitsForSDP: nothing of a greeting is lost before there is somewhere
// to send it, and a new codec goes on where the old one was.
func TestPlayWaitsForSDP(t *testing.T) {
	t.Parallel()
	lib := pieces{"snd_a": piece("snd_a", 440, time.Second)}
	s := newStage(t, Options{Sounds: lib})
	f := newFar(t, "127.0.0.1", PCMU)
	l, err := s.OpenRTP("leg_s1")
	if err != nil {
		t.Fatal(err)
	}
	s.do(core.Play{Leg: "leg_s1", Play: "ply_1", Sounds: []core.SoundID{"snd_a"}})
	f.pause(100 * time.Millisecond)
	l.SetRemote(f.addr(), Format{Codec: PCMU, Send: true, Recv: true})
	f.until(3*time.Second, "ten packets", func() bool { return len(f.packets()) > 10 })
	l.SetRemote(f.addr(), Format{Codec: PCMA, PT: 8, Send: true, Recv: true})
	wait(s, 3*time.Second, func(core.PlayEnded) bool { return true })
	f.until(time.Second, "fifty packets for one second", func() bool { return len(f.packets()) == 50 })
	f.hears(440)
}
