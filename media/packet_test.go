package media

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"belfry/core"

	"github.com/pion/rtp"
)

// TestParseRTP holds the parser to what pion writes, and to what nobody should.
func TestParseRTP(t *testing.T) {
	t.Parallel()
	full := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 9, Marker: true, SequenceNumber: 7, Timestamp: 8, SSRC: 9, CSRC: []uint32{1, 2}}, Payload: []byte{5, 6, 7}, PaddingSize: 3}
	full.Header.Padding = true
	if err := full.SetExtension(1, []byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	good, err := full.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	p, ok := parseRTP(good)
	if !ok || p.pt != 9 || !p.marker || p.seq != 7 || p.timestamp != 8 || p.ssrc != 9 || !bytes.Equal(p.payload, []byte{5, 6, 7}) {
		t.Errorf("%+v %v", p, ok)
	}
	plain := append(make([]byte, rtpHeader), 1)
	putRTP(plain, packet{pt: 0})
	change := func(at int, to byte) []byte {
		b := bytes.Clone(plain)
		b[at] = to
		return b
	}
	for name, b := range map[string][]byte{
		"empty": {}, "short": plain[:11], "no payload": plain[:12],
		"version 1": change(0, 0x40), "version 3": change(0, 0xc0),
		"more CSRCs than bytes": change(0, 0x8f), "extension cut short": change(0, 0x90),
		"padding of 0": append(change(0, 0xa0), 0), "padding longer than all": append(change(0, 0xa0), 200),
		"padding eats the payload": append(change(0, 0xa0), 2),
		"RTCP":                     change(1, 200), "RTCP range": change(1, 72),
	} {
		if p, ok := parseRTP(b); ok {
			t.Errorf("%s: taken for %+v", name, p)
		}
	}
}

// FuzzRTP: a leg in a room survives any datagram, and pion agrees on what is one.
func FuzzRTP(f *testing.F) {
	f.Add([]byte{0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff})
	f.Add([]byte{0x80, 101, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0x8a, 3, 0x20})
	f.Add([]byte{0xb1, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 0, 1, 2, 1})
	s := newStage(f, Options{})
	from := netip.MustParseAddrPort("127.0.0.1:9")
	var legs []*Leg
	for i, id := range []core.LegID{"leg_s1", "leg_s2", "leg_s3"} {
		l, err := s.OpenRTP(id)
		if err != nil {
			f.Fatal(err)
		}
		c := []Codec{PCMU, PCMA, G722}[i]
		l.SetRemote(from, Format{Codec: c, PT: c.PT(), DTMFPT: testDTMF, Recv: true, Send: true})
		s.do(core.Join{Room: "r", Leg: id})
		legs = append(legs, l)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, ok := parseRTP(bytes.Clone(b))
		var theirs rtp.Packet
		if err := theirs.Unmarshal(bytes.Clone(b)); ok && err == nil {
			if theirs.SequenceNumber != p.seq || theirs.SSRC != p.ssrc || !bytes.Equal(theirs.Payload, p.payload) {
				t.Errorf("ours %+v, theirs %+v", p, theirs)
			}
		}
		now := s.now()
		for i, l := range legs {
			l.hear(bytes.Clone(b), from, now+time.Duration(i)*frame)
		}
		if n := s.Stats().Panics; n > 0 {
			t.Fatalf("%d panics", n)
		}
	})
}

// FuzzRTCP: reports of any shape leave figures that can be.
func FuzzRTCP(f *testing.F) {
	f.Add([]byte{0x80, 201, 0, 1, 0, 0, 0, 1})
	f.Add(append([]byte{0x81, 201, 0, 7, 0, 0, 0, 1}, make([]byte, 24)...))
	f.Add(append([]byte{0x81, 200, 0, 12, 0, 0, 0, 1}, make([]byte, 44)...))
	f.Add([]byte{0x80, 200, 0, 6, 0, 0})
	s := newStage(f, Options{})
	l, err := s.OpenLine("leg_b1", &page{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l.ReceiveRTCP(b)
		l.mu.Lock()
		defer l.mu.Unlock()
		r := l.reports
		if r.lostOut < 0 || r.lostOut > int(l.out.count) || r.jitterOut < 0 || r.jitterOut > time.Second || r.roundTrip < 0 || r.roundTrip > 5*time.Second {
			t.Errorf("%+v", r)
		}
		if n := s.Stats().Panics; n > 0 {
			t.Fatalf("%d panics", n)
		}
	})
}

// TestStamp: relayed gaps stay, other jumps vanish, and what was overtaken by
// another source is not sent.
func TestStamp(t *testing.T) {
	t.Parallel()
	a, b := &Leg{}, &Leg{}
	s := stamp{seq: 65534, ts: 1<<32 - 300}
	at := time.Duration(0)
	own := func() (uint16, uint32) { at += frame; q, ts, _ := s.own(at); return q, ts }
	relay := func(l *Leg, seq uint16, ts uint32) (uint16, uint32, bool) {
		at += frame
		q, out, _, ok := s.relay(l, &packet{seq: seq, timestamp: ts, ssrc: 1}, at)
		return q, out, ok
	}
	check := func(what string, q uint16, ts uint32, wantSeq uint16, wantTS int) {
		t.Helper()
		if q != wantSeq || ts != uint32(int64(1<<32-300+wantTS)) {
			t.Errorf("%s: %d %d, not %d %d", what, q, ts, wantSeq, uint32(int64(1<<32-300+wantTS)))
		}
	}
	q, ts := own()
	check("the first", q, ts, 65535, 0)
	q, ts = own()
	check("the next, over the edge", q, ts, 0, 160)
	q, ts, _ = relay(a, 5000, 77)
	check("another source goes on", q, ts, 1, 320)
	q, ts, _ = relay(a, 5003, 77+3*160)
	check("what it lost stays lost", q, ts, 4, 320+3*160)
	q, ts, _ = relay(a, 5002, 77+2*160)
	check("late, but in its place", q, ts, 3, 320+2*160)
	q, ts, _ = relay(a, 25000, 1<<30)
	check("a jump is none", q, ts, 5, 320+4*160)
	if _, _, ok := relay(a, 24999, 1<<30-160); ok {
		t.Error("older than its stream")
	}
	at += time.Second
	q, ts = own()
	check("after a pause the clock has gone on", q, ts, 6, 320+4*160+52*160)
	q, ts, _ = relay(b, 1, 1)
	check("a third", q, ts, 7, 320+4*160+53*160)
}
