package rtc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"belfry/core"
	"belfry/media"

	"github.com/pion/webrtc/v4"
)

const (
	// connectTime is how long a browser may take from our answer to DTLS.
	connectTime = 10 * time.Second
	// silentTime without a packet, where packets are due, ends a line.
	silentTime = 3 * time.Second
)

// station is one browser's line. What is below mu of Stations is guarded by it;
// the rest does not change after newStation.
type station struct {
	id    core.StationID
	agent core.UserID
	leg   core.LegID
	all   *Stations
	pc    *webrtc.PeerConnection
	audio *media.Leg
	out   *line
	in    *reception

	codecs []string // set by answer, before the line can be up

	giveUp *time.Timer
	gone   bool
	upAt   time.Time
	epoch  uint64 // the newest that gave an order
}

// newStation makes the connection and its leg; nothing has been agreed on yet.
func newStation(s *Stations, agent core.UserID) (*station, error) {
	now := time.Now()
	st := &station{
		id: core.StationID(newID("sta_", now)), leg: core.LegID(newID("leg_b", now)),
		agent: agent, all: s, out: &line{}, in: &reception{},
	}
	pc, err := s.api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{s.cert}})
	if err != nil {
		return nil, fmt.Errorf("open connection: %w", err)
	}
	st.pc = pc
	if st.audio, err = s.opts.Media.OpenLine(st.leg, st.out); err != nil {
		_ = pc.Close()
		return nil, fmt.Errorf("open line: %w", err)
	}
	st.audio.OnSilent(silentTime, func() { s.end(st, "silent") })
	pc.OnConnectionStateChange(st.changed)
	pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		s.guard(st, func() { st.hear(t, r) })
	})
	return st, nil
}

// answer agrees with a checked offer on all the codecs that it has and returns
// our SDP, complete: there is one candidate and no network to ask.
func (st *station) answer(ctx context.Context, offer string) (string, error) {
	sender, err := st.pc.AddTrack(st.out)
	if err != nil {
		return "", fmt.Errorf("add track: %w", err)
	}
	if err := st.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", bad("sdp-refused", "the offer cannot be answered: %v", err)
	}
	answer, err := st.pc.CreateAnswer(nil)
	if err != nil {
		return "", bad("sdp-refused", "the offer cannot be answered: %v", err)
	}
	st.agree(sender)
	gathered := webrtc.GatheringCompletePromise(st.pc)
	if err := st.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("take our own answer: %w", err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	go st.all.guard(st, func() { st.reports(sender) })
	return st.pc.LocalDescription().SDP, nil
}

// agree notes which codecs, and which number of telephone-event, both have.
func (st *station) agree(sender *webrtc.RTPSender) {
	for _, c := range sender.GetParameters().Codecs {
		name := strings.TrimPrefix(c.MimeType, "audio/")
		if name == "telephone-event" {
			st.audio.SetDTMF(uint8(c.PayloadType))
			continue
		}
		st.codecs = append(st.codecs, name)
	}
	var all []media.Codec
	for _, name := range st.codecs {
		all = append(all, media.Codec(name))
	}
	st.audio.SetCodecs(all...)
	if len(all) > 0 {
		st.audio.SetCodec(all[0])
	}
}

// changed hears how the connection fares; pion calls it in order.
func (st *station) changed(s webrtc.PeerConnectionState) {
	switch s {
	case webrtc.PeerConnectionStateConnected:
		st.all.connected(st)
	case webrtc.PeerConnectionStateFailed:
		st.all.end(st, "path lost")
	case webrtc.PeerConnectionStateClosed:
		st.all.end(st, "hung up")
	}
}

// hear gives the browser's packets to the media engine until the line closes.
func (st *station) hear(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	st.in.begin(uint32(t.SSRC()))
	go st.all.guard(st, func() { st.reports(r) })
	buf := make([]byte, 1500)
	for {
		n, _, err := t.Read(buf)
		switch {
		case err == nil:
			if p := bare(buf[:n]); p != nil {
				st.in.took(p, time.Now())
				st.audio.Receive(p)
			}
		case n == 0 || over(err):
			return
		default:
			st.in.strange.Add(1) // a payload type that was not agreed on
		}
	}
}

// reports gives the browser's RTCP to the media engine, and must: what nobody
// reads piles up.
func (st *station) reports(from interface {
	Read([]byte) (int, rtcpInfo, error)
},
) {
	buf := make([]byte, 1500)
	for {
		n, _, err := from.Read(buf)
		if err != nil {
			return
		}
		st.in.report(buf[:n], time.Now())
		st.audio.ReceiveRTCP(buf[:n])
	}
}

// free lets go of what the line holds.
func (st *station) free() {
	st.audio.Close()
	_ = st.pc.Close()
}

// over says whether a read failed because there is nothing more to come.
func over(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed)
}

// bare takes the header extensions that a browser may add off an RTP
// packet, in place, so that it may go on to any phone. It returns nil when the
// packet is not RTP version 2 or shorter than it says.
func bare(p []byte) []byte {
	if len(p) < 12 || p[0]>>6 != 2 {
		return nil
	}
	if p[0]&0x10 == 0 {
		return p
	}
	head := 12 + 4*int(p[0]&0x0f)
	if len(p) < head+4 {
		return nil
	}
	ext := 4 + 4*(int(p[head+2])<<8|int(p[head+3]))
	if len(p) < head+ext {
		return nil
	}
	copy(p[ext:], p[:head])
	p = p[ext:]
	p[0] &^= 0x10
	return p
}

// guard runs f and turns its panic into the end of one line.
func (s *Stations) guard(st *station, f func()) {
	defer func() {
		if v := recover(); v != nil {
			s.log.Error("station panicked", "agent", st.agent, "station", st.id, "panic", fmt.Sprint(v))
			s.end(st, "our failure")
		}
	}()
	f()
}
