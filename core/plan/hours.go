package plan

import (
	"time"

	"belfry/core"
)

// Open says whether the hours are open at an instant, by the clock on the wall
// of the zone: an hour that a change of clocks repeats is open twice, one that
// it leaves out is never. The label names the exception that decided, and is
// empty when the ordinary spans did.
func (h *Hours) Open(at core.Time, zone *time.Location) (open bool, label string) {
	t := at.Std().In(zone)
	minute := t.Hour()*60 + t.Minute()
	date := t.Format(time.DateOnly)
	for _, x := range h.Exceptions {
		if x.Date != date {
			continue
		}
		if label == "" {
			if label = x.Name; label == "" {
				label = x.Date
			}
		}
		if x.From != "" && within(minute, x.From, x.To) {
			return true, x.Name
		}
	}
	if label != "" {
		return false, label
	}
	for _, s := range h.Spans {
		if s.Day == t.Weekday() && within(minute, s.From, s.To) {
			return true, ""
		}
	}
	return false, ""
}

// Open is Hours.Open in the hours' own zone, else the company's; known is false
// when there are no such hours.
func (p *Plan) Open(id string, at core.Time) (open bool, label string, known bool) {
	h := p.hours[id]
	if h == nil {
		return false, "", false
	}
	zone := p.Zone
	if h.Zone != "" {
		zone = p.zones[h.Zone]
	}
	open, label = h.Open(at, zone)
	return open, label, true
}

// within says whether a minute of the day lies in from ≤ minute < to.
func within(minute int, from, to string) bool {
	f, ok1 := clock(from)
	t, ok2 := clock(to)
	return ok1 && ok2 && f <= minute && minute < t
}

// clock reads HH:MM, 00:00 to 24:00, as minutes since midnight.
func clock(s string) (minutes int, ok bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, false
	}
	return h*60 + m, true
}

func (c *check) hours() {
	for i := range c.doc.Hours {
		h := &c.doc.Hours[i]
		f := func(name string) string { return at("hours", i, name) }
		c.name(f("name"), h.Name)
		if h.Zone != "" {
			c.zone(f("zone"), h.Zone)
		}
		for j, s := range h.Spans {
			field := element(f("spans"), j)
			if s.Day < time.Sunday || s.Day > time.Saturday {
				c.wrong(field+".day", "out-of-range", "a day is 0 (Sunday) to 6 (Saturday), not %d", int(s.Day))
			}
			c.span(field, s.From, s.To)
		}
		for j, x := range h.Exceptions {
			field := element(f("exceptions"), j)
			if _, err := time.Parse(time.DateOnly, x.Date); err != nil {
				c.wrong(field+".date", "date-malformed", "%q is not a date such as 2026-12-25", x.Date)
			}
			if x.From != "" || x.To != "" {
				c.span(field, x.From, x.To)
			}
		}
	}
}

func (c *check) span(field, from, to string) {
	f, ok1 := clock(from)
	t, ok2 := clock(to)
	switch {
	case !ok1:
		c.wrong(field+".from", "clock-malformed", "%q is not a time such as 08:30", from)
	case !ok2:
		c.wrong(field+".to", "clock-malformed", "%q is not a time such as 17:30 or 24:00", to)
	case f >= t:
		c.wrong(field+".to", "span-empty", "%s is not after %s; a night is two spans, one before midnight and one after", to, from)
	}
}
