package media

import (
	"fmt"
	"testing"

	"belfry/core"
)

var wires = map[string]bool{"fast": false, "plain": true}

// TestTwoHearEachOther joins two legs of each pair of codecs and listens at both
// ends: the same codec is relayed, another one mixed.
func TestTwoHearEachOther(t *testing.T) {
	t.Parallel()
	for name, portable := range wires {
		for _, a := range []Codec{PCMU, PCMA, G722} {
			for _, b := range []Codec{PCMU, PCMA, G722} {
				t.Run(fmt.Sprint(name, "/", a, "-", b), func(t *testing.T) {
					t.Parallel()
					s := newStage(t, Options{Portable: portable})
					_, ann := s.call("leg_s1", a, 440)
					_, bob := s.call("leg_s2", b, 1000)
					s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
					ann.hears(1000, 440)
					bob.hears(440, 1000)
					if mixes := s.Stats().Mixes; (mixes == 1) == (a == b) {
						t.Errorf("%d mixes", mixes)
					}
					continuous(t, ann.packets())
					continuous(t, bob.packets())
				})
			}
		}
	}
}

// continuous checks that what a far end got is one line.
func continuous(t *testing.T, all []got) {
	t.Helper()
	for i, p := range all[1:] {
		last := all[i]
		if p.ssrc != last.ssrc {
			t.Fatalf("packet %d: another SSRC", i)
		}
		if d := p.seq - last.seq; d != 1 {
			t.Errorf("packet %d: the sequence moves by %d", i, int16(d))
		}
		if d := int32(p.timestamp - last.timestamp); p.pt != testDTMF && last.pt != testDTMF && (d <= 0 || d > 8000) {
			t.Errorf("packet %d: the time moves by %d", i, d)
		}
	}
}

// TestThreeHearTheOthers: nobody hears themselves.
func TestThreeHearTheOthers(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	tones := []float64{440, 700, 1000}
	codecs := []Codec{PCMU, G722, PCMA}
	var fars []*far
	for i, hz := range tones {
		id := core.LegID(fmt.Sprint("leg_s", i))
		_, f := s.call(id, codecs[i], hz)
		fars = append(fars, f)
		s.do(core.Join{Room: "r", Leg: id})
	}
	for i, f := range fars {
		f.hears(tones[(i+1)%3], tones[i])
		f.hears(tones[(i+2)%3], tones[i])
	}
	// Two are left: they are relayed again, were they of one codec; here mixed.
	s.do(core.Part{Leg: "leg_s0"})
	fars[1].hears(1000, 440)
	fars[2].hears(700, 440)
}

// TestMute: the room does not hear who is muted, and the line stays alive.
func TestMute(t *testing.T) {
	t.Parallel()
	for _, other := range []Codec{PCMU, PCMA} {
		t.Run(string(other), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Options{})
			_, ann := s.call("leg_s1", PCMU, 440)
			_, bob := s.call("leg_s2", other, 1000)
			s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
			bob.hears(440)
			s.do(core.Mute{Leg: "leg_s1", On: true})
			ann.hears(1000)
			bob.silent(440)
			s.do(core.Mute{Leg: "leg_s1"})
			bob.hears(440)
		})
	}
}

// TestCodecChangesMidCall: a far end that speaks another codec than agreed is
// mixed; one that comes back is relayed again.
func TestCodecChangesMidCall(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	_, ann := s.call("leg_s1", PCMU, 440)
	f := newFar(t, "127.0.0.1", PCMU)
	l := s.leg("leg_s2", f)
	f.codec = PCMA // speaks A-law although µ-law was agreed
	f.say(1000)
	s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
	ann.hears(1000, 440)
	if s.Stats().Mixes != 1 {
		t.Error("it is not mixed")
	}
	l.SetRemote(f.addr(), Format{Codec: PCMA, PT: 8, Send: true, Recv: true})
	f.hears(440, 1000)
	continuous(t, f.packets())
}

// TestOldEpochIsRefused: the edge keeps a veto.
func TestOldEpochIsRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	_, ann := s.call("leg_s1", PCMU, 440)
	_, bob := s.call("leg_s2", PCMU, 1000)
	s.Do(core.Order{Epoch: 7, Effect: core.Join{Room: "r", Leg: "leg_s1"}})
	s.Do(core.Order{Epoch: 7, Effect: core.Join{Room: "r", Leg: "leg_s2"}})
	s.Do(core.Order{Epoch: 6, Effect: core.Part{Leg: "leg_s1"}})
	s.Do(core.Order{Epoch: 7, Effect: core.Part{Leg: "leg_gone"}})
	ann.hears(1000)
	bob.hears(440)
	if v := s.Stats().Vetoes; v != 1 {
		t.Errorf("%d vetoes", v)
	}
}
