package core

// Why says in one word why a leg ended.
type Why string

// The reasons. Each edge has its own words for them.
const (
	HungUp      Why = "hung_up"     // the far end ended it: BYE
	Cancelled   Why = "cancelled"   // the caller gave up before the answer: CANCEL
	LineBusy    Why = "busy"        // 486, 600
	Declined    Why = "declined"    // 603, 403
	NoAnswer    Why = "no_answer"   // 408, 480, or our ring time
	Unreachable Why = "unreachable" // 404, 410, 484, no reply, transport error
	NoMedia     Why = "no_media"    // no packet for too long
	NotAcked    Why = "not_acked"   // 200 sent, no ACK in 64·T1
	Refused     Why = "refused"     // we refused: 4xx, 5xx
	Overload    Why = "overload"    // 503
	Ended       Why = "ended"       // we ended it: the conversation is over
	Answered    Why = "answered_elsewhere"
	Lost        Why = "lost" // our own failure; the leg did not outlive it
)

// Cause is why a leg ended, with what signalling said.
type Cause struct {
	Why    Why
	Code   int    // SIP status, 0 when there was none
	Q850   int    // RFC 3326 Reason: Q.850 cause, 0 when there was none
	Reason string // words, for the record
}

// Quality is how one leg sounded. MOS is the E-model's (G.107) times 100:
// 441 is 4.41. In is what came from the far end, Out what it said it got.
type Quality struct {
	MOSIn, MOSOut         int
	LossIn, LossOut       int // lost packets per 1,000
	JitterIn, JitterOut   int // ms
	PacketsIn, PacketsOut int
	RoundTrip             int // ms
}
