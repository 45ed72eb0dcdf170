package rtc

import (
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// line is what a browser hears: the media engine writes into it, and it goes
// out under the SSRC that was agreed on. Payload type, sequence number and
// timestamp are the engine's: one line of each, whatever is the source.
type line struct {
	to   atomic.Pointer[target]
	head rtp.Header // reused; the engine calls from one goroutine at a time

	packets, octets atomic.Uint32
	stamp           atomic.Uint32 // the last timestamp
	failed          atomic.Uint64
	told            uint32 // packets, as of the last report; the reporter's own
}

// target is where the connection wants it.
type target struct {
	ssrc uint32
	w    webrtc.TrackLocalWriter
}

// WriteRTP is media.LineWriter's. Before the connection stands, and after, the
// packet is dropped.
func (l *line) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	t := l.to.Load()
	if t == nil {
		return 0, nil
	}
	l.head = *h
	l.head.SSRC = t.ssrc
	n, err := t.w.WriteRTP(&l.head, payload)
	if err != nil {
		l.failed.Add(1)
		return n, err
	}
	l.packets.Add(1)
	l.octets.Add(uint32(len(payload)))
	l.stamp.Store(h.Timestamp)
	return n, nil
}

// Bind is webrtc.TrackLocal's: the connection says where to write.
func (l *line) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	l.to.Store(&target{ssrc: uint32(c.SSRC()), w: c.WriteStream()})
	return c.CodecParameters()[0], nil
}

// Unbind is webrtc.TrackLocal's.
func (l *line) Unbind(webrtc.TrackLocalContext) error {
	l.to.Store(nil)
	return nil
}

// ID, RID, StreamID and Kind are webrtc.TrackLocal's: the track as the page
// sees it.
func (l *line) ID() string                { return "audio" }
func (l *line) RID() string               { return "" }
func (l *line) StreamID() string          { return "belfry" }
func (l *line) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
