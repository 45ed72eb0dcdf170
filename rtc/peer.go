package rtc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

// How long the path to a browser may be silent. Chromium checks it every 2.5 s
// even when nobody speaks, so after 5 s it is doubtful and after 10 s it is gone.
// We check it every second: by that the page sees that it is there, and makes
// another line after 2.5 s without (ui/wire/flow.ts).
const (
	pathDoubtful = 5 * time.Second
	pathGone     = 5 * time.Second // more
	pathCheck    = time.Second
)

// telephoneEvent is the payload type we would give to telephone-event; in an
// answer the browser's own number counts.
const telephoneEvent = 126

// newAPI builds what makes all connections: one socket, TCP beside it, no
// interceptors (RTCP is our own, see report.go), no multicast, and the codecs that
// the media engine speaks. Closing muxes frees the ports.
func newAPI(sock *socket, tcp *door, public netip.Addr) (api *webrtc.API, muxes []io.Closer, err error) {
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	var se webrtc.SettingEngine
	se.LoggerFactory = quiet
	mux := webrtc.NewICEUDPMux(quiet.NewLogger("ice"), sock)
	se.SetICEUDPMux(mux)
	streams := ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener: tcp, Logger: quiet.NewLogger("ice"), ReadBufferSize: tcpQueue, WriteBufferSize: tcpUnsent,
		FirstStunBindTimeout: tcpProof, AliveDurationForConnFromStun: tcpProof,
	})
	se.SetICETCPMux(streams)
	muxes = []io.Closer{mux, streams}
	bound := sock.LocalAddr().(*net.UDPAddr).IP
	networks := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4}
	if bound.To4() == nil {
		networks = []webrtc.NetworkType{webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP6}
	}
	se.SetNetworkTypes(networks)
	se.SetIncludeLoopbackCandidate(bound.IsLoopback())
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	se.SetICETimeouts(pathDoubtful, pathGone, pathCheck)
	se.SetDTLSInsecureSkipHelloVerify(true) // a round trip less; STUN has proven the address already
	se.SetFireOnTrackBeforeFirstRTP(true)
	if public.IsValid() {
		if err := se.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: []string{public.String()}, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace,
		}); err != nil {
			return nil, muxes, fmt.Errorf("public address %s: %w", public, err)
		}
	}
	codecs, err := codecTable()
	if err != nil {
		return nil, muxes, err
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(se), webrtc.WithMediaEngine(codecs),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{})), muxes, nil
}

// codecTable registers what we speak. All of it is agreed on at once, so that
// a call's codec needs no new offer.
func codecTable() (*webrtc.MediaEngine, error) {
	var m webrtc.MediaEngine
	for _, c := range []struct {
		mime string
		pt   webrtc.PayloadType
	}{
		{webrtc.MimeTypePCMU, 0},
		{webrtc.MimeTypePCMA, 8},
		{webrtc.MimeTypeG722, 9},
		{"audio/telephone-event", telephoneEvent},
	} {
		codec := webrtc.RTPCodecParameters{
			PayloadType:        c.pt,
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: c.mime, ClockRate: 8000},
		}
		if err := m.RegisterCodec(codec, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, fmt.Errorf("register %s: %w", c.mime, err)
		}
	}
	return &m, nil
}

// certificate returns the process's DTLS certificate: the one kept in file when
// it is good for another week, else a new one (ECDSA P-256), kept there. An
// empty file name keeps none.
func certificate(file string, now time.Time) (webrtc.Certificate, error) {
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return webrtc.Certificate{}, fmt.Errorf("read certificate: %w", err)
		}
		// What cannot be read is replaced: nobody depends on the old one.
		if c, err := webrtc.CertificateFromPEM(string(b)); err == nil && c.Expires().After(now.AddDate(0, 0, 7)) {
			return *c, nil
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("make key: %w", err)
	}
	c, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("make certificate: %w", err)
	}
	if file == "" {
		return *c, nil
	}
	text, err := c.PEM()
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("write certificate: %w", err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return webrtc.Certificate{}, fmt.Errorf("keep certificate: %w", err)
	}
	return *c, nil
}
