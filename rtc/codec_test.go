package rtc

import (
	"encoding/binary"
	"math"
	"net"
	"net/netip"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
	"belfry/media/codec"

	"github.com/pion/rtp"
)

// A phone speaks G.722 all along. The browser begins in PCMU, as one does that
// cannot switch: what it says is translated. Then it switches, with no word to
// the server, and the packets go through as they are.
func TestCodecOfTheCall(t *testing.T) {
	t.Parallel()
	w := start(t)
	ann := newBrowser(t)
	ann.connect(w, "usr_ann")
	up := w.wait(t, 1).(core.StationUp)
	phone := newPhone(t, w, "leg_sphone", media.Format{Codec: media.G722, PT: 9, Send: true, Recv: true})

	stop, slow := make(chan struct{}), make(chan struct{})
	defer close(stop)
	go phone.speak(codec.G722, 700, stop)
	go ann.speak(codec.PCMU, 440, slow)
	w.do(core.Join{Room: "cal_1", Leg: phone.leg})
	w.do(core.Join{Room: "cal_1", Leg: up.Leg})
	ear := ann.track()
	for _, p := range hears(t, ear, 700)[10:] {
		if p.pt != 9 {
			t.Errorf("the browser is sent payload type %d, not the call's", p.pt)
			break
		}
	}
	phone.hears(codec.G722, 440)
	if s := w.media.Stats(); s.Mixes != 1 || s.Rooms != 1 {
		t.Errorf("a browser that cannot switch is not translated: %+v", s)
	}

	close(slow)
	go ann.speak(codec.G722, 520, stop)
	phone.hears(codec.G722, 520)
	waitFor(t, "the packets to go through as they are", func() bool { return w.media.Stats().Mixes == 0 })
	phone.hears(codec.G722, 520)
	hears(t, ear, 700)
}

// phone is a SIP leg's far end: RTP on a socket.
type phone struct {
	t    *testing.T
	leg  core.LegID
	to   netip.AddrPort
	sock *net.UDPConn
}

func newPhone(t *testing.T, w *world, id core.LegID, f media.Format) *phone {
	t.Helper()
	sock, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sock.Close() })
	leg, err := w.media.OpenRTP(id)
	if err != nil {
		t.Fatal(err)
	}
	leg.SetRemote(netip.MustParseAddrPort(sock.LocalAddr().String()), f)
	return &phone{t: t, leg: id, sock: sock, to: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(leg.Port()))}
}

func (p *phone) speak(c codec.Codec, hz int, stop <-chan struct{}) {
	enc := codec.NewEncoder(c)
	pcm := make([]int16, c.FrameSamples())
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		for i := range pcm {
			at := float64(n*len(pcm)+i) / float64(c.SampleRate())
			pcm[i] = int16(9000 * math.Sin(2*math.Pi*float64(hz)*at))
		}
		packet := rtp.Packet{Header: rtp.Header{
			Version: 2, PayloadType: c.PT(), SSRC: 77,
			SequenceNumber: uint16(n), Timestamp: uint32(n * 160),
		}, Payload: enc.Encode(nil, pcm)}
		if b, err := packet.Marshal(); err == nil {
			_, _ = p.sock.WriteToUDPAddrPort(b, p.to)
		}
	}
}

// hears reads until 400 ms are the tone, all in the codec.
func (p *phone) hears(c codec.Codec, hz int) {
	p.t.Helper()
	dec := codec.NewDecoder(c)
	var pcm []int16
	var last uint16
	buf := make([]byte, 1500)
	_ = p.sock.SetReadDeadline(time.Now().Add(patience))
	for n := 0; ; n++ {
		size, err := p.sock.Read(buf)
		if err != nil {
			p.t.Fatalf("the phone does not hear %d Hz: %v", hz, err)
		}
		if pt := buf[1] & 0x7f; pt != c.PT() {
			p.t.Fatalf("the phone is sent payload type %d", pt)
		}
		if buf[0] != 0x80 {
			p.t.Fatalf("the phone is sent a header of the kind %#x", buf[0])
		}
		seq := binary.BigEndian.Uint16(buf[2:])
		if n > 0 && (seq == last || seq-last > 10) {
			p.t.Errorf("sequence %d after %d", seq, last)
		}
		last = seq
		pcm = dec.Decode(pcm, buf[12:size])
		if window := c.SampleRate() * 2 / 5; len(pcm) >= window &&
			toneShare(pcm[len(pcm)-window:], hz, c.SampleRate()) > 0.95 {
			return
		}
	}
}
