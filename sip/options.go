package sip

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/netip"
	"time"

	"belfry/core"
	"belfry/core/plan"
	"belfry/media"
)

// Options is what an endpoint needs. Zero values work where it says so.
type Options struct {
	Listen   string // host:port for UDP and TCP; port 0 takes a free one
	Secure   string // host:port for TLS; empty: none
	PublicIP string // what is written into Contact, Via and SDP; empty: the listener's own
	Media    *media.Engine
	// Tell gives news to the floor. It is called on a lane, so it must not block
	// for long; an error of kind Busy, which only a CallCame may get, is
	// answered with 503.
	Tell   func(core.Event) error
	Log    *slog.Logger // nil: slog.Default
	Limits Limits
	// Trunks says which trunk a source address is that is none of SetTrunks.
	// Requests outside a dialog from anywhere else are refused with 403. Nil: all
	// of loopback is "local".
	Trunks func(source netip.AddrPort) (Trunk, bool)
	// Users says who has an extension. A call whose From is one is a colleague's,
	// who has to prove it. Nil: nobody.
	Users func(extension string) (core.UserID, bool)
	// Secret says what is known of the password of an extension's phones. It is
	// asked on a lane, so it must not wait. Nil: no phone may register or prove
	// itself, and nobody is a colleague.
	Secret func(extension string) (Secret, bool)
	// SRTP is the rule of a user's phones: off, asked, offered or required. It is
	// asked on a lane, so it must not wait. Nil, or empty from it: asked.
	SRTP func(core.UserID) string
	// Phones is the file in which registrations outlive a restart; empty: they
	// do not.
	Phones string
	// Dialled reads what a colleague's phone has dialled: an extension or a number
	// of ours, with no class, or a number outside, as E.164 and with its class.
	// Nil, and what cannot be read: it is told as it is.
	Dialled func(text string) (to string, class core.NumberClass)
	// TLS has our certificate, which is shown to who comes in by Secure and to
	// trunks that ask for one. Nil: we have none, and Secure must be empty.
	TLS *tls.Config
	// Roots are whom a trunk's certificate may come from. It is called while the
	// connection is made. Nil, or nil from it: the system's.
	Roots func(core.TrunkID) (*x509.CertPool, error)
	// Turned is told that a trunk went down, or has come up again since; why is what
	// went wrong. It is called on a lane, so it must not wait. Nil: nobody is.
	Turned func(set plan.Trunk, up bool, why string)
	// Resolver asks the DNS for trunks. Nil: the system's.
	Resolver Resolver
	// Password gives one of ours at a trunk, by its name. It is asked on a lane, so
	// it must not wait for anybody far away. Nil: there are none.
	Password func(name string) (string, error)
	// Spare says which addresses are never shut out, whatever they guess. Nil:
	// loopback. A trunk's and a registered phone's are spared besides.
	Spare func(netip.Addr) bool
	// Silence is after how long without a packet a leg is ended with no_media,
	// once it has sent one. 0: never.
	Silence time.Duration
	Timers  Timers           // zero: those of RFC 3261
	Now     func() time.Time // nil: time.Now
}

// Limits of what is admitted. A field that is 0 means its default, a negative
// one no limit.
type Limits struct {
	CallsPerSecond int           // new calls from outside, 200; a burst of as many is let through
	Calls          int           // live legs that came in, 2,000
	Lateness       time.Duration // what waited longer to be handled is refused, 100 ms
	PerSource      int           // TCP connections from one address, 64
}

// Trunk is what is known of where a call comes from.
type Trunk struct {
	Name string // for the record
	// Trusted: its P-Asserted-Identity and Privacy are believed (RFC 3325).
	Trusted bool
	// Announce: it wants refusals spoken in early media.
	Announce bool
	way      *trunk // of the plan; nil: none
}

// Timers are the clocks of RFC 3261 §17 and RFC 4028. A zero field means the
// default beside it.
type Timers struct {
	T1, T2, T4     time.Duration // 500 ms, 4 s, 5 s
	SessionExpires time.Duration // 1,800 s: how long a session lasts without a refresh
	MinSE          time.Duration // 90 s: the shortest that is agreed to
	Ring           time.Duration // 180 s: the longest a leg may wait for an answer
	Ping           time.Duration // 20 s: how long a registered phone may be silent before it is asked
	Silent         time.Duration // 30 s: and before it is not rung any more
	Trunk          time.Duration // 4 s: how long a trunk may say nothing to a request before it is given up
	TrunkPing      time.Duration // 30 s: how often trunks are asked that do not say how often
	Register       time.Duration // 5 s: the first wait after a registration that failed; it doubles
}
