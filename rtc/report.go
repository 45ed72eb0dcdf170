package rtc

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

type rtcpInfo = interceptor.Attributes

// reportEvery is how often each side of a line that is heard gets RTCP. A line
// on which nothing flows gets none: idle means silent.
const reportEvery = time.Second

// reception keeps what a receiver report needs (RFC 3550 §6.4.1, appendix A.3
// and A.8) about the browser's packets.
type reception struct {
	mu       sync.Mutex
	ssrc     uint32
	begun    bool
	base     uint32 // first extended sequence number
	top      uint32 // highest one
	got      uint32
	toldGot  uint32 // as of the last report
	toldDue  uint32
	jitter   uint32 // times 16, in ticks of 8,000 a second
	transit  uint32
	senderAt uint32 // middle of the NTP time of the browser's last report
	cameAt   time.Time

	strange atomic.Uint64
}

func (r *reception) begin(ssrc uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ssrc = ssrc
}

// took counts one RTP packet.
func (r *reception) took(p []byte, now time.Time) {
	seq := uint32(p[2])<<8 | uint32(p[3])
	stamp := uint32(p[4])<<24 | uint32(p[5])<<16 | uint32(p[6])<<8 | uint32(p[7])
	arrival := uint32(now.UnixMilli() * 8)
	r.mu.Lock()
	defer r.mu.Unlock()
	transit := arrival - stamp
	if !r.begun {
		r.begun, r.base, r.top = true, seq|1<<16, seq|1<<16
	} else {
		if step := int16(uint16(seq) - uint16(r.top)); step > 0 {
			r.top += uint32(step)
		}
		// A pause in speech moves the clock; a jump of over a second is not jitter.
		if d := int32(transit - r.transit); d > -8000 && d < 8000 {
			r.jitter += uint32(max(d, -d)) - (r.jitter+8)>>4
		}
	}
	r.transit = transit
	r.got++
}

// report notes when the browser sent its last sender report.
func (r *reception) report(b []byte, now time.Time) {
	packets, err := rtcp.Unmarshal(b)
	if err != nil {
		return
	}
	for _, p := range packets {
		if sr, ok := p.(*rtcp.SenderReport); ok {
			r.mu.Lock()
			r.senderAt, r.cameAt = uint32(sr.NTPTime>>16), now
			r.mu.Unlock()
		}
	}
}

// next is the block to send; false when nothing came since the last one.
func (r *reception) next(now time.Time) (rtcp.ReceptionReport, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.got == r.toldGot {
		return rtcp.ReceptionReport{}, false
	}
	due := r.top - r.base + 1
	got := r.got - r.toldGot
	missed := int32(due-r.toldDue) - int32(got)
	block := rtcp.ReceptionReport{
		SSRC: r.ssrc, LastSequenceNumber: r.top, Jitter: r.jitter >> 4,
		TotalLost: uint32(max(0, int32(due)-int32(r.got))),
	}
	if missed > 0 && due != r.toldDue {
		block.FractionLost = uint8(min(255, uint32(missed)*256/(due-r.toldDue)))
	}
	if !r.cameAt.IsZero() {
		block.LastSenderReport = r.senderAt
		block.Delay = uint32(now.Sub(r.cameAt) * 65536 / time.Second)
	}
	r.toldGot, r.toldDue = r.got, due
	return block, true
}

// reports sends RTCP on every line that is heard or hears, until Stop.
func (s *Stations) reports() {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case now := <-tick.C:
			for _, st := range s.lines() {
				s.guard(st, func() { st.sendReport(now) })
			}
		}
	}
}

// lines are all lines that are up.
func (s *Stations) lines() []*station {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*station, 0, len(s.seats))
	for _, p := range s.seats {
		if p.up != nil {
			list = append(list, p.up)
		}
	}
	return list
}

// sendReport tells the browser what we sent and what we got of it. A packet
// that cannot be sent is one that was lost.
func (st *station) sendReport(now time.Time) {
	t := st.out.to.Load()
	if t == nil {
		return
	}
	var blocks []rtcp.ReceptionReport
	if b, ok := st.in.next(now); ok {
		blocks = []rtcp.ReceptionReport{b}
	}
	sent := st.out.packets.Load()
	switch {
	case sent != st.out.told:
		st.out.told = sent
		_ = st.pc.WriteRTCP([]rtcp.Packet{&rtcp.SenderReport{
			SSRC: t.ssrc, NTPTime: ntp(now), RTPTime: st.out.stamp.Load(),
			PacketCount: sent, OctetCount: st.out.octets.Load(), Reports: blocks,
		}})
	case blocks != nil:
		_ = st.pc.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: t.ssrc, Reports: blocks}})
	}
}

// ntp is an instant as RTCP writes it: seconds since 1900 in 32.32 bits.
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/1e9
}
