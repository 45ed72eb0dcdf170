package sip

import (
	"net"
	"strings"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
)

// Who has put us on hold may send nothing; who talks may not for long.
func TestSilence(t *testing.T) {
	t.Parallel()
	const patience = time.Second
	var audio *media.Engine
	b, w := newPair(t, func(o *Options) { slow(o); o.Silence, audio = patience, o.Media })
	rtp, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer rtp.Close()
	_, port, _ := strings.Cut(rtp.LocalAddr().String(), ":")
	sdp := strings.Replace(plainSDP, "audio 4000", "audio "+port, 1)
	k := w.talk()
	k.send("INVITE", "", sdp)
	leg := next[core.CallCame](b).Leg
	b.do(core.Answer{Leg: leg})
	k.until(200)
	k.send("ACK", "", "")
	next[core.LegUp](b)
	audio.Do(core.Order{Effect: core.Join{Room: "cal_x", Leg: leg}})
	d, _ := b.Dialog(leg)
	packet := append([]byte{0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4}, make([]byte, 160)...)
	if _, err := rtp.WriteTo(packet, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: d.Audio.Local}); err != nil {
		t.Fatal(err)
	}
	k.send("INVITE", "", sdp+"a=sendonly\r\n")
	k.until(200)
	k.send("ACK", "", "")
	if h := next[core.LegHeld](b); !h.Held {
		t.Errorf("%+v", h)
	}
	select {
	case ev := <-b.news:
		t.Errorf("while it was on hold: %+v", ev)
	case <-time.After(3 * patience):
	}
	k.send("INVITE", "", sdp)
	k.until(200)
	k.send("ACK", "", "")
	if g := next[core.LegGone](b); g.Cause.Why != core.NoMedia {
		t.Errorf("%+v", g.Cause)
	}
}
