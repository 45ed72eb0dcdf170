package bench

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	packetSize = 172 // 12 of RTP, 160 of G.711
	frame      = 20 * time.Millisecond
)

// audio speaks for many legs on two sockets, the callers' and the phones': 50
// packets a second and leg, each with the instant when it left in place of
// sound, which a relay does not change.
type audio struct {
	ends  [2]*net.UDPConn
	began time.Time
	work  sync.WaitGroup

	sent, came atomic.Int64
	first      atomic.Int64 // when a packet of ours came at the callers', ns since 1970
	mu         sync.Mutex
	delays     []time.Duration
	counting   atomic.Bool
}

func newAudio() (*audio, error) {
	a := &audio{began: time.Now()}
	for i := range a.ends {
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loop, 0)))
		if err != nil {
			return nil, err
		}
		tune(c)
		a.ends[i] = c
		a.work.Go(func() { a.read(c) })
	}
	return a, nil
}

func (a *audio) port(end int) int { return a.ends[end].LocalAddr().(*net.UDPAddr).Port }

func (a *audio) close() {
	for _, c := range a.ends {
		_ = c.Close()
	}
	a.work.Wait()
}

func (a *audio) read(c *net.UDPConn) {
	b, oob := make([]byte, 2048), make([]byte, 128)
	for {
		n, k, _, _, err := c.ReadMsgUDPAddrPort(b, oob)
		if err != nil {
			return
		}
		if n != packetSize || !a.counting.Load() {
			continue
		}
		sent := int64(binary.BigEndian.Uint64(b[20:]))
		at := stampOf(oob[:k])
		if binary.BigEndian.Uint64(b[12:]) != mark {
			continue // music, which the program plays
		}
		a.came.Add(1)
		if c == a.ends[0] {
			a.first.CompareAndSwap(0, at)
		}
		a.mu.Lock()
		a.delays = append(a.delays, time.Duration(at-sent))
		a.mu.Unlock()
	}
}

// mark tells our packets from music.
const mark = 0xBE1F4157_0DD5EED5

// stream is one leg's way to the program.
type stream struct {
	end int // 0 the caller's, 1 the phone's
	to  netip.AddrPort
}

func addrOf(port int) netip.AddrPort { return netip.AddrPortFrom(loop, uint16(port)) }

// one sends one packet.
func (a *audio) one(s stream) {
	var b [packetSize]byte
	b[0] = 0x80
	n := a.sent.Add(1)
	binary.BigEndian.PutUint16(b[2:], uint16(n))
	binary.BigEndian.PutUint32(b[4:], uint32(n)*160)
	binary.BigEndian.PutUint64(b[12:], mark)
	binary.BigEndian.PutUint64(b[20:], uint64(time.Now().UnixNano()))
	_, _ = a.ends[s.end].WriteToUDPAddrPort(b[:], s.to)
}

// speak sends on all streams for some time, spread evenly over the 20 ms. What
// is sent and what comes is counted from warm on.
func (a *audio) speak(ctx context.Context, all []stream, warm, during time.Duration) {
	var b [packetSize]byte
	b[0] = 0x80
	binary.BigEndian.PutUint64(b[12:], mark)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	began := time.Now()
	next := 0 // packets that are due so far, over all streams
	per := float64(len(all)) / float64(frame)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		gone := time.Since(began)
		if gone > warm && !a.counting.Load() {
			a.counting.Store(true)
		}
		if gone > warm+during {
			return
		}
		for due := int(per * float64(gone)); next < due; next++ {
			s, round := all[next%len(all)], next/len(all)
			binary.BigEndian.PutUint16(b[2:], uint16(round))
			binary.BigEndian.PutUint32(b[4:], uint32(round)*160)
			binary.BigEndian.PutUint32(b[8:], uint32(next%len(all)+1))
			binary.BigEndian.PutUint64(b[20:], uint64(time.Now().UnixNano()))
			_, _ = a.ends[s.end].WriteToUDPAddrPort(b[:], s.to)
			if a.counting.Load() {
				a.sent.Add(1)
			}
		}
	}
}
