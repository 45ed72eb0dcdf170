package sip

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"belfry/core"
)

// wire is somebody on a loopback address of their own, so that answers to any
// port that a Via names reach them.
type wire struct {
	t     testing.TB
	to    netip.AddrPort
	first *net.UDPConn
	conns []*net.UDPConn
	got   chan string
	seen  map[string]bool
}

func newWire(t testing.TB, to netip.AddrPort, ports ...int) *wire {
	t.Helper()
	w := &wire{t: t, to: to, got: make(chan string, 4096), seen: map[string]bool{}}
	var conns []*net.UDPConn
	for try := 0; len(conns) < len(ports) && try < 50; try++ {
		for _, c := range conns {
			_ = c.Close()
		}
		conns = nil
		ip := net.IPv4(127, byte(10+rand.IntN(200)), byte(rand.IntN(250)), byte(1+rand.IntN(250)))
		for _, p := range ports {
			c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: ip, Port: p})
			if err != nil {
				break
			}
			conns = append(conns, c)
		}
	}
	if len(conns) < len(ports) {
		t.Fatal("no loopback address has these ports free")
	}
	w.first, w.conns = conns[0], conns
	for _, c := range conns {
		t.Cleanup(func() { _ = c.Close() })
		go func() {
			b := make([]byte, 65536)
			for {
				n, _, err := c.ReadFromUDP(b)
				if err != nil {
					return
				}
				w.got <- string(b[:n])
			}
		}()
	}
	return w
}

func (w *wire) send(raw string) {
	w.t.Helper()
	if _, err := w.first.WriteToUDPAddrPort([]byte(raw), w.to); err != nil {
		w.t.Fatal(err)
	}
}

// read gives the next message that came, parsed.
func (w *wire) read() *message {
	w.t.Helper()
	m := w.readAny()
	if f := parse(m.raw, m); f != nil {
		w.t.Fatalf("we wrote what we would not read: %v\n%s", f, m.raw)
	}
	return m
}

// readAny is read that does not mind what we only repeat.
func (w *wire) readAny() *message {
	w.t.Helper()
	select {
	case raw := <-w.got:
		m := &message{}
		_ = parse(raw, m)
		m.raw = raw
		return m
	case <-time.After(5 * time.Second):
		w.t.Fatal("nothing came")
		return nil
	}
}

// until reads until a response with the status comes.
func (w *wire) until(status int) *message {
	w.t.Helper()
	for {
		if m := w.readAny(); m.status == status {
			return m
		}
	}
}

// request reads until a request with the method comes that is no copy of one
// that came before.
func (w *wire) request(method string) *message {
	w.t.Helper()
	for {
		if m := w.read(); m.request() && m.method == method && !w.seen[m.raw] {
			w.seen[m.raw] = true
			return m
		}
	}
}

func (w *wire) host() string { return w.first.LocalAddr().String() }

// ping is answered in its turn, so all that it overtakes will never come.
func (w *wire) ping(conn *net.UDPConn, lane int) string {
	id := ""
	for id == "" || share(id, lanes()) != lane {
		id = fmt.Sprint("ping", rand.Uint64())
	}
	w.send("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP " + conn.LocalAddr().String() + ";branch=z9hG4bK" + id +
		"\r\nFrom: <sip:p@x>;tag=1\r\nTo: <sip:x>\r\nCall-ID: " + id + "\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n\r\n")
	return id
}

// answers gives all statuses that came before the answer to a ping, to any port.
func (w *wire) answers() (statuses []int) {
	for i := range len(w.conns) * lanes() {
		for id := w.ping(w.conns[i%len(w.conns)], i/len(w.conns)); ; {
			m := w.readAny()
			if m.callID == id {
				break
			}
			if m.status != 486 { // how the test ends calls; it sends no ACK
				statuses = append(statuses, m.status)
			}
		}
	}
	return statuses
}

// The 49 messages of RFC 4475, and test.dat that comes with them, with the
// answer of an element like ours: a user agent that takes calls, speaks UDP and
// TCP, is no registrar and has no certificate. 0: silence. 100: taken as a call.
var torture = []struct {
	file   string
	status int
	why    string
}{
	{"valid/wsinv", 481, "§3.1.1.1: tortuous, but well formed; its To has a tag of no dialog of ours"},
	{"valid/intmeth", 501, "§3.1.1.2: well formed, and nobody knows the method"},
	{"valid/esc01", 100, "§3.1.1.3: escapes are no other characters"},
	{"valid/escnull", 405, "§3.1.1.4: REGISTER, where there is no registrar"},
	{"valid/esc02", 501, "§3.1.1.5: RE%47IST%45R is not REGISTER"},
	{"valid/lwsdisp", 200, "§3.1.1.6: no space before <"},
	{"valid/longreq", 100, "§3.1.1.7: long"},
	{"valid/dblreq", 405, "§3.1.1.8: the second message in the datagram is no message"},
	{"valid/semiuri", 200, "§3.1.1.9: ; in the user part"},
	{"valid/transports", 200, "§3.1.1.10: transports that we do not know in Vias below ours"},
	{"valid/mpart01", 405, "§3.1.1.11: MESSAGE with a multipart body"},
	{"valid/unreason", 0, "§3.1.1.12: a response to nothing"},
	{"valid/noreason", 0, "§3.1.1.13: a response to nothing"},
	{"invalid/badinv01", 400, "§3.1.2.1: ;;,;,,"},
	{"invalid/clerr", 400, "§3.1.2.2: the body ends too soon"},
	{"invalid/ncl", 400, "§3.1.2.3: negative Content-Length"},
	{"invalid/scalar02", 400, "§3.1.2.4: CSeq too large"},
	{"invalid/scalarlg", 0, "§3.1.2.5: a response that is wrong is dropped"},
	{"invalid/quotbal", 400, "§3.1.2.6: a quote is never closed"},
	{"invalid/ltgtruri", 400, "§3.1.2.7: <> around the Request-URI"},
	{"invalid/lwsruri", 400, "§3.1.2.8: white space in the Request-URI"},
	{"invalid/lwsstart", 400, "§3.1.2.9: two spaces in the request line"},
	{"invalid/trws", 400, "§3.1.2.10: spaces at the end of the request line"},
	{"invalid/escruri", 400, "§3.1.2.11: headers in the Request-URI"},
	{"invalid/baddate", 400, "§3.1.2.12: a Date that is not GMT"},
	{"invalid/regbadct", 400, "§3.1.2.13: ? in a Contact without <>"},
	{"invalid/badaspec", 400, "§3.1.2.14: spaces within <>"},
	{"invalid/baddn", 400, "§3.1.2.15: a comma in a display name without quotes"},
	{"invalid/badvers", 505, "§3.1.2.16: SIP/7.0"},
	{"invalid/mismatch01", 400, "§3.1.2.17: CSeq names another method"},
	{"invalid/mismatch02", 501, "§3.1.2.18: the same, and nobody knows the method"},
	{"invalid/bigcode", 0, "§3.1.2.19: a status that is none"},
	{"invalid/badbranch", 200, "§3.2.1: a branch that is only the magic cookie names no transaction"},
	{"invalid/insuf", 400, "§3.3.1: From, To, Call-ID and Max-Forwards are missing"},
	{"invalid/unkscm", 416, "§3.3.2: unknown scheme"},
	{"invalid/novelsc", 416, "§3.3.3: known scheme that is not ours"},
	{"invalid/unksm2", 405, "§3.3.4: REGISTER with strange schemes"},
	{"invalid/bext01", 420, "§3.3.5: Require"},
	{"invalid/invut", 415, "§3.3.6: a body that we do not know"},
	{"invalid/regaut01", 405, "§3.3.7: REGISTER with credentials"},
	{"invalid/multi01", 400, "§3.3.8: two of each"},
	{"invalid/mcl01", 400, "§3.3.9: two Content-Lengths"},
	{"invalid/bcast", 0, "§3.3.10: a response with a Via that is not ours"},
	{"invalid/zeromf", 200, "§3.3.11: an end point does not care for Max-Forwards"},
	{"invalid/cparam01", 405, "§3.3.12: REGISTER"},
	{"invalid/cparam02", 405, "§3.3.13: REGISTER"},
	{"invalid/regescrt", 405, "§3.3.14: REGISTER"},
	{"invalid/sdp01", 406, "§3.3.15: they would not take our answer"},
	{"invalid/inv2543", 100, "§3.4.1: as RFC 2543 had it"},
	{"invalid/test", 0, "not SIP/2.0"},
}

func tortureFolder(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil || strings.TrimSpace(string(out)) == "" {
		t.Fatalf("the messages of RFC 4475 come with the module github.com/emiago/sipgo: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "sip", "testdata", "torture")
}

func TestRFC4475(t *testing.T) {
	t.Parallel()
	folder := tortureFolder(t)
	b := newBench(t, nil)
	w := newWire(t, b.Addr(), 5060, 5050, 5070)
	for _, row := range torture {
		raw, err := os.ReadFile(filepath.Join(folder, row.file+".dat"))
		if err != nil {
			t.Fatal(err)
		}
		w.send(string(raw))
		got := w.answers()
		want := "[" + strconv.Itoa(row.status) + "]"
		if row.status == 0 {
			want = "[]"
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: answered %v, want %s (%s)", row.file, got, want, row.why)
		}
		if row.status == 100 && len(got) == 1 && got[0] == 100 {
			b.do(core.Reject{Leg: next[core.CallCame](b).Leg, Cause: core.Cause{Why: core.LineBusy}})
			w.until(486)
			next[core.LegGone](b)
		}
	}
	for _, folder := range []string{"valid", "invalid"} {
		if files, _ := filepath.Glob(filepath.Join(tortureFolder(t), folder, "*.dat")); len(files) == 0 {
			t.Error("no files in", folder)
		} else {
			for _, f := range files {
				name := folder + "/" + strings.TrimSuffix(filepath.Base(f), ".dat")
				found := false
				for _, row := range torture {
					found = found || row.file == name
				}
				if !found {
					t.Error("no row for", name)
				}
			}
		}
	}
}
