// Package plan is what an administrator may set for one company: users,
// profiles, activities, queues, groups, numbers, trees, prompts, hours and
// mailboxes. A Doc is what is written and kept, as JSON; Compile checks it and
// makes the Plan, immutable and with everything found by name at once, that
// the floor works with.
//
// It knows nothing of what is going on right now (that is the floor) and not
// how a tree is walked (that is flow): a tree's nodes are data here, with their
// outputs checked to lead somewhere.
package plan

import (
	"encoding/json"
	"time"

	"belfry/core"
)

// Doc is a company as it is written. Every list may be in any order; ids are
// unique over the whole document.
type Doc struct {
	Company    Company    `json:"company"`
	Users      []User     `json:"users"`
	Profiles   []Profile  `json:"profiles"`
	Activities []Activity `json:"activities"`
	Queues     []Queue    `json:"queues"`
	Groups     []Group    `json:"groups"`
	Numbers    []Number   `json:"numbers"`
	Trees      []Tree     `json:"trees"`
	Sounds     []Sound    `json:"sounds"`
	Hours      []Hours    `json:"hours"`
	Mailboxes  []Mailbox  `json:"mailboxes"`
	Trunks     []Trunk    `json:"trunks,omitempty"` // in the order in which they are tried
	// DoNotCall are numbers that nobody calls, by no path, E.164.
	DoNotCall []string `json:"do_not_call,omitempty"`
}

// Company is the tenant.
type Company struct {
	ID       core.CompanyID `json:"id"`
	Name     string         `json:"name"`
	Zone     string         `json:"zone"`     // IANA time zone; days begin at its midnight
	Language string         `json:"language"` // en, fr
	// Unknown is played, where the trunk wants it, to who dials no number of ours.
	Unknown core.SoundID `json:"unknown,omitempty"`
	// Comfort is heard by a caller whose agent's line is lost.
	Comfort core.SoundID `json:"comfort,omitempty"`
	// Goodbye is said before a tree that leads nowhere ends a call.
	Goodbye core.SoundID `json:"goodbye,omitempty"`
	// Country is where numbers without a country code belong: FR.
	Country string `json:"country,omitempty"`
	// CallerID is shown to who is called when neither queue nor profile has one.
	// Like theirs it must be one of Numbers.
	CallerID string `json:"caller_id,omitempty"`
	// Consent is said before the first recorded word of a caller; empty: nothing.
	Consent core.SoundID `json:"consent,omitempty"`
	// QuietDeclines keeps calls that an agent declined off their list of missed ones.
	QuietDeclines bool `json:"quiet_declines,omitempty"`
	// Press1 asks who answers at an outside station to press 1.
	Press1 core.SoundID `json:"press_1,omitempty"`
	// What calls out may cost, against toll fraud; -1: no limit. Calls within an hour
	// of one agent (120) and of all (3,000); minutes in a day to international and
	// premium numbers of one agent (240) and of all (3,000).
	AgentCallsHour   int `json:"agent_calls_out_per_hour,omitempty"`
	CallsHour        int `json:"calls_out_per_hour,omitempty"`
	AgentPaidMinutes int `json:"agent_paid_minutes_per_day,omitempty"`
	PaidMinutes      int `json:"paid_minutes_per_day,omitempty"`
	// KeepDays is how long recordings are kept of calls that came through no queue;
	// 0: for ever.
	KeepDays int `json:"keep_recordings_days,omitempty"`
	// ButtonHosts are the hosts to which buttons may lead, with :port where it is
	// not the usual one. PrivateButtonHosts are others, which may be this machine or
	// in this house, and be called by plain http.
	ButtonHosts        []string `json:"button_hosts,omitempty"`
	PrivateButtonHosts []string `json:"private_button_hosts,omitempty"`
}

// User is a person who logs in. Passwords are not here: the store keeps them.
type User struct {
	ID        core.UserID    `json:"id"`
	Login     string         `json:"login"`
	Name      string         `json:"name"`
	Extension string         `json:"extension,omitempty"`
	Profile   core.ProfileID `json:"profile"`
	// Profiles are others, between which the user may switch.
	Profiles []core.ProfileID `json:"profiles,omitempty"`
	Language string           `json:"language,omitempty"`
	// Phone is a fixed SIP contact: this user's station is that phone.
	Phone string `json:"phone,omitempty"`
	// SRTP is the rule of this user's phones, fixed or registered: asked (as they
	// call), offered (when they are rung too), required, off; asked.
	SRTP string `json:"srtp,omitempty"`
	// RingTime of direct calls, then Away applies; 0 means 20 s.
	RingSeconds int `json:"ring_seconds,omitempty"`
	// Mailbox takes direct calls that were not answered; empty: they are refused.
	Mailbox core.MailboxID `json:"mailbox,omitempty"`
	// Skills and their levels, 1–5, 5 best.
	Skills map[string]int `json:"skills,omitempty"`
	// What becomes of direct calls that were not taken. Without a branch: Mailbox.
	Busy     *Branch `json:"busy,omitempty"`
	NoAnswer *Branch `json:"no_answer,omitempty"`
	Declined *Branch `json:"declined,omitempty"`
	Away     *Branch `json:"away,omitempty"`
}

// Branch says where a direct call goes that its user did not take.
type Branch struct {
	Do      string         `json:"do"`                // forward, mailbox, refuse
	User    core.UserID    `json:"user,omitempty"`    // forward: to one of these
	Number  string         `json:"number,omitempty"`  // E.164
	Tree    core.TreeID    `json:"tree,omitempty"`    // a Smart Routing
	Mailbox core.MailboxID `json:"mailbox,omitempty"` // empty: the user's own
}

// Right is something a profile may do.
type Right string

// The rights. A route of the API names the one it needs.
const (
	TakeCalls    Right = "take_calls"  // the Banner and a station
	RecordCall   Right = "record"      // start and stop a recording
	TakeFromPool Right = "pool_take"   // Take this call
	SeePool      Right = "pool_see"    // waiting calls of the supervised queues
	Supervise    Right = "supervise"   // others' history, live boards
	Administer   Right = "administer"  // Maker
	CallOut      Right = "call_out"    // numbers outside, of the classes the profile dials
	CallRouted   Right = "call_routed" // calls out through a Smart Routing
	Transfer     Right = "transfer"
)

// Profile is the modules, queues and rights of a user.
type Profile struct {
	ID     core.ProfileID `json:"id"`
	Name   string         `json:"name"`
	Queues []core.QueueID `json:"queues,omitempty"` // served
	// Serving says how, for the queues of Queues that are not served like any other.
	Serving    map[core.QueueID]Serving `json:"serving,omitempty"`
	Supervises []core.QueueID           `json:"supervises,omitempty"` // seen in the pool
	Rights     []Right                  `json:"rights,omitempty"`
	AutoAnswer bool                     `json:"auto_answer,omitempty"`
	// NoDecline hides Decline.
	NoDecline bool `json:"no_decline,omitempty"`
	// PostSeconds after direct calls; 0 none.
	PostSeconds int `json:"post_seconds,omitempty"`
	// PostUnanswered also after calls out that nobody answered.
	PostUnanswered bool `json:"post_unanswered,omitempty"`
	// Dials are the classes of outside numbers that may be called and be the
	// target of a transfer; none: nothing but colleagues and emergency numbers.
	Dials []core.NumberClass `json:"dials,omitempty"`
	// TransfersTo are the kinds of target: user, queue, group, routing,
	// directory, number; empty: all.
	TransfersTo []string `json:"transfers_to,omitempty"`
	CallerID    string   `json:"caller_id,omitempty"`
	// ZipTones before a call that answers itself; 1; -1 none; each lasts 0.4 s.
	ZipTones int `json:"zip_tones,omitempty"`
	// NoCallsInPost keeps direct calls out of a post-interaction too.
	NoCallsInPost bool `json:"no_calls_in_post,omitempty"`
	// CallWaiting rings a direct call although the agent talks.
	CallWaiting bool `json:"call_waiting,omitempty"`
	// Buttons of every call; a queue's of the same id stands in for one.
	Buttons []Button `json:"buttons,omitempty"`
}

// Serving is how an agent of the profile serves one of their queues.
type Serving struct {
	// Delay: a call is for these agents only after it has waited so long, 0–9999 s.
	Delay int `json:"delay_seconds,omitempty"`
	// Weight is seniority that the queue's calls have among those of all the
	// agent's queues, seconds; it may be negative.
	Weight int `json:"weight_seconds,omitempty"`
}

// Category of an activity.
type Category string

// The categories: green, purple, blue.
const (
	Processing    Category = "processing"
	Productive    Category = "productive_unavailability"
	NonProductive Category = "non_productive_unavailability"
)

// Activity is what an agent chooses to do. Only Processing activities open
// Smart calls.
type Activity struct {
	ID       core.ActivityID `json:"id"`
	Name     string          `json:"name"`
	NameFR   string          `json:"name_fr,omitempty"`
	Category Category        `json:"category"`
	// MaxMinutes is how long it should last; then the desk and the supervisors are
	// told, and nothing is forced. 0: as long as it takes.
	MaxMinutes int  `json:"max_minutes,omitempty"`
	Paid       bool `json:"paid,omitempty"` // counts as working time
}

// Strategy of a queue.
type Strategy string

// The strategies: who among the free agents gets a call (see acd).
const (
	LongestIdle   Strategy = "longest_idle" // the default
	LeastOccupied Strategy = "least_occupied"
	FewestCalls   Strategy = "fewest_calls"
	RoundRobin    Strategy = "round_robin"
	FixedOrder    Strategy = "fixed_order" // Order
	Random        Strategy = "random"
	Weighted      Strategy = "weighted" // Weights
	// RingAll rings several at once, RingProgressively one and then another every
	// few seconds; the first who accepts has the call. The longest idle come first.
	RingAll           Strategy = "ring_all"
	RingProgressively Strategy = "ring_progressively"
)

// Queue is a distribution queue. Zero values mean the defaults named beside
// each field (features.md B1, B2, B12, B14).
type Queue struct {
	ID       core.QueueID `json:"id"`
	Name     string       `json:"name"`
	Strategy Strategy     `json:"strategy,omitempty"` // longest_idle
	// Order of the agents for fixed_order, and their weights, 1–100, for weighted.
	Order   []core.UserID       `json:"order,omitempty"`
	Weights map[core.UserID]int `json:"weights,omitempty"`
	// AtOnce is how many agents at most ring_all and ring_progressively ring for
	// one call, 5; 1–20. JoinAfter is after how long the next one joins, 5; 1–60 s.
	AtOnce    int `json:"ring_at_once,omitempty"`
	JoinAfter int `json:"ring_join_seconds,omitempty"`
	// Requires are the skills that an agent must have; none: whoever serves the
	// queue. Relax are steps that ask for less after a while.
	Requires *Requirement `json:"requires,omitempty"`
	Relax    []Step       `json:"relax,omitempty"`
	// KeepSteps waits in a step although nobody on shift could match it.
	KeepSteps bool `json:"keep_unmatched_steps,omitempty"`
	// Match among the agents who have the skills: longest_idle is by Strategy, best
	// by the highest sum of the levels asked for, then by Strategy.
	Match string `json:"match,omitempty"`
	// Sticky keeps a caller for the agent who talked to them last: off, members
	// (of the queue), anyone. StickyWait is for how long at most, 30; 1–600 s.
	Sticky     string `json:"sticky,omitempty"`
	StickyWait int    `json:"sticky_wait_seconds,omitempty"`
	Ring       int    `json:"ring_seconds,omitempty"`     // 20; 5–120
	MaxWait    int    `json:"max_wait_seconds,omitempty"` // 0: no maximum
	MaxSize    int    `json:"max_size,omitempty"`         // 0: no maximum
	// Empty makes a call leave at once by no_agent_logged_in.
	Empty    bool         `json:"leave_when_empty,omitempty"`
	Priority int          `json:"priority_seconds,omitempty"`      // seniority given to its calls; may be negative
	Class    int          `json:"class,omitempty"`                 // 0–9, strict, above the score
	Late     int          `json:"late_seconds,omitempty"`          // 60: the pool shows a call as late
	Short    int          `json:"short_abandon_seconds,omitempty"` // 5
	Music    core.SoundID `json:"music,omitempty"`
	Waiting               // what waiting callers hear and may do
	// PostMode timed, none, until_closed; timed when PostSeconds is set.
	PostMode    string `json:"post_mode,omitempty"`
	PostSeconds int    `json:"post_seconds,omitempty"`
	PostStep    int    `json:"post_step_seconds,omitempty"` // 30
	PostSteps   int    `json:"post_steps,omitempty"`        // 3; -1 none
	// NoAnswer, Reject, LineBusy: rest after each, seconds; 10. -1 none.
	NoAnswerDelay int `json:"no_answer_delay_seconds,omitempty"`
	RejectDelay   int `json:"reject_delay_seconds,omitempty"`
	BusyDelay     int `json:"busy_delay_seconds,omitempty"`
	MaxMisses     int `json:"max_consecutive_misses,omitempty"` // 2; -1 no limit
	// MaxDeclines in a row before the agent counts as not responding; 0 no limit.
	MaxDeclines  int  `json:"max_consecutive_declines,omitempty"`
	RefusedAgain int  `json:"refused_again_seconds,omitempty"` // 60
	Small        bool `json:"small_banner,omitempty"`
	// NoTake keeps the queue's calls from being taken out of the pool, whatever the
	// profiles say; they can still be seen, and assigned.
	NoTake bool `json:"no_pool_take,omitempty"`
	// ServiceLevel is the wait up to which an answer is in time; seconds, 20. Shall
	// is how many calls of a hundred shall be answered in time, 80.
	ServiceLevel int `json:"service_level_seconds,omitempty"`
	Shall        int `json:"service_level_percent,omitempty"`
	// Recording off, manual, automatic.
	Recording string `json:"recording,omitempty"`
	// KeepDays is how long recordings are kept; 0: for ever.
	KeepDays int    `json:"keep_recordings_days,omitempty"`
	Form     string `json:"form,omitempty"`
	// FormRequired: a call must be qualified before its post-interaction is ended.
	// One that runs out is "to be qualified".
	FormRequired bool `json:"form_required,omitempty"`
	// Whisper is heard by the agent alone before the caller, at most 3 s.
	Whisper core.SoundID `json:"whisper,omitempty"`
	// NoAutoAnswer: the queue's calls never answer themselves.
	NoAutoAnswer bool `json:"no_auto_answer,omitempty"`
	// HoldSound is what held callers hear; empty: Music.
	HoldSound core.SoundID `json:"hold_sound,omitempty"`
	// HoldReminder tells the agent that a call has been on hold for so long;
	// seconds, 60; -1 never.
	HoldReminder int    `json:"hold_reminder_seconds,omitempty"`
	CallerID     string `json:"caller_id,omitempty"`
	// StayConnected lets outside parties talk on when the last agent leaves a
	// conference.
	StayConnected bool `json:"stay_connected,omitempty"`
	// Buttons of its calls: screen pops, and what agents may press.
	Buttons []Button `json:"buttons,omitempty"`
}

// Trunk is a way to the telephone network. Registration and address are two
// ways to be known there; with Login and without Register the far end
// challenges each call.
type Trunk struct {
	ID   core.TrunkID `json:"id"`
	Name string       `json:"name"`
	// Host is where calls go: a name (RFC 3263: SRV first when Port is 0) or an
	// address.
	Host      string `json:"host"`
	Port      int    `json:"port,omitempty"`
	Transport string `json:"transport,omitempty"` // udp, tcp, tls; udp
	Register  bool   `json:"register,omitempty"`
	Login     string `json:"login,omitempty"`
	// Secret is the name of a password that the store keeps; the plan has none. Empty:
	// it is called like the trunk's id.
	Secret string `json:"secret,omitempty"`
	// From are addresses, or nets, whose calls come by this trunk. Host counts too.
	From []string `json:"from,omitempty"`
	// Challenge wants a password of calls that come in.
	Challenge bool `json:"challenge,omitempty"`
	// Secure: srtp off, offered, required (RFC 4568).
	SRTP string `json:"srtp,omitempty"`
	// Channels at once and calls per second, 0: no limit.
	Channels int      `json:"channels,omitempty"`
	Rate     int      `json:"rate,omitempty"`
	Codecs   []string `json:"codecs,omitempty"` // PCMA, PCMU, G722 in the order of preference
	// Ping is how often OPTIONS are sent, seconds; 30; -1 never.
	Ping int `json:"ping_seconds,omitempty"`
	// Format of numbers towards the trunk: e164 (+33…), digits (33…), national (0…).
	Format string `json:"format,omitempty"`
	// Announce has refusals spoken in early media.
	Announce bool `json:"announce,omitempty"`
	// DigitsByInfo sends keys as SIP INFO where telephone-event is not offered.
	DigitsByInfo bool `json:"digits_by_info,omitempty"`
	// AccountInFrom writes the login into From, where some trunks look for who pays;
	// the caller's number stands in P-Asserted-Identity alone.
	AccountInFrom bool `json:"account_in_from,omitempty"`
}

// Group is a distribution group: it decides which queue a call enters, as
// smooth weighted round robin. Shares sum to 100, over at most 50 queues.
type Group struct {
	ID     core.GroupID `json:"id"`
	Name   string       `json:"name"`
	Shares []Share      `json:"shares"`
	// SkipUnable passes over queues that are closed, full or without agents; the
	// others share their part. When all are unable, none is passed over.
	SkipUnable bool `json:"skip_unable,omitempty"`
	// Sticky brings a caller who is known by their number to the queue that they
	// had the last time.
	Sticky bool `json:"sticky_by_caller,omitempty"`
}

// Share is one queue's part of a group, in percent.
type Share struct {
	Queue   core.QueueID `json:"queue"`
	Percent int          `json:"percent"`
}

// Number is something that can be dialled from outside and the tree it leads to.
type Number struct {
	Number string      `json:"number"` // E.164
	Label  string      `json:"label,omitempty"`
	Tree   core.TreeID `json:"tree"`
}

// Sound is a prompt or a piece of music. The media engine finds the file.
type Sound struct {
	ID   core.SoundID `json:"id"`
	Name string       `json:"name"`
	File string       `json:"file"` // in the data folder's sounds/, or built in
	Text string       `json:"text,omitempty"`
}

// Hours are opening hours in the company's zone, or in Zone.
type Hours struct {
	ID   string `json:"id"` // hrs_…
	Name string `json:"name"`
	Zone string `json:"zone,omitempty"`
	// Spans open; a weekday of 0 is Sunday. From and To are HH:MM; To 24:00 is midnight.
	Spans      []Span      `json:"spans"`
	Exceptions []Exception `json:"exceptions,omitempty"`
}

// Span is one open stretch of a weekday.
type Span struct {
	Day  time.Weekday `json:"day"`
	From string       `json:"from"`
	To   string       `json:"to"`
}

// Exception replaces the spans of one date, YYYY-MM-DD. No From: closed.
type Exception struct {
	Date string `json:"date"`
	Name string `json:"name"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Mailbox is a voice mailbox.
type Mailbox struct {
	ID       core.MailboxID `json:"id"`
	Name     string         `json:"name"`
	Greeting core.SoundID   `json:"greeting,omitempty"`
	Min      int            `json:"min_seconds,omitempty"`     // 3
	Max      int            `json:"max_seconds,omitempty"`     // 180
	Silence  int            `json:"silence_seconds,omitempty"` // 10
}

// Tree is a Smart Routing: nodes, and for each named output of a node the node
// it leads to. It starts at the node of kind start.
type Tree struct {
	ID      core.TreeID `json:"id"`
	Name    string      `json:"name"`
	Version int         `json:"version"`
	// Outbound trees are walked by agents' calls out; "dialled" is whom they call.
	Outbound bool   `json:"outbound,omitempty"`
	Nodes    []Node `json:"nodes"`
}

// Node is one step of a tree. Settings belong to its kind (see flow). An output
// that is not wired falls to Outputs["default"]; where that is missing too, the
// call is ended politely, never left in silence.
type Node struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Name     string            `json:"name,omitempty"`
	Settings json.RawMessage   `json:"settings,omitempty"`
	Outputs  map[string]string `json:"outputs,omitempty"`
}
