package core

// AskID joins a Reply to its Asked. The host gives it.
type AskID uint64

// Want is what an agent may ask for. The set is closed.
//
//sumtype:decl
type Want interface{ want() }

// StartShift opens the agent's day in an activity (empty: the first one that
// takes calls). EndShift closes it; a call in progress is finished first.
type (
	StartShift  struct{ Activity ActivityID }
	EndShift    struct{}
	SetActivity struct{ Activity ActivityID }
	// Return ends not_responding and a finished device fault.
	Return  struct{}
	Accept  struct{ Offer OfferID }
	Decline struct{ Offer OfferID }
	Hold    struct{ Call CallID }
	Resume  struct{ Call CallID }
	// MuteMic and UnmuteMic act on the agent's own line.
	MuteMic   struct{ Call CallID }
	UnmuteMic struct{ Call CallID }
	Hangup    struct{ Call CallID }
	// Keys sends digits to the far end of the call.
	Keys struct {
		Call   CallID
		Digits string
	}
	// Take claims a waiting call from the pool.
	Take       struct{ Call CallID }
	ExtendPost struct{}
	EndPost    struct{}
)

func (StartShift) want()  {}
func (EndShift) want()    {}
func (SetActivity) want() {}
func (Return) want()      {}
func (Accept) want()      {}
func (Decline) want()     {}
func (Hold) want()        {}
func (Resume) want()      {}
func (MuteMic) want()     {}
func (UnmuteMic) want()   {}
func (Hangup) want()      {}
func (Keys) want()        {}
func (Take) want()        {}
func (ExtendPost) want()  {}
func (EndPost) want()     {}
