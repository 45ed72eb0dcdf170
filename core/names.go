package core

import "time"

// Names of things. Each is opaque, unique in its company and carries a prefix
// that says what it is, so that a stray one in a log can be read.
type (
	CompanyID     string // com_…
	CallID        string // cal_…, one voice conversation from first to last leg
	LegID         string // leg_s… a SIP dialog, leg_b… a browser station's line
	RoomID        string // the call's id; who is in a room hears who else is in it
	StationID     string // sta_…, an agent's audio line
	OfferID       string // off_…
	PlayID        string // ply_…
	RecordID      string // vm_… or rec_…, names the file
	InteractionID string // int_…, the same letters as its call
	UserID        string // usr_…
	ProfileID     string // pro_…
	ActivityID    string // act_…
	QueueID       string // que_…
	GroupID       string // grp_…
	TreeID        string // tre_…
	MailboxID     string // box_…
	SoundID       string // snd_…, a prompt or a piece of music
	ContactID     string // con_…
	TransferID    string // tra_…
	TrunkID       string // trk_…
	PopID         string // pop_…, a button that was carried out
)

// Interaction returns the name of the record that a call leaves.
func (id CallID) Interaction() InteractionID {
	if len(id) < 4 {
		return InteractionID("int_" + string(id))
	}
	return InteractionID("int_" + string(id[4:]))
}

// Browser says whether the leg is the line of a browser station.
func (id LegID) Browser() bool { return len(id) > 4 && id[4] == 'b' }

// Time is an instant in nanoseconds since 1970 UTC. The zero Time means never.
// The core is told the time with each event and reads no clock.
type Time int64

// At returns the instant t as a Time.
func At(t time.Time) Time { return Time(t.UnixNano()) }

// Add returns the instant d later.
func (t Time) Add(d time.Duration) Time { return t + Time(d) }

// Sub returns how much later t is than u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// IsZero says whether t is never.
func (t Time) IsZero() bool { return t == 0 }

// Std returns t as a time.Time in UTC; never becomes the zero time.Time.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(t)).UTC()
}
