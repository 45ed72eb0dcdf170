package media

import (
	"net/netip"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/codec"
	"belfry/media/mix"
)

// press sends the packets of one key, without the ones named.
func (f *far) press(d byte, without ...int) {
	code, _ := mix.EventCode(d)
	ts := f.tick(2)
	for i := range 6 {
		skip := false
		for _, w := range without {
			skip = skip || w == i
		}
		e := mix.Event{Code: code, Volume: 10, Duration: uint16(min(i+1, 4)) * ticks, End: i >= 3}
		if payload := e.Append(nil); !skip {
			f.send(testDTMF, ts, payload)
		} else {
			f.mu.Lock()
			f.seq++
			f.mu.Unlock()
		}
	}
	f.tick(5)
}

// keys are the digits told of a leg so far.
func (s *stage) keys(id core.LegID) string {
	var keys []byte
	for _, ev := range s.told() {
		if d, ok := ev.(core.DigitCame); ok && d.Leg == id {
			keys = append(keys, d.Digit)
		}
	}
	return string(keys)
}

// events are the keys that a far end got, each by its own timestamp.
func (f *far) events() string {
	var in mix.KeysIn
	var keys []byte
	for _, p := range f.packets() {
		if p.pt == testDTMF {
			if d, ok := in.Push(p.timestamp, p.payload); ok {
				keys = append(keys, d)
			}
		}
	}
	return string(keys)
}

// TestKeysCome: each press once, with its beginning or its end lost, and the
// other leg gets it too.
func TestKeysCome(t *testing.T) {
	t.Parallel()
	for _, other := range []Codec{PCMU, PCMA} { // relayed, mixed
		t.Run(string(other), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Options{})
			ann := newFar(t, "127.0.0.1", PCMU)
			s.leg("leg_s1", ann)
			_, bob := s.call("leg_s2", other, 440)
			s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
			ann.press('1')
			ann.press('1')
			ann.press('#', 0)
			ann.press('5', 3, 4, 5)
			ann.press('D', 0, 1, 2)
			ann.press('*', 1, 3)
			const want = "11#5D*"
			ann.until(3*time.Second, "keys "+want, func() bool { return s.keys("leg_s1") == want })
			bob.until(5*time.Second, "keys at the other end", func() bool { return bob.events() == want })
		})
	}
}

// TestKeysAreSent: RFC 4733 events with three ends, in one line with the sound.
func TestKeysAreSent(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	_, ann := s.call("leg_s1", PCMU, 440)
	_, bob := s.call("leg_s2", PCMU, 1000)
	s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
	bob.hears(440)
	s.do(core.SendDigits{Leg: "leg_s2", Digits: "12"}, core.SendDigits{Leg: "leg_s2", Digits: "2#"}, core.SendDigits{Leg: "leg_s2", Digits: "x"})
	bob.until(5*time.Second, "four keys", func() bool { return bob.events() == "122#" })
	bob.forget()
	bob.hears(440) // and then there is sound again
	continuous(t, bob.packets())
	ends := map[uint32]int{}
	for _, p := range bob.packets() {
		if e, ok := mix.ParseEvent(p.payload); ok && p.pt == testDTMF && e.End {
			ends[p.timestamp]++
		}
	}
	for ts, n := range ends {
		if n != 3 {
			t.Errorf("the key at %d ended %d times", ts, n)
		}
	}
	if k := ann.events(); k != "" {
		t.Errorf("the other leg got %q", k)
	}
}

// TestKeysAsTones: a far end without telephone-event is heard and told in tones,
// and signalling may bring keys too.
func TestKeysAsTones(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{Sounds: pieces{"snd_a": piece("snd_a", 440, time.Second)}})
	f := newFar(t, "127.0.0.1", PCMA)
	l := s.leg("leg_s1", f)
	l.SetRemote(f.addr(), Format{Codec: PCMA, PT: 8, Send: true, Recv: true})
	s.do(core.Play{Leg: "leg_s1", Play: "ply_1", Sounds: []core.SoundID{"snd_a"}, Loop: true})
	s.work.Wait()
	s.clock.close() // this test beats by itself: tones bear no gap
	defer func() { s.clock = newClock(s.now, s.chores) }()
	var tones mix.TonesOut
	if err := tones.Press("42"); err != nil {
		t.Fatal(err)
	}
	enc, now := codec.NewEncoder(PCMA), s.now()
	for i := 0; tones.Busy() || i < 50; i++ {
		now += frame
		b := make([]byte, rtpHeader, 200)
		putRTP(b, packet{pt: 8, seq: uint16(i), timestamp: uint32(i) * ticks, ssrc: 1})
		l.hear(enc.Encode(b, tones.Next(nil, 160, 8000)), f.addr(), now)
		l.beat(now)
	}
	l.Digit('7')
	l.Digit('x')
	f.until(3*time.Second, "a key of signalling", func() bool { return s.keys("leg_s1") == "427" })

	s.do(core.Stop{Leg: "leg_s1"})
	f.pause(100 * time.Millisecond)
	f.forget()
	s.do(core.SendDigits{Leg: "leg_s1", Digits: "9"})
	for range 20 {
		now += frame
		l.beat(now)
	}
	f.until(3*time.Second, "a tone of 9", func() bool {
		var in mix.TonesIn
		dec, heard := codec.NewDecoder(PCMA), byte(0)
		for _, p := range f.packets() {
			if d := in.Push(dec.Decode(nil, p.payload)); d != 0 {
				heard = d
			}
		}
		return heard == '9'
	})
}

// TestKeyInSignallingToo: who presses in RTP is believed there.
func TestKeyInSignallingToo(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	f := newFar(t, "127.0.0.1", PCMU)
	l := s.leg("leg_s1", f)
	f.press('3')
	f.until(3*time.Second, "a key", func() bool { return s.keys("leg_s1") == "3" })
	l.Digit('3')
	f.press('4')
	f.until(3*time.Second, "two keys", func() bool { return s.keys("leg_s1") == "34" })
	l.SetRemote(netip.MustParseAddrPort("127.0.0.1:9"), Format{Codec: PCMU, DTMFPT: 96, Send: true, Recv: true})
}
