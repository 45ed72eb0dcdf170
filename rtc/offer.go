package rtc

import (
	"strings"
	"unicode/utf8"

	"belfry/core"

	"github.com/pion/sdp/v3"
)

// The most that an offer may hold (bytes and counts). Chromium's own has about
// 2 kB, one audio line and 12 payload types.
const (
	offerBytes    = 32 << 10
	offerLine     = 4 << 10
	offerMedia    = 16
	offerPayloads = 64
	offerPaths    = 64
)

func bad(code, format string, args ...any) *core.Error {
	e := core.Errorf(core.Invalid, code, format, args...)
	e.Field = "sdp"
	return e
}

// readOffer checks a page's SDP offer (RFC 8829) and returns it without what we
// have no use for. Candidates go: the page finds us, we learn where it is from
// its first STUN check, and nobody can have us send checks to third parties.
func readOffer(text string) (string, *core.Error) {
	lines, err := offerLines(text)
	if err != nil {
		return "", err
	}
	clean := strings.Join(lines, "\r\n") + "\r\n"
	var desc sdp.SessionDescription
	if e := desc.UnmarshalString(clean); e != nil {
		return "", bad("sdp-unreadable", "this is not a session description that we can read")
	}
	switch n := len(desc.MediaDescriptions); {
	case n > offerMedia:
		return "", bad("sdp-too-much", "the offer has %d media lines; %d is the most", n, offerMedia)
	case n != 1 || desc.MediaDescriptions[0].MediaName.Media != "audio":
		return "", bad("sdp-not-audio", "the offer must have one media line, and it must be audio")
	}
	return clean, checkAudio(&desc, desc.MediaDescriptions[0])
}

// offerLines splits the offer and drops the candidates.
func offerLines(text string) ([]string, *core.Error) {
	if len(text) > offerBytes {
		return nil, bad("sdp-too-long", "the offer has %d bytes; %d is the most", len(text), offerBytes)
	}
	if !strings.HasPrefix(text, "v=0") {
		return nil, bad("sdp-unreadable", "a session description begins with v=0")
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, bad("sdp-unreadable", "the offer is not plain text")
	}
	var keep []string
	paths := 0
	for line := range strings.SplitSeq(strings.TrimRight(text, "\r\n"), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if len(line) > offerLine || strings.ContainsRune(line, '\r') {
			return nil, bad("sdp-unreadable", "a line of the offer is too long or broken")
		}
		if strings.HasPrefix(line, "a=candidate:") || line == "a=end-of-candidates" {
			if paths++; paths > offerPaths {
				return nil, bad("sdp-too-much", "the offer has more than %d candidates", offerPaths)
			}
			continue
		}
		keep = append(keep, line)
	}
	return keep, nil
}

// checkAudio holds the one audio line to what a station needs.
func checkAudio(desc *sdp.SessionDescription, m *sdp.MediaDescription) *core.Error {
	if n := len(m.MediaName.Formats); n > offerPayloads {
		return bad("sdp-too-much", "the audio line has %d payload types; %d is the most", n, offerPayloads)
	}
	if !strings.HasSuffix(strings.Join(m.MediaName.Protos, "/"), "TLS/RTP/SAVPF") {
		return bad("sdp-not-dtls", "the audio line must be UDP/TLS/RTP/SAVPF")
	}
	attr := func(name string) string {
		if v, ok := m.Attribute(name); ok {
			return v
		}
		v, _ := desc.Attribute(name)
		return v
	}
	if n, p := len(attr("ice-ufrag")), len(attr("ice-pwd")); n < 4 || n > 256 || p < 22 || p > 256 {
		return bad("sdp-no-ice", "the offer has no usable ice-ufrag and ice-pwd (RFC 8839)")
	}
	if alg, sum, ok := strings.Cut(attr("fingerprint"), " "); !ok || !strings.HasPrefix(strings.ToLower(alg), "sha-") || len(sum) < 20*3-1 {
		return bad("sdp-no-fingerprint", "the offer has no DTLS fingerprint (RFC 8122)")
	}
	if _, ok := m.Attribute("rtcp-mux"); !ok {
		return bad("sdp-no-mux", "the offer must allow rtcp-mux (RFC 5761)")
	}
	for _, way := range []string{"sendonly", "recvonly", "inactive"} {
		if _, ok := m.Attribute(way); ok {
			return bad("sdp-one-way", "a station both hears and speaks: the audio line must be sendrecv, not %s", way)
		}
	}
	if len(offered(m)) == 0 {
		return bad("sdp-no-codec", "the offer has none of the codecs PCMU, PCMA and G722")
	}
	return nil
}

// offered lists those of our codecs that the audio line has, in its order.
// Codecs are told by name and clock; static payload types need no rtpmap.
func offered(m *sdp.MediaDescription) []string {
	names := map[string]string{"0": "PCMU", "8": "PCMA", "9": "G722"}
	for _, a := range m.Attributes {
		if pt, codec, ok := strings.Cut(a.Value, " "); ok && a.Key == "rtpmap" {
			names[pt] = strings.ToUpper(codec)
		}
	}
	var found []string
	for _, pt := range m.MediaName.Formats {
		name, clock, _ := strings.Cut(names[pt], "/")
		if (name == "PCMU" || name == "PCMA" || name == "G722") && (clock == "" || clock == "8000" || clock == "8000/1") {
			found = append(found, name)
		}
	}
	return found
}
