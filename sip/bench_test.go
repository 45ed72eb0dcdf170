package sip

import (
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"belfry/core"

	sipgoua "github.com/emiago/sipgo"
	sipgo "github.com/emiago/sipgo/sip"
)

const usualINVITE = "INVITE sip:+33100000009@127.0.0.1:5060 SIP/2.0\r\n" +
	"Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK-1234-1-0\r\n" +
	"From: \"+33600001\" <sip:+33600001@127.0.0.2:5070>;tag=1234+33600001\r\n" +
	"To: <sip:+33100000009@127.0.0.1:5060>\r\n" +
	"Call-ID: 1-1234@127.0.0.2\r\n" +
	"CSeq: 1 INVITE\r\n" +
	"Contact: <sip:+33600001@127.0.0.2:5070>\r\n" +
	"Max-Forwards: 70\r\n" +
	"Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE\r\n" +
	"Content-Type: application/sdp\r\n\r\n" + plainSDP

func BenchmarkParse(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		datagram := []byte(usualINVITE)
		var m message
		for b.Loop() {
			if f := parse(string(datagram), &m); f != nil {
				b.Fatal(f)
			}
		}
	})
	b.Run("sipgo", func(b *testing.B) {
		b.ReportAllocs()
		head, body, _ := strings.Cut(usualINVITE, "\r\n\r\n")
		datagram := []byte(head + "\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
		p := sipgo.NewParser()
		for b.Loop() {
			if _, err := p.ParseSIP(datagram); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSDP(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, f := parseSDP(plainSDP); f != nil {
			b.Fatal(f)
		}
	}
}

// BenchmarkRefuse is what a new call costs that is one too many: read, refused
// with 503, and nothing kept.
func BenchmarkRefuse(b *testing.B) {
	e := newBench(b, func(o *Options) { o.Limits = Limits{Lateness: time.Nanosecond}; o.Log = slog.New(slog.DiscardHandler) })
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	from := sink.LocalAddr().(*net.UDPAddr).AddrPort()
	raw := strings.Replace(usualINVITE, "127.0.0.2:5070;", sink.LocalAddr().String()+";", 1)
	l := e.laneOf("x")
	b.ReportAllocs()
	for b.Loop() {
		p := parcel{raw: string([]byte(raw)), flow: flow{addr: from}, at: 1}
		l.put(p)
	}
	b.StopTimer()
	if s := e.Stats(); s.Transactions+s.Legs != 0 {
		b.Errorf("%+v", s)
	}
}

// BenchmarkInviteAnswerBye is a whole call in seven messages: INVITE 100 200
// ACK BYE 200. cpu-µs/call is the process's CPU, the caller's part included,
// which is the same in all rows. "sipgo" is a user agent on sipgo's transport
// and transactions that does nothing else; "with audio" is ours: it keeps a
// dialog and opens and closes the ports of its audio besides.
func BenchmarkInviteAnswerBye(b *testing.B) {
	b.Run("with audio", func(b *testing.B) {
		var e *bench
		e = newBench(b, func(o *Options) {
			slow(o)
			o.Limits = Limits{CallsPerSecond: -1, Calls: -1, Lateness: -1}
			o.Tell = func(ev core.Event) error {
				if came, ok := ev.(core.CallCame); ok {
					e.Do(core.Order{Effect: core.Answer{Leg: came.Leg}})
				}
				return nil
			}
		})
		callAndHangUp(b, net.UDPAddrFromAddrPort(e.Addr()))
	})
	b.Run("sipgo", func(b *testing.B) {
		callAndHangUp(b, sipgoAgent(b))
	})
}

// sipgoAgent is the peer of the comparison.
func sipgoAgent(b *testing.B) *net.UDPAddr {
	b.Helper()
	ua, err := sipgoua.NewUA()
	if err != nil {
		b.Fatal(err)
	}
	srv, err := sipgoua.NewServer(ua)
	if err != nil {
		b.Fatal(err)
	}
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	at := c.LocalAddr().(*net.UDPAddr)
	contact := &sipgo.ContactHeader{Address: sipgo.Uri{Host: "127.0.0.1", Port: at.Port}}
	srv.OnInvite(func(r *sipgo.Request, tx sipgo.ServerTransaction) {
		_ = tx.Respond(sipgo.NewResponseFromRequest(r, 100, "Trying", nil))
		ok := sipgo.NewResponseFromRequest(r, 200, "OK", []byte(plainSDP))
		ok.AppendHeader(contact)
		ok.AppendHeader(sipgo.NewHeader("Content-Type", "application/sdp"))
		_ = tx.Respond(ok)
	})
	srv.OnAck(func(*sipgo.Request, sipgo.ServerTransaction) {})
	srv.OnBye(func(r *sipgo.Request, tx sipgo.ServerTransaction) {
		_ = tx.Respond(sipgo.NewResponseFromRequest(r, 200, "OK", nil))
	})
	go func() { _ = srv.ServeUDP(c) }()
	b.Cleanup(func() { _ = c.Close(); _ = ua.Close() })
	return at
}

// callAndHangUp makes b.N calls, sixteen at a time.
func callAndHangUp(b *testing.B, to *net.UDPAddr) {
	b.Helper()
	c, err := net.DialUDP("udp4", nil, to)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	head, _, _ := strings.Cut(usualINVITE, "\r\n\r\n")
	usual := head + "\r\nContent-Length: " + strconv.Itoa(len(plainSDP)) + "\r\n\r\n" + plainSDP
	const window = 16
	calls := 0
	begin := func() {
		calls++
		id := strconv.Itoa(calls)
		r := strings.NewReplacer("127.0.0.2:5070;branch", c.LocalAddr().String()+";branch", "-1234-1-0", id, "1-1234@", "call"+id+"@")
		_, _ = c.Write([]byte(r.Replace(usual)))
	}
	in := make([]byte, 65536)
	var m message
	cpu := used()
	b.ResetTimer()
	for range min(window, b.N) {
		begin()
	}
	for done := 0; done < b.N; {
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := c.Read(in)
		if err != nil {
			b.Fatal(err)
		}
		if f := parse(string(in[:n]), &m); f != nil {
			b.Fatal(f)
		}
		switch {
		case m.method == "INVITE" && m.status == 200:
			target := strings.Trim(m.value(hContact), "<>")
			tail := fmt.Sprintf("From: %s\r\nTo: %s\r\nCall-ID: %s\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n", m.value(hFrom), m.value(hTo), m.callID)
			via := "Via: SIP/2.0/UDP " + c.LocalAddr().String() + ";branch=" + m.via.branch
			_, _ = c.Write([]byte("ACK " + target + " SIP/2.0\r\n" + via + "a\r\n" + tail + "CSeq: 1 ACK\r\n\r\n"))
			_, _ = c.Write([]byte("BYE " + target + " SIP/2.0\r\n" + via + "b\r\n" + tail + "CSeq: 2 BYE\r\n\r\n"))
		case m.method == "BYE":
			done++
			if calls < b.N {
				begin()
			}
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(used()-cpu)/float64(time.Microsecond)/float64(b.N), "cpu-µs/call")
}

// used is the CPU that the process has used.
func used() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
