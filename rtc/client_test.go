package rtc

import (
	"context"
	"encoding/binary"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belfry/core"
	"belfry/media"
	"belfry/media/codec"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const patience = 10 * time.Second

// floor takes the news.
type floor struct {
	mu   sync.Mutex
	all  []core.Event
	more chan struct{}
}

func (f *floor) tell(e core.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, e)
	select {
	case f.more <- struct{}{}:
	default:
	}
}

// stations are the news about stations so far.
func (f *floor) stations() []core.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []core.Event
	for _, e := range f.all {
		switch e.(type) {
		case core.StationUp, core.StationGone:
			list = append(list, e)
		default:
		}
	}
	return list
}

// wait waits for the nth piece of news about stations, from 1.
func (f *floor) wait(t *testing.T, n int) core.Event {
	t.Helper()
	deadline := time.After(patience)
	for {
		if list := f.stations(); len(list) >= n {
			return list[n-1]
		}
		select {
		case <-f.more:
		case <-deadline:
			t.Fatalf("no news number %d; there are %+v", n, f.stations())
		}
	}
}

// world is a running media engine with stations.
type world struct {
	*Stations
	*floor
	media *media.Engine
}

func start(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	f := &floor{more: make(chan struct{}, 1)}
	e, err := media.New(media.Options{PortLow: 41000, PortHigh: 41999, DataDir: t.TempDir(), Tell: f.tell})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Listen: "127.0.0.1:0", Media: e, Tell: f.tell}
	for _, c := range change {
		c(&o)
	}
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Stations: s, floor: f, media: e}
	t.Cleanup(func() {
		if broken := s.Check(); len(broken) > 0 {
			t.Errorf("broken: %q", broken)
		}
		s.Stop()
		e.Close()
	})
	return w
}

func (w *world) do(e core.Effect) { w.media.Do(core.Order{Epoch: 1, Effect: e}) }

// browser is a page's connection, made of pion instead of Chromium.
type browser struct {
	t     *testing.T
	pc    *webrtc.PeerConnection
	line  *line // what it sends
	ears  chan *webrtc.TrackRemote
	rtcps atomic.Int64 // RTCP packets that came
	up    chan struct{}
	once  sync.Once
	mouth sync.Mutex // one speaker at a time
	said  int        // packets; numbers go on whoever speaks
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	se := webrtc.SettingEngine{LoggerFactory: quiet}
	se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	se.SetIncludeLoopbackCandidate(true)
	se.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	se.SetFireOnTrackBeforeFirstRTP(true)
	codecs, err := codecTable()
	if err != nil {
		t.Fatal(err)
	}
	opus := webrtc.RTPCodecParameters{PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2,
	}}
	if err := codecs.RegisterCodec(opus, webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(se), webrtc.WithMediaEngine(codecs), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, pc: pc, line: &line{}, ears: make(chan *webrtc.TrackRemote, 1), up: make(chan struct{})}
	sender, err := pc.AddTrack(b.line)
	if err != nil {
		t.Fatal(err)
	}
	go b.count(sender)
	pc.OnTrack(func(track *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		go b.count(r)
		b.ears <- track
	})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			b.once.Do(func() { close(b.up) })
		}
	})
	t.Cleanup(func() { _ = pc.Close() })
	return b
}

func (b *browser) count(from interface {
	Read([]byte) (int, rtcpInfo, error)
},
) {
	buf := make([]byte, 1500)
	for {
		n, _, err := from.Read(buf)
		if err != nil {
			return
		}
		if _, err := rtcp.Unmarshal(buf[:n]); err == nil {
			b.rtcps.Add(1)
		}
	}
}

// offer is the SDP that a page posts: without candidates.
func (b *browser) offer() string {
	b.t.Helper()
	offer, err := b.pc.CreateOffer(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.pc.SetLocalDescription(offer); err != nil {
		b.t.Fatal(err)
	}
	return offer.SDP
}

// connect offers and takes the answer.
func (b *browser) connect(w *world, agent core.UserID) core.StationID {
	b.t.Helper()
	id, answer, err := w.Offer(context.Background(), agent, b.offer())
	if err != nil {
		b.t.Fatal(err)
	}
	b.take(answer)
	return id
}

func (b *browser) take(answer string) {
	b.t.Helper()
	if err := b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) track() *webrtc.TrackRemote {
	b.t.Helper()
	select {
	case track := <-b.ears:
		return track
	case <-time.After(patience):
		b.t.Fatal("no track came")
		return nil
	}
}

// speak sends a tone, 50 packets a second, until stop is closed.
func (b *browser) speak(c codec.Codec, hz int, stop <-chan struct{}) {
	b.mouth.Lock()
	defer b.mouth.Unlock()
	enc := codec.NewEncoder(c)
	pcm := make([]int16, c.FrameSamples())
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ; ; b.said++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		n := b.said
		for i := range pcm {
			at := float64(n*len(pcm)+i) / float64(c.SampleRate())
			pcm[i] = int16(9000 * math.Sin(2*math.Pi*float64(hz)*at))
		}
		_, _ = b.line.WriteRTP(&rtp.Header{
			Version: 2, PayloadType: c.PT(), SequenceNumber: uint16(n),
			Timestamp: uint32(n * 160),
		}, enc.Encode(nil, pcm))
	}
}

// packet is what a browser is sent.
type packet struct {
	pt  uint8
	seq uint16
	ts  uint32
}

// hears reads until 400 ms have a tone of at least the share; it returns the
// packets that it read.
func hears(t *testing.T, track *webrtc.TrackRemote, hz int) []packet {
	t.Helper()
	var pcm []int16
	var got []packet
	var share float64
	var dec *codec.Decoder
	buf := make([]byte, 1500)
	_ = track.SetReadDeadline(time.Now().Add(patience))
	for {
		n, _, err := track.Read(buf)
		if err != nil {
			t.Fatalf("%d Hz are not heard: share %.3f after %d packets: %v", hz, share, len(got), err)
		}
		pt := buf[1] & 0x7f
		c, ok := codec.ByPT(pt)
		if !ok {
			continue
		}
		if dec == nil || dec.Codec() != c {
			dec, pcm = codec.NewDecoder(c), nil
		}
		got = append(got, packet{pt, binary.BigEndian.Uint16(buf[2:]), binary.BigEndian.Uint32(buf[4:])})
		pcm = dec.Decode(pcm, buf[12:n])
		if window := c.SampleRate() * 2 / 5; len(pcm) >= window {
			if share = toneShare(pcm[len(pcm)-window:], hz, c.SampleRate()); share > 0.95 {
				return got
			}
		}
	}
}

// toneShare is how much of the energy is one tone (Goertzel).
func toneShare(pcm []int16, hz, rate int) float64 {
	k := 2 * math.Cos(2*math.Pi*float64(hz)/float64(rate))
	var a, b, whole float64
	for _, v := range pcm {
		x := float64(v)
		whole += x * x
		a, b = x+k*a-b, a
	}
	if whole < 1e6 {
		return 0
	}
	return 2 * (a*a + b*b - k*a*b) / float64(len(pcm)) / whole
}

// silent waits a second and fails when a packet comes.
func silent(t *testing.T, track *webrtc.TrackRemote) {
	t.Helper()
	_ = track.SetReadDeadline(time.Now().Add(time.Second))
	if n, _, err := track.Read(make([]byte, 1500)); err == nil {
		t.Errorf("an idle line was sent %d bytes", n)
	}
}
