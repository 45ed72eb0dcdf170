package plan

import (
	"strings"
	"time"

	"belfry/core"
)

// Waiting is what callers of a queue hear while they wait, what they may do, and
// when the queue does not take them. It is part of the Queue.
type Waiting struct {
	// Hours in which the queue is open; empty: always. Outside of them a call
	// leaves by closed, and nobody is called back.
	Hours string `json:"hours,omitempty"`
	// Playlist is played in turn, in place of Music. After a message it goes on
	// where it was.
	Playlist []core.SoundID `json:"playlist,omitempty"`
	Messages []Message      `json:"messages,omitempty"`
	// Position is what is said of the place in line: off, on, limit (only up to
	// PositionLimit), more (beyond it: more than so many).
	Position      string `json:"position,omitempty"`
	PositionLimit int    `json:"position_limit,omitempty"` // 10; 1–60
	// PositionUp says it only when it has become better. It is never said when it
	// has become worse.
	PositionUp bool `json:"position_only_up,omitempty"`
	// Expected is what is said of the wait: off, on, once. It is said only where
	// the queue's own estimates were honest.
	Expected      string `json:"expected_wait,omitempty"`
	AnnounceAfter int    `json:"announce_after_seconds,omitempty"` // 15; the first time
	AnnounceEvery int    `json:"announce_every_seconds,omitempty"` // 45; at least 15
	// MaxExpected lets a call leave by ewt_too_long when it would wait longer;
	// 0: never.
	MaxExpected int `json:"max_expected_seconds,omitempty"`
	// Keys that waiting callers may press.
	Keys     []Key    `json:"keys,omitempty"`
	Callback Callback `json:"callback,omitzero"`
	// KeepRank is for how long after hanging up a caller who calls again has their
	// place back, twice at most; 0: not at all.
	KeepRank int `json:"keep_rank_seconds,omitempty"`
}

// Message is said to waiting callers: first after so many seconds, and then every
// so many; 0: once.
type Message struct {
	Sound core.SoundID `json:"sound"`
	First int          `json:"first_after_seconds"`
	Every int          `json:"every_seconds,omitempty"`
}

// Key is one that waiting callers may press: leave goes out by key_pressed, with
// the key in the variable "key"; callback asks to be called back.
type Key struct {
	Key string `json:"key"`
	Do  string `json:"do"` // leave, callback
}

// Callback is how who asked for it is called back.
type Callback struct {
	Attempts int `json:"attempts,omitempty"`      // 3; 1–10
	Every    int `json:"every_seconds,omitempty"` // 600 between two attempts
	Keep     int `json:"keep_minutes,omitempty"`  // 1,440: afterwards it is given up
	Ring     int `json:"ring_seconds,omitempty"`  // 40: how long the customer is rung
	// Prefixes that a number typed by the caller must begin with, E.164; empty:
	// only the number that they call from may be called back.
	Prefixes []string `json:"prefixes,omitempty"`
	// Dials are the classes of numbers that are called back; none: national and
	// mobile ones. A caller chooses the number, so that a dear one would be paid by
	// whom they wish.
	Dials []core.NumberClass `json:"dials,omitempty"`
}

// The bounds of what is said to waiting callers.
const (
	leastAnnounce = 15
	mostMessages  = 10
	mostPosition  = 60 // numbers beyond are not spoken
)

// Tunes are what waiting callers hear, in turn; empty: silence.
func (q *Queue) Tunes() []core.SoundID {
	switch {
	case len(q.Playlist) > 0:
		return q.Playlist
	case q.Music != "":
		return []core.SoundID{q.Music}
	}
	return nil
}

// AnnouncesFirst is the wait after which position and expected wait are first said.
func (q *Queue) AnnouncesFirst() time.Duration { return Seconds(q.AnnounceAfter, leastAnnounce) }

// AnnouncesEvery is the time from one announcement to the next.
func (q *Queue) AnnouncesEvery() time.Duration {
	return max(Seconds(q.AnnounceEvery, 45), leastAnnounce*time.Second)
}

// Announces says whether position or expected wait is said at all.
func (q *Queue) Announces() bool { return said(q.Position) || said(q.Expected) }

func said(mode string) bool { return mode != "" && mode != "off" }

// SaysUpTo is the largest position that is said.
func (q *Queue) SaysUpTo() int {
	if q.Position == "on" {
		return mostPosition
	}
	return Or(q.PositionLimit, 10)
}

// KeyDoes says what a key does for who waits; empty: nothing.
func (q *Queue) KeyDoes(key byte) string {
	for _, k := range q.Keys {
		if k.Key == string(rune(key)) {
			return k.Do
		}
	}
	return ""
}

// KeepsRank is for how long an abandoned caller's place is kept; 0: not.
func (q *Queue) KeepsRank() time.Duration { return Seconds(q.KeepRank, 0) }

// Tries is how often somebody is called back.
func (b *Callback) Tries() int { return Or(b.Attempts, 3) }

// Between is the time from one attempt to the next.
func (b *Callback) Between() time.Duration { return Seconds(b.Every, 600) }

// Keeps is how long a request is good.
func (b *Callback) Keeps() time.Duration { return time.Duration(Or(b.Keep, 1440)) * time.Minute }

// Rings is how long the customer is rung.
func (b *Callback) Rings() time.Duration { return Seconds(b.Ring, 40) }

// Classes are those of the numbers that are called back.
func (b *Callback) Classes() []core.NumberClass {
	if len(b.Dials) > 0 {
		return b.Dials
	}
	return []core.NumberClass{core.ClassNational, core.ClassMobile}
}

// Typed reads a number that a caller has typed; empty when it may not be called
// back.
func (p *Plan) Typed(q *Queue, keys string) string {
	n := Normal(keys)
	if rest, national := strings.CutPrefix(n, "0"); national && !strings.HasPrefix(n, "+") {
		n = "+" + p.countryCode() + rest
	}
	if !e164(n) || len(n) < 8 {
		return ""
	}
	for _, prefix := range q.Callback.Prefixes {
		if strings.HasPrefix(n, prefix) {
			return n
		}
	}
	return ""
}

// National is the number as it is dialled in the company's country.
func (p *Plan) National(number string) string {
	if code := p.countryCode(); code != "" {
		if rest, ours := strings.CutPrefix(number, "+"+code); ours {
			return "0" + rest
		}
	}
	return number
}

// countryCode is that of the company's own caller ID or numbers, by the country
// that is set. Only who dials the national way needs it.
func (p *Plan) countryCode() string {
	codes := [...]struct{ country, code string }{
		{"FR", "33"},
		{"BE", "32"},
		{"LU", "352"},
		{"CH", "41"},
		{"DE", "49"},
		{"AT", "43"},
		{"NL", "31"},
		{"ES", "34"},
		{"PT", "351"},
		{"GB", "44"},
		{"IE", "353"},
		{"MC", "377"},
	}
	for _, c := range codes {
		if c.country == p.Doc.Company.Country {
			return c.code
		}
	}
	return ""
}

// waiting checks what a queue sets for those who wait.
func (c *check) waiting(q *Queue, f func(string) string) {
	if q.Hours != "" && c.plan.hours[q.Hours] == nil {
		c.wrong(f("hours"), "no-such-hours", "there are no hours %s", q.Hours)
	}
	if len(q.Playlist) > 20 {
		c.wrong(f("playlist"), "out-of-range", "at most 20 pieces are played in turn, not %d", len(q.Playlist))
	}
	for i, s := range q.Playlist {
		c.sound(element(f("playlist"), i), s)
		if s == "" {
			c.wrong(element(f("playlist"), i), "no-such-sound", "a piece is missing")
		}
	}
	if len(q.Messages) > mostMessages {
		c.wrong(f("messages"), "out-of-range", "at most %d messages, not %d", mostMessages, len(q.Messages))
	}
	for i, m := range q.Messages {
		field := element(f("messages"), i)
		c.sound(field+".sound", m.Sound)
		if m.Sound == "" {
			c.wrong(field+".sound", "no-such-sound", "a message needs a sound")
		}
		c.between(field+".first_after_seconds", m.First, 1, day, " seconds")
		c.between(field+".every_seconds", m.Every, leastAnnounce, day, " seconds")
	}
	c.oneOf(f("position"), q.Position, "", "off", "on", "limit", "more")
	c.between(f("position_limit"), q.PositionLimit, 1, mostPosition, "")
	c.oneOf(f("expected_wait"), q.Expected, "", "off", "on", "once")
	c.between(f("announce_after_seconds"), q.AnnounceAfter, 1, day, " seconds")
	c.between(f("announce_every_seconds"), q.AnnounceEvery, leastAnnounce, day, " seconds")
	c.between(f("max_expected_seconds"), q.MaxExpected, 30, day, " seconds")
	c.between(f("keep_rank_seconds"), q.KeepRank, 1, 3600, " seconds")
	seen := map[string]bool{}
	for i, k := range q.Keys {
		field := element(f("keys"), i)
		if len(k.Key) != 1 || !strings.Contains("0123456789*#", k.Key) || seen[k.Key] {
			c.wrong(field+".key", "key-wrong", "%q is not one of 0 to 9, * and #, each once", k.Key)
		}
		seen[k.Key] = true
		c.oneOf(field+".do", k.Do, "leave", "callback")
	}
	c.between(f("callback.attempts"), q.Callback.Attempts, 1, 10, "")
	c.between(f("callback.every_seconds"), q.Callback.Every, 10, day, " seconds")
	c.between(f("callback.keep_minutes"), q.Callback.Keep, 1, 7*24*60, " minutes")
	c.between(f("callback.ring_seconds"), q.Callback.Ring, 5, 120, " seconds")
	for i, d := range q.Callback.Dials {
		c.oneOf(element(f("callback.dials"), i), string(d), string(core.ClassNational), string(core.ClassMobile),
			string(core.ClassInternational), string(core.ClassPremium))
	}
	for i, prefix := range q.Callback.Prefixes {
		if len(prefix) < 2 || prefix[0] != '+' || strings.Trim(prefix[1:], "0123456789") != "" {
			c.wrong(element(f("callback.prefixes"), i), "number-malformed", "a prefix is written as +331, not %q", prefix)
		}
	}
}
