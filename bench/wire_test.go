package bench

import (
	"testing"
	"time"
)

const response = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\nvia: SIP/2.0/UDP b\r\nFrom: <sip:+33600000042@127.0.0.1>;tag=x\r\nTo: y;tag=z\r\n" +
	"Contact: <sip:p0001@127.0.0.1:6000>;expires=1\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\nm=audio 4002 RTP/AVP 0\r\nTo: not a header\r\n"

func TestWire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"a field, whatever its case", field(response, "to"), "y;tag=z"},
		{"no field of the body", field(response, "v=0"), ""},
		{"all fields of a name", string(fields(nil, response, "Via")), "Via: SIP/2.0/UDP a\r\nvia: SIP/2.0/UDP b\r\n"},
		{"status", status(response), 200},
		{"a response has no method", method(response), ""},
		{"method", method("BYE sip:a SIP/2.0\r\n"), "BYE"},
		{"a request has no status", status("BYE sip:a SIP/2.0\r\n"), 0},
		{"target of a contact", target(field(response, "Contact")), "sip:p0001@127.0.0.1:6000"},
		{"target without brackets", target("sip:a@b;tag=c"), "sip:a@b"},
		{"port of the audio", audioPort(response), 4002},
		{"no audio", audioPort("v=0\r\n"), 0},
		{"caller from a number", callerIndex(field(response, "From")), 42},
		{"a number and back", callerIndex("<sip:" + callerNumber(1234567) + "@x>"), 1234567},
		{"not one of our callers", callerIndex("<sip:201@x>"), -1},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestPart(t *testing.T) {
	t.Parallel()
	all := []time.Duration{4, 1, 3, 2}
	if p50, p99 := part(all, 50), part(all, 99); p50 != 3 || p99 != 4 || part(nil, 50) != 0 {
		t.Errorf("p50 %v, p99 %v", p50, p99)
	}
}
