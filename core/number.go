package core

// NumberClass is the kind of a number outside, as the edges read it. Who may
// dial which is a profile's matter; emergency numbers anybody may.
type NumberClass string

// The classes. A number that cannot be read has none, and is not dialled.
const (
	ClassInternal      NumberClass = "internal"
	ClassNational      NumberClass = "national"
	ClassMobile        NumberClass = "mobile"
	ClassInternational NumberClass = "international"
	ClassPremium       NumberClass = "premium"
	ClassEmergency     NumberClass = "emergency"
)
