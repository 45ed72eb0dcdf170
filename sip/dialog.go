package sip

import (
	"net/netip"
	"time"

	"belfry/core"
	"belfry/media"
)

// Dialog is all that is known of a leg, as a plain value: written down and read
// back, the leg can go on in another process. Strings from headers are as they
// are written there.
type Dialog struct {
	Leg      core.LegID
	Call     core.CallID // of a call that came in
	User     core.UserID // whose phone it is; empty: none of ours
	Epoch    uint64      // the newest of the orders seen
	Incoming bool
	Up       bool // acknowledged
	Began    time.Time

	CallID    string
	Local     string // our From or To, without tag
	LocalTag  string
	Remote    string // theirs
	RemoteTag string
	Target    string       // where requests of ours are addressed to: their Contact
	Routes    []string     // Route values, in order
	LocalSeq  uint32       // of our last request
	RemoteSeq uint32       // of their last request
	RemoteSet bool         // RemoteSeq is known
	Stream    bool         // over TCP
	TLS       bool         // and TLS
	Trunk     core.TrunkID // of the plan; empty: none
	Flow      netip.AddrPort

	Updates bool // they take UPDATE
	Infos   bool // they take INFO
	Session Session
	Audio   Audio
}

// Session is the timer of RFC 4028.
type Session struct {
	Expires  time.Duration // 0: no timer
	We       bool          // we refresh
	Deadline time.Time     // when we refresh, or give up
}

// Audio is what was agreed by offer and answer.
type Audio struct {
	Origin  uint64 // o= session id of ours
	Version uint64 // o= version of ours
	Local   int    // our RTP port
	Remote  netip.AddrPort
	Codec   media.Codec
	PT      uint8
	DTMF    uint8         // theirs; 0: none
	Ptime   time.Duration // theirs
	// Theirs is their direction; Held says that it is not both ways.
	Theirs direction
	Held   bool
	// Holding: we put them on hold.
	Holding bool
	// Secure are the keys of SRTP, Tag the name of the attribute that brought ours,
	// Proto what the section's line calls it.
	Secure media.Secure
	Tag    int
	Proto  string
}

// format is the audio as the media engine wants it.
func (a *Audio) format() media.Format {
	hears, sends := a.Theirs.hears(), a.Theirs.sends()
	if a.Remote.Addr().IsUnspecified() {
		hears = false
	}
	return media.Format{
		Codec: a.Codec, PT: a.PT, DTMFPT: a.DTMF, Ptime: a.Ptime,
		Send: hears, Recv: sends && !a.Holding,
		Secure: a.Secure,
	}
}
