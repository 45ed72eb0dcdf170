package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// page is an agent's page without a browser: a session, the stream of events,
// and a line that speaks.
type page struct {
	base   string
	http   *http.Client
	pc     *webrtc.PeerConnection
	out    *webrtc.TrackLocalStaticRTP
	offers chan offered
	ends   context.CancelFunc
	work   sync.WaitGroup

	seq    uint16
	heard  atomic.Int64 // when the first packet of a call came, ns since 1970
	came   atomic.Int64 // packets of ours
	delays chan time.Duration
}

// offered is a call in the popup.
type offered struct {
	id string
	at time.Time
}

// signIn opens a session, a line and a shift.
func (d *belfry) signIn(ctx context.Context, login string) (*page, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	p := &page{base: "http://" + d.http, http: &http.Client{Jar: jar}, offers: make(chan offered, 16), delays: make(chan time.Duration, 1<<16)}
	if _, err := p.post(ctx, "/api/v1/session", "application/json", `{"login":"`+login+`","password":"demo"}`); err != nil {
		return nil, err
	}
	ctx, p.ends = context.WithCancel(ctx)
	if err := p.listen(ctx); err != nil {
		p.close()
		return nil, err
	}
	if err := p.line(ctx); err != nil {
		p.close()
		return nil, err
	}
	if _, err := p.post(ctx, "/api/v1/me/shift/start", "", ""); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *page) close() {
	p.ends()
	if p.pc != nil {
		_ = p.pc.Close()
	}
	p.work.Wait()
	p.http.CloseIdleConnections()
}

func (p *page) post(ctx context.Context, path, kind, body string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	res, err := p.http.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("POST %s: %s: %s", path, res.Status, text)
	}
	return string(text), err
}

// listen reads the stream of events: an offer goes to offers and is said to be
// drawn, a ping is answered.
func (p *page) listen(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/api/v1/me/events", http.NoBody)
	if err != nil {
		return err
	}
	res, err := p.http.Do(r)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return errors.New(res.Status)
	}
	p.work.Go(func() {
		defer res.Body.Close()
		p.read(ctx, res.Body)
	})
	return nil
}

func (p *page) read(ctx context.Context, stream io.Reader) {
	last, event := "", ""
	buf, rest := make([]byte, 64<<10), []byte(nil)
	for {
		n, err := stream.Read(buf)
		at := time.Now()
		rest = append(rest, buf[:n]...)
		for {
			i := bytes.IndexByte(rest, '\n')
			if i < 0 {
				break
			}
			ln := strings.TrimRight(string(rest[:i]), "\r")
			rest = rest[i+1:]
			if e, ok := strings.CutPrefix(ln, "event:"); ok {
				event = strings.TrimSpace(e)
			}
			data, ok := strings.CutPrefix(ln, "data:")
			if !ok {
				continue
			}
			switch event {
			case "ping":
				_, _ = p.post(ctx, "/api/v1/me/pong", "application/json", data)
			case "desk":
				var d struct{ Offer *struct{ ID string } }
				if json.Unmarshal([]byte(data), &d) == nil && d.Offer != nil && d.Offer.ID != last {
					last = d.Offer.ID
					p.offers <- offered{last, at}
				}
			}
		}
		if err != nil {
			return
		}
	}
}

// line opens the audio line and waits until it is up.
func (p *page) line(ctx context.Context) error {
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	se := webrtc.SettingEngine{LoggerFactory: quiet}
	se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	se.SetIncludeLoopbackCandidate(true)
	se.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	g711 := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}
	var codecs webrtc.MediaEngine
	if err := codecs.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: g711, PayloadType: 0}, webrtc.RTPCodecTypeAudio); err != nil {
		return err
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(se), webrtc.WithMediaEngine(&codecs), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	var err error
	if p.pc, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return err
	}
	if p.out, err = webrtc.NewTrackLocalStaticRTP(g711, "voice", "page"); err != nil {
		return err
	}
	if _, err = p.pc.AddTrack(p.out); err != nil {
		return err
	}
	up := make(chan struct{})
	var once sync.Once
	p.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	p.pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { p.hear(t) })
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	answer, err := p.post(ctx, "/api/v1/me/station", "application/sdp", offer.SDP)
	if err != nil {
		return err
	}
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return err
	}
	select {
	case <-up:
		return wait(ctx, 200*time.Millisecond) // the program's side may be a moment behind
	case <-time.After(10 * time.Second):
		return errors.New("the line does not come up")
	}
}

// hear reads what the page is sent.
func (p *page) hear(t *webrtc.TrackRemote) {
	b := make([]byte, 2048)
	for {
		n, _, err := t.Read(b)
		if err != nil {
			return
		}
		now := time.Now().UnixNano()
		p.heard.CompareAndSwap(0, now)
		if n == packetSize && binary.BigEndian.Uint64(b[12:]) == mark {
			p.came.Add(1)
			select {
			case p.delays <- time.Duration(now - int64(binary.BigEndian.Uint64(b[20:]))):
			default:
			}
		}
	}
}

// say sends one packet.
func (p *page) say() {
	var payload [160]byte
	binary.BigEndian.PutUint64(payload[:], mark)
	binary.BigEndian.PutUint64(payload[8:], uint64(time.Now().UnixNano()))
	p.seq++
	_ = p.out.WriteRTP(&rtp.Packet{
		Header: rtp.Header{Version: 2, SequenceNumber: p.seq, Timestamp: uint32(p.seq) * 160}, Payload: payload[:],
	})
}

// speak says something 50 times a second until ctx ends.
func (p *page) speak(ctx context.Context) {
	tick := time.NewTicker(frame)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.say()
		case <-ctx.Done():
			return
		}
	}
}

// take waits for the popup, says that it is drawn, and accepts.
func (p *page) take(ctx context.Context) (at, accepted time.Time, err error) {
	select {
	case o := <-p.offers:
		if _, err := p.post(ctx, "/api/v1/offers/"+o.id+"/ack", "application/json", "{}"); err != nil {
			return o.at, at, err
		}
		p.heard.Store(0)
		accepted = time.Now()
		_, err = p.post(ctx, "/api/v1/offers/"+o.id+"/accept", "", "")
		return o.at, accepted, err
	case <-time.After(10 * time.Second):
		return at, at, errors.New("no popup came")
	case <-ctx.Done():
		return at, at, ctx.Err()
	}
}

// popup is one agent and twenty calls, one after the other.
func popup(ctx context.Context, b *Bench) error {
	s, err := b.stage(ctx, 0)
	if err != nil {
		return err
	}
	defer s.end()
	a, err := newAudio()
	if err != nil {
		return err
	}
	defer a.close()
	s.callerPort = a.port(0)
	p, err := s.signIn(ctx, "ann")
	if err != nil {
		return err
	}
	defer p.close()
	a.counting.Store(true)
	var seen, toPage, toCaller []time.Duration
	for range 20 {
		began := time.Now()
		n := s.dial(salesNumber, -1)
		drawn, accepted, err := p.take(ctx)
		if err != nil {
			return err
		}
		seen = append(seen, drawn.Sub(began))
		page, caller, err := s.firstPackets(ctx, a, p, n, accepted)
		if err != nil {
			return err
		}
		toPage, toCaller = append(toPage, page), append(toCaller, caller)
		s.hangUpAll(n, n+1)
		s.settled(ctx, n, n+1, over, 5*time.Second)
		for until := time.Now().Add(5 * time.Second); ; {
			if _, err = p.post(ctx, "/api/v1/me/post/end", "", ""); err == nil {
				break
			}
			if wait(ctx, 20*time.Millisecond) != nil || time.Now().After(until) {
				return err
			}
		}
	}
	b.times("caller's INVITE to the popup's event at the page", seen)
	b.times("acceptance to the caller's first packet at the page", toPage)
	b.times("acceptance to the agent's first packet at the caller", toCaller)
	return nil
}

// firstPackets has both ends speak every 2 ms from the acceptance on, so that
// the clock of the packets is not what is measured, and says when each heard the
// other.
func (s *stage) firstPackets(ctx context.Context, a *audio, p *page, n int, accepted time.Time) (page, caller time.Duration, err error) {
	s.mu.Lock()
	port := s.calls[n].port
	s.mu.Unlock()
	a.mu.Lock()
	a.delays = nil
	a.mu.Unlock()
	a.first.Store(0)
	to := stream{0, addrOf(port)}
	for until := time.Now().Add(3 * time.Second); time.Now().Before(until); {
		p.say()
		a.one(to)
		if at, back := p.heard.Load(), a.first.Load(); at > 0 && back > 0 {
			zero := accepted.UnixNano()
			return time.Duration(at - zero), time.Duration(back - zero), nil
		}
		if err := wait(ctx, 2*time.Millisecond); err != nil {
			return 0, 0, err
		}
	}
	return 0, 0, errors.New("one of the two did not hear the other")
}

// pagesTalking is how many agents in pages talk at once: a page's line costs the
// load as much as the program.
const pagesTalking = 40

// browsers has agents in pages talk to callers.
func browsers(ctx context.Context, b *Bench) error {
	s, err := b.stage(ctx, 0, fmt.Sprintf("--pages=%d", pagesTalking))
	if err != nil {
		return err
	}
	defer s.end()
	a, err := newAudio()
	if err != nil {
		return err
	}
	defer a.close()
	s.callerPort = a.port(0)
	var pages []*page
	for i := range pagesTalking {
		p, err := s.signIn(ctx, fmt.Sprintf("b%04d", i+1))
		if err != nil {
			return fmt.Errorf("agent %d: %w", i+1, err)
		}
		defer p.close()
		pages = append(pages, p)
	}
	const look = 8 * time.Second
	before := s.cpu()
	if err := wait(ctx, 5*time.Second); err != nil {
		return err
	}
	b.note(fmt.Sprintf("%d lines up, silent: CPU", pagesTalking), 100*float64(s.cpu()-before)/float64(5*time.Second), "% of a core")
	taken := make(chan error, len(pages))
	for _, p := range pages {
		go func() { _, _, err := p.take(ctx); taken <- err }()
	}
	from, to := s.pace(ctx, benchNumber, -1, 20, pagesTalking*time.Second/20)
	for range pages {
		if err := <-taken; err != nil {
			return err
		}
	}
	if !s.settled(ctx, from, to, talking, 5*time.Second) {
		return fmt.Errorf("the calls were not answered: %v", s.result(from, to))
	}
	var all []stream
	s.mu.Lock()
	for i := from; i < to; i++ {
		all = append(all, stream{0, addrOf(s.calls[i].port)})
	}
	s.mu.Unlock()
	speaking, hush := context.WithCancel(ctx)
	defer hush()
	for _, p := range pages {
		p.work.Go(func() { p.speak(speaking) })
	}
	done := make(chan struct{})
	go func() { defer close(done); a.speak(ctx, all, time.Second, look) }()
	_ = wait(ctx, time.Second)
	heard := func() (n int64) {
		for _, p := range pages {
			n += p.came.Load()
		}
		return n
	}
	before, began := s.cpu(), time.Now()
	atPages, atCallers := heard(), a.came.Load()
	<-done
	used, took := s.cpu()-before, time.Since(began)
	atPages, atCallers = heard()-atPages, a.came.Load()-atCallers
	hush()
	due := took.Seconds() * 50 * pagesTalking
	what := fmt.Sprintf("%d calls SIP to browser: ", pagesTalking)
	b.note(what+"cores for 100 calls", used.Seconds()/took.Seconds()*100/pagesTalking, "cores")
	b.note(what+"packets that came, at the pages", 100*float64(atPages)/due, "%")
	b.note(what+"packets that came, at the callers", 100*float64(atCallers)/due, "%")
	b.note(what+"memory", s.rss(), "MB")
	return nil
}
