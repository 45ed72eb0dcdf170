package rtc

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"belfry/core"
)

// turnLife is how long a TURN credential is good.
const turnLife = 5 * time.Minute

// ICEServer is a TURN server that a page may use, with a credential of its own
// that expires.
type ICEServer struct {
	URL        string
	Username   string
	Credential string
}

// Link is the server as a value of the Link header (RFC 9725 §4.6).
func (s ICEServer) Link() string {
	return fmt.Sprintf(`<%s>; rel="ice-server"; username=%q; credential=%q; credential-type="password"`,
		s.URL, s.Username, s.Credential)
}

// turnServers is the setting: URLs and, last, the secret shared with the server.
type turnServers struct {
	urls   []string
	secret string
}

// readTURN reads "turn:host:3478?transport=tcp … SECRET"; fields are parted by
// spaces.
func readTURN(setting string) (turnServers, error) {
	f := strings.Fields(setting)
	if len(f) == 0 {
		return turnServers{}, nil
	}
	t := turnServers{urls: f[:len(f)-1], secret: f[len(f)-1]}
	if len(t.urls) == 0 {
		return turnServers{}, core.FieldErrorf("turn", "turn-setting", "a TURN server is its URL, a space and its secret")
	}
	for _, u := range t.urls {
		if !strings.HasPrefix(u, "turn:") && !strings.HasPrefix(u, "turns:") || strings.ContainsAny(u, `<>"`) {
			return turnServers{}, core.FieldErrorf("turn", "turn-setting", "%q is not a turn: or turns: URL", u)
		}
	}
	return t, nil
}

// credentials are made by the usual rule of TURN servers with a shared secret:
// the user name is the time of expiry and who, the password its HMAC-SHA1.
func (t turnServers) credentials(agent core.UserID, now time.Time) []ICEServer {
	var list []ICEServer
	for _, u := range t.urls {
		name := fmt.Sprintf("%d:%s", now.Add(turnLife).Unix(), agent)
		mac := hmac.New(sha1.New, []byte(t.secret))
		mac.Write([]byte(name))
		list = append(list, ICEServer{URL: u, Username: name, Credential: base64.StdEncoding.EncodeToString(mac.Sum(nil))})
	}
	return list
}
