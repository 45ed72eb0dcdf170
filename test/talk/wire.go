package talk

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"belfry/media/codec"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// connect opens the audio line and waits until it is up.
func (p *page) connect() (*webrtc.PeerConnection, error) {
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	se := webrtc.SettingEngine{LoggerFactory: quiet}
	se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	se.SetIncludeLoopbackCandidate(true)
	se.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	var codecs webrtc.MediaEngine
	p.mu.Lock()
	known := codec.All()
	if p.codec != "" {
		known = []codec.Codec{p.codec}
	}
	p.mu.Unlock()
	for _, c := range known {
		if err := codecs.RegisterCodec(webrtc.RTPCodecParameters{
			PayloadType: webrtc.PayloadType(c.PT()), RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: "audio/" + string(c), ClockRate: 8000},
		}, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(se), webrtc.WithMediaEngine(&codecs), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	track := &wire{}
	if _, err := pc.AddTrack(track); err != nil {
		return nil, err
	}
	up := make(chan struct{})
	once := sync.OnceFunc(func() { close(up) })
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once()
		}
	})
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			packet, _, err := t.ReadRTP()
			if err != nil {
				return
			}
			p.ear.hear(packet.PayloadType, packet.Payload)
		}
	})
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return nil, err
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.out = track
	p.mu.Unlock()
	status, answer, err := p.do("POST", "/api/v1/me/station", "application/sdp", offer.SDP, nil)
	if err != nil || status != http.StatusCreated {
		return nil, fmt.Errorf("open the line: %d %s %w", status, answer, err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return nil, err
	}
	select {
	case <-up:
		return pc, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("the line does not come up")
	}
}

// wire is what a page sends on: packets of any codec that was agreed on.
type wire struct {
	mu  sync.Mutex
	id  uint32
	out webrtc.TrackLocalWriter
}

func (w *wire) write(p *rtp.Packet) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out != nil {
		p.SSRC = w.id
		_, _ = w.out.WriteRTP(&p.Header, p.Payload)
	}
}

// Bind is webrtc.TrackLocal's.
func (w *wire) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.id, w.out = uint32(c.SSRC()), c.WriteStream()
	return c.CodecParameters()[0], nil
}

// Unbind is webrtc.TrackLocal's.
func (w *wire) Unbind(webrtc.TrackLocalContext) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = nil
	return nil
}

// ID is webrtc.TrackLocal's.
func (w *wire) ID() string { return "voice" }

// RID is webrtc.TrackLocal's.
func (w *wire) RID() string { return "" }

// StreamID is webrtc.TrackLocal's.
func (w *wire) StreamID() string { return "page" }

// Kind is webrtc.TrackLocal's.
func (w *wire) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
