package talk

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"belfry/app/demo"

	"github.com/icholy/digest"
)

// register has the phones at hand registered as somebody's extension (RFC 3261
// §10, RFC 7616). Calls come back where that came from, and are passed on.
func (h *house) register(t testing.TB, extension string) {
	t.Helper()
	at, err := netip.ParseAddrPort(h.SIP)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = c.Close() })
	h.logIn(t, c, at, extension)
	_ = c.SetReadDeadline(time.Time{})
	phones := netip.MustParseAddrPort(h.phone.Addr())
	h.work.Go(func() {
		b := make([]byte, 1<<16)
		for {
			n, from, err := c.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			to := phones
			if from == phones {
				to = at
			}
			_, _ = c.WriteToUDPAddrPort(b[:n], to)
		}
	})
}

func (h *house) logIn(t testing.TB, c *net.UDPConn, at netip.AddrPort, extension string) {
	t.Helper()
	call, proof := rand.Text(), ""
	for seq := 1; seq < 4; seq++ {
		status, head := h.sendRegister(t, c, at, extension, call, seq, proof)
		if status == 200 {
			return
		}
		for _, said := range head.Values("Www-Authenticate") {
			ch, err := digest.ParseChallenge(said)
			if err != nil || !strings.EqualFold(ch.Algorithm, "MD5") && ch.Algorithm != "" {
				continue
			}
			answer, err := digest.Digest(ch, digest.Options{
				Method: "REGISTER", URI: "sip:" + h.SIP, Count: 1, Username: extension, Password: demo.Password + "-" + extension,
			})
			if err != nil {
				t.Fatal(err)
			}
			proof = "Authorization: " + answer.String() + "\r\n"
		}
	}
	t.Fatalf("the phone of %s is not let in", extension)
}

func (h *house) sendRegister(t testing.TB, c *net.UDPConn, at netip.AddrPort, extension, call string, seq int, proof string) (int, textproto.MIMEHeader) {
	t.Helper()
	_, _ = c.WriteToUDPAddrPort(fmt.Appendf(nil, "REGISTER sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/UDP %[2]s;branch=z9hG4bK%[3]s\r\nMax-Forwards: 70\r\n"+
		"From: <sip:%[4]s@%[1]s>;tag=r\r\nTo: <sip:%[4]s@%[1]s>\r\nCall-ID: %[5]s\r\nCSeq: %[6]d REGISTER\r\n"+
		"Contact: <sip:%[4]s@%[7]s>\r\nExpires: 600\r\n%[8]sContent-Length: 0\r\n\r\n",
		h.SIP, c.LocalAddr(), rand.Text(), extension, call, seq, c.LocalAddr(), proof), at)
	b := make([]byte, 4096)
	_ = c.SetReadDeadline(time.Now().Add(patience))
	n, err := c.Read(b)
	if err != nil {
		t.Fatalf("no answer to REGISTER: %v", err)
	}
	lines := textproto.NewReader(bufio.NewReader(bytes.NewReader(b[:n])))
	first, err := lines.ReadLine()
	if err != nil {
		t.Fatal(err)
	}
	head, err := lines.ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	var status int
	_, _ = fmt.Sscanf(first, "SIP/2.0 %d", &status)
	return status, head
}
