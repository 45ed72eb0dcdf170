package api

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the TURN REST scheme is made of it
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"belfry/core"
)

// Turn is a TURN server that browsers may use, with credentials made from the
// secret that we share with it: good for five minutes and for one user.
type Turn struct {
	URL    string // turn:host:port?transport=udp; several with commas
	Secret string
}

const turnTime = 5 * time.Minute

// links are the Link headers of a station's answer (RFC 9725 §4.6).
func (t *Turn) links(user core.UserID, now time.Time) []string {
	if t == nil {
		return nil
	}
	name := fmt.Sprintf("%d:%s", now.Add(turnTime).Unix(), user)
	mac := hmac.New(sha1.New, []byte(t.Secret))
	mac.Write([]byte(name))
	pass := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	var links []string
	for u := range strings.SplitSeq(t.URL, ",") {
		links = append(links, fmt.Sprintf(`<%s>; rel="ice-server"; username=%q; credential=%q; credential-type="password"`, strings.TrimSpace(u), name, pass))
	}
	return links
}
