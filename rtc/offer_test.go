package rtc

import (
	"fmt"
	"strings"
	"testing"

	"belfry/core"

	"github.com/pion/sdp/v3"
)

// page is what Chromium offers, in short.
const page = "v=0\r\no=- 4215775240449105457 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 8 0 9 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n" +
	"a=ice-ufrag:4ZcD\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlTf\r\na=ice-options:trickle\r\n" +
	"a=fingerprint:sha-256 49:66:12:17:0D:1C:91:AE:57:4C:C6:36:DD:D5:97:D2:7D:62:C9:9A:7F:B9:A3:F4:70:03:E7:43:91:73:23:5E\r\n" +
	"a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n" +
	"a=rtpmap:9 G722/8000\r\na=rtpmap:126 telephone-event/8000\r\na=ssrc:3570614608 cname:4TOk42mSjXCkVIa6\r\n"

func TestReadOffer(t *testing.T) {
	t.Parallel()
	swap := func(old, now string) string { return strings.Replace(page, old, now, 1) }
	audio := page[strings.Index(page, "m=audio"):]
	for name, row := range map[string]struct{ sdp, code string }{
		"Chromium's":                  {page, ""},
		"line feeds alone":            {strings.ReplaceAll(page, "\r\n", "\n"), ""},
		"candidates are not needed":   {page + "a=candidate:1 1 udp 1 10.0.0.1 5 typ host\r\na=end-of-candidates\r\n", ""},
		"static payloads need no map": {swap("a=rtpmap:8 PCMA/8000\r\n", ""), ""},
		"opus beside ours":            {swap(" 8 0", " 111 8 0"), ""},
		"nothing":                     {"", "sdp-unreadable"},
		"not SDP":                     {"hello", "sdp-unreadable"},
		"not plain text":              {swap("s=-", "s=\xff"), "sdp-unreadable"},
		"a NUL":                       {swap("s=-", "s=\x00"), "sdp-unreadable"},
		"a broken line":               {swap("t=0 0", "t"), "sdp-unreadable"},
		"a bare carriage return":      {swap("s=-", "s=-\ra=x"), "sdp-unreadable"},
		"32 kB":                       {page + strings.Repeat("a=x\r\n", 7000), "sdp-too-long"},
		"a long line":                 {swap("s=-", "s="+strings.Repeat("x", 5000)), "sdp-unreadable"},
		"17 media lines":              {page + strings.Repeat("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", 16), "sdp-too-much"},
		"65 candidates":               {page + strings.Repeat("a=candidate:1\r\n", 65), "sdp-too-much"},
		"65 payload types":            {swap(" 8 0 9 126", strings.Repeat(" 0", 65)), "sdp-too-much"},
		"video":                       {swap("m=audio", "m=video"), "sdp-not-audio"},
		"two audio lines":             {page + audio, "sdp-not-audio"},
		"no media":                    {page[:strings.Index(page, "m=audio")], "sdp-not-audio"},
		"plain RTP":                   {swap("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "sdp-not-dtls"},
		"no ufrag":                    {swap("a=ice-ufrag:4ZcD\r\n", ""), "sdp-no-ice"},
		"a short password":            {swap("2/1muCWoOi3uLifh0NuRHlTf", "short"), "sdp-no-ice"},
		"no fingerprint":              {swap("a=fingerprint:", "a=finger:"), "sdp-no-fingerprint"},
		"an empty fingerprint":        {swap("sha-256 49:66", "md5 49:66"), "sdp-no-fingerprint"},
		"no rtcp-mux":                 {swap("a=rtcp-mux\r\n", ""), "sdp-no-mux"},
		"one way":                     {swap("a=sendrecv", "a=recvonly"), "sdp-one-way"},
		"opus alone":                  {swap(" 8 0 9 126", " 111"), "sdp-no-codec"},
		"our number for another's codec": {swap("a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:9 G722/8000",
			"a=rtpmap:8 x/8000\r\na=rtpmap:0 y/8000\r\na=rtpmap:9 G722/16000"), "sdp-no-codec"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean, err := readOffer(row.sdp)
			switch {
			case row.code == "" && err != nil:
				t.Errorf("refused: %v", err)
			case row.code == "" && strings.Contains(clean, "candidate"):
				t.Error("candidates are kept")
			case row.code != "" && err == nil:
				t.Error("taken")
			case row.code != "" && (err.Code != row.code || err.Kind != core.Invalid || err.Field != "sdp"):
				t.Errorf("refused with %+v, want %s", err, row.code)
			}
		})
	}
}

func TestOfferedKeepsTheirOrder(t *testing.T) {
	t.Parallel()
	m := &sdp.MediaDescription{
		MediaName:  sdp.MediaName{Formats: []string{"9", "97", "0", "8"}},
		Attributes: []sdp.Attribute{{Key: "rtpmap", Value: "97 pcma/8000/1"}, {Key: "rtpmap", Value: "8 opus/48000/2"}},
	}
	if got := fmt.Sprint(offered(m)); got != "[G722 PCMA PCMU]" {
		t.Errorf("offered %s", got)
	}
}

// An offer that is taken is answered or refused in words, never with a panic.
func FuzzOffer(f *testing.F) {
	f.Add(page)
	f.Add(strings.ReplaceAll(page, "\r\n", "\n"))
	f.Add(strings.Replace(page, "sendrecv", "inactive", 1))
	w := fuzzWorld(f)
	f.Fuzz(func(t *testing.T, text string) {
		id, answer, err := w.Offer(t.Context(), "usr_ann", text)
		if err == nil && (answer == "" || id == "") {
			t.Error("neither an answer nor an error")
		}
		if err != nil && core.KindOf(err) == core.Internal {
			t.Errorf("not in words: %v", err)
		}
	})
}

func FuzzBare(f *testing.F) {
	f.Add([]byte("\x90\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\xbe\xde\x00\x01\x10\xff\x00\x00payload"))
	f.Add([]byte("\x80\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01payload"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := len(b)
		p := bare(b)
		if p == nil {
			return
		}
		if len(p) > n || len(p) < 12 || p[0]&0x10 != 0 || p[0]>>6 != 2 {
			t.Errorf("%x", p)
		}
	})
}

func TestBare(t *testing.T) {
	t.Parallel()
	in := []byte("\x91\x08\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03CSRC\xbe\xde\x00\x01\x10\xff\x00\x00payload")
	if got := string(bare(in)); got != "\x81\x08\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03CSRCpayload" {
		t.Errorf("%x", got)
	}
}
