// Package hook calls other people's programs over HTTP with what is known of a
// call: the buttons of queues and profiles whose kind is http. It sends one
// request, once, and says what came of it.
//
// It decides nothing: what is called, when, and whether the address may be in
// this house is the floor's to say. It is no queue either: nothing is tried
// again.
package hook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"belfry/core"
)

// Patience is how long another program may take to answer.
const Patience = 5 * time.Second

// answerMost is how much of an answer is read; nobody looks at it.
const answerMost = 64 << 10

// Caller makes requests. It may be used by many at once.
type Caller struct {
	public, private *http.Client
	build           string
}

// New returns a Caller. Build is what it calls itself.
func New(build string) *Caller {
	return &Caller{public: client(guarded), private: client(nil), build: build}
}

// client makes one that goes by no proxy and follows nobody elsewhere: a
// redirect is an answer like any other.
func client(control func(network, address string, c syscall.RawConn) error) *http.Client {
	d := &net.Dialer{Timeout: Patience, Control: control}
	return &http.Client{
		Timeout: Patience,
		Transport: &http.Transport{
			DialContext: d.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: Patience,
			MaxResponseHeaderBytes: answerMost,
			// A connection that was kept may break as it is used, and then nobody knows
			// whether the request has arrived.
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// errInside: a name that should lead outside leads into this house.
var errInside = errors.New("the address is of this machine or this house")

// guarded looks at the address that a name has led to, just before it is
// connected to: what the name says later is no matter then.
func guarded(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !outside(to.Addr()) {
		return errInside
	}
	return nil
}

// outside says whether an address is of the public network.
func outside(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range inside {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// inside are nets that are unicast and yet not the public network: this
// network, carriers' own (RFC 6598), protocol assignments, benchmarks, the
// reserved class, and IPv6 that wraps an IPv4 address which nobody looked at.
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("fec0::/10"),
}

// told is the body of a request.
type told struct {
	ID          core.PopID         `json:"id"`
	Button      string             `json:"button"`
	When        string             `json:"when"`
	At          string             `json:"at"`
	Call        core.CallID        `json:"call"`
	Interaction core.InteractionID `json:"interaction"`
	Agent       core.UserID        `json:"agent"`
	Queue       core.QueueID       `json:"queue"`
	QueueName   string             `json:"queue_name"`
	From        string             `json:"from"`
	Name        string             `json:"name"`
	Vars        map[string]string  `json:"vars"`
}

// Do sends the request. Status 0: nothing was answered, and why.
func (c *Caller) Do(ctx context.Context, r core.Request) (status int, why string) {
	t := told{
		ID: r.Pop, Button: r.Button, When: r.When, At: r.At.Std().Format(time.RFC3339Nano), Call: r.Call, Interaction: r.Interaction,
		Agent: r.Agent, Queue: r.Queue, QueueName: r.QueueName, From: r.From.Number, Name: r.Name, Vars: map[string]string{},
	}
	for _, v := range r.Vars {
		if !v.Secret {
			t.Vars[v.Name] = v.Value
		}
	}
	body, err := json.Marshal(t)
	if err != nil {
		return 0, "address"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Address, bytes.NewReader(body))
	if err != nil {
		return 0, "address"
	}
	req.GetBody = nil // or a connection that broke would have it sent again
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "belfry/"+c.build)
	req.Header.Set("Idempotency-Key", string(r.Pop))
	by := c.public
	if r.Private {
		by = c.private
	}
	res, err := by.Do(req)
	if err != nil {
		return 0, reason(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, answerMost))
	return res.StatusCode, ""
}

func reason(err error) string {
	var slow net.Error
	switch {
	case errors.Is(err, errInside):
		return "address"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "timeout"
	}
	return "unreachable"
}
