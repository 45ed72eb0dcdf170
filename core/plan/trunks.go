package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
)

func (c *check) trunks() {
	for i := range c.doc.Trunks {
		t := &c.doc.Trunks[i]
		f := func(name string) string { return at("trunks", i, name) }
		c.name(f("name"), t.Name)
		if t.Host == "" || strings.ContainsAny(t.Host, " /<>\"@\r\n\t") {
			c.wrong(f("host"), "host-malformed", "a trunk needs a host name or an address, not %q", t.Host)
		}
		c.between(f("port"), t.Port, 1, 65535, "")
		c.choice(f("transport"), t.Transport, "udp", "tcp", "tls")
		c.choice(f("srtp"), t.SRTP, "off", "offered", "required")
		c.choice(f("format"), t.Format, "e164", "digits", "national")
		c.between(f("channels"), t.Channels, 1, 100_000, "")
		c.between(f("rate"), t.Rate, 1, 10_000, " calls a second")
		c.optional(f("ping_seconds"), t.Ping, 3600, " seconds")
		c.credentials(f, t)
		if secure := t.SRTP == "offered" || t.SRTP == "required"; secure && t.Transport != "tls" {
			c.warn(f("srtp"), "keys-in-the-open", "%s sends the keys of its audio without TLS, where others may read them", t.Name)
		}
		for j, codec := range t.Codecs {
			c.oneOf(element(f("codecs"), j), codec, "PCMU", "PCMA", "G722")
		}
		for j, from := range t.From {
			if _, err := netip.ParseAddr(from); err == nil {
				continue
			}
			if _, err := netip.ParsePrefix(from); err != nil {
				c.wrong(element(f("from"), j), "address-malformed", "%q is no address and no net such as 192.0.2.0/24", from)
			}
		}
	}
}

// credentials wants a login where there is something to prove.
func (c *check) credentials(f func(string) string, t *Trunk) {
	switch {
	case strings.ContainsFunc(t.Login, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>\"", r) }):
		c.wrong(f("login"), "login-malformed", "a login has no spaces, quotes or angle brackets, as %q does", t.Login)
	case t.Login == "" && t.Register:
		c.wrong(f("login"), "login-missing", "a trunk that registers needs a login")
	case t.Login == "" && t.Challenge:
		c.wrong(f("login"), "login-missing", "a trunk whose calls must prove who they are needs a login")
	}
}

// SecretName is what the store calls the password that goes with the login.
func (t *Trunk) SecretName() string { return cmp.Or(t.Secret, string(t.ID)) }

// choice is oneOf where empty stands for the first.
func (c *check) choice(field, s string, allowed ...string) {
	if s != "" {
		c.oneOf(field, s, allowed...)
	}
}

// callerIDs wants every number that is shown to be ours, and the do-not-call
// list to be numbers.
func (c *check) callerIDs() {
	own := func(field, number string) {
		if number != "" && c.plan.numbers[number] == nil {
			c.wrong(field, "not-our-number", "%s is none of the company's numbers, so it cannot be shown", number)
		}
	}
	own("company.caller_id", c.doc.Company.CallerID)
	for field, n := range map[string]int{
		"agent_calls_out_per_hour": c.doc.Company.AgentCallsHour, "calls_out_per_hour": c.doc.Company.CallsHour,
		"agent_paid_minutes_per_day": c.doc.Company.AgentPaidMinutes, "paid_minutes_per_day": c.doc.Company.PaidMinutes,
	} {
		c.optional("company."+field, n, 1_000_000, "")
	}
	c.between("company.keep_recordings_days", c.doc.Company.KeepDays, 1, 36_500, " days")
	for i := range c.doc.Profiles {
		own(at("profiles", i, "caller_id"), c.doc.Profiles[i].CallerID)
	}
	for i := range c.doc.Queues {
		own(at("queues", i, "caller_id"), c.doc.Queues[i].CallerID)
		c.sound(at("queues", i, "hold_sound"), c.doc.Queues[i].HoldSound)
		c.optional(at("queues", i, "hold_reminder_seconds"), c.doc.Queues[i].HoldReminder, 3600, " seconds")
		c.between(at("queues", i, "keep_recordings_days"), c.doc.Queues[i].KeepDays, 1, 36_500, " days")
	}
	c.plan.unwanted = make(map[string]bool, len(c.doc.DoNotCall))
	for i, n := range c.doc.DoNotCall {
		if !e164(n) {
			c.wrong(fmt.Sprintf("do_not_call[%d]", i), "number-malformed", "%q is not a number such as +33100000000", n)
			continue
		}
		c.plan.unwanted[n] = true
	}
}
