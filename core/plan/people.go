package plan

import (
	"strings"
	"time"

	"belfry/core"
)

func (c *check) company() {
	co := &c.doc.Company
	if !wellFormed(string(co.ID)) {
		c.wrong("company.id", "id-malformed", "an id is 1 to 64 letters, digits, '_', '-' or '.', not %q", string(co.ID))
	}
	c.name("company.name", co.Name)
	c.plan.Zone = c.zone("company.zone", co.Zone)
	c.language("company.language", co.Language)
	c.sound("company.unknown", co.Unknown)
	c.sound("company.comfort", co.Comfort)
	c.sound("company.goodbye", co.Goodbye)
	c.sound("company.consent", co.Consent)
	c.sound("company.press_1", co.Press1)
	c.hosts("company.button_hosts", co.ButtonHosts, false)
	c.hosts("company.private_button_hosts", co.PrivateButtonHosts, true)
	if co.Country != "" && (len(co.Country) != 2 || strings.ToUpper(co.Country) != co.Country) {
		c.wrong("company.country", "country-malformed", "a country is two capital letters such as FR, not %q", co.Country)
	}
}

// zone loads a time zone once; empty is UTC. "Local" would mean something else
// on each machine, and a record could not be replayed elsewhere.
func (c *check) zone(field, name string) *time.Location {
	if z := c.plan.zones[name]; z != nil {
		return z
	}
	z, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		c.wrong(field, "no-such-zone", "%q is not a time zone of the IANA list, such as Europe/Paris", name)
		z = time.UTC
	}
	c.plan.zones[name] = z
	return z
}

func (c *check) users() {
	c.plan.logins, c.plan.extensions = map[string]*User{}, map[string]*User{}
	for i := range c.doc.Users {
		u := &c.doc.Users[i]
		f := func(name string) string { return at("users", i, name) }
		c.name(f("name"), u.Name)
		c.login(f("login"), u)
		c.extension(f("extension"), u)
		if c.plan.profiles[u.Profile] == nil {
			c.wrong(f("profile"), "no-such-profile", "there is no profile %q", string(u.Profile))
		}
		c.language(f("language"), u.Language)
		c.phone(f("phone"), u.Phone)
		c.choice(f("srtp"), u.SRTP, "asked", "offered", "required", "off")
		c.between(f("ring_seconds"), u.RingSeconds, 5, 120, " seconds")
		c.mailbox(f("mailbox"), u.Mailbox)
		c.skills(f("skills"), u.Skills)
		for j, p := range u.Profiles {
			if c.plan.profiles[p] == nil {
				c.wrong(element(f("profiles"), j), "no-such-profile", "there is no profile %q", string(p))
			}
		}
		c.branch(f("busy"), u, u.Busy)
		c.branch(f("no_answer"), u, u.NoAnswer)
		c.branch(f("declined"), u, u.Declined)
		c.branch(f("away"), u, u.Away)
	}
}

func (c *check) login(field string, u *User) {
	for _, r := range u.Login {
		if r < '!' || r > '~' || strings.ContainsRune(`"\<>`, r) {
			c.wrong(field, "login-malformed", "a login has no spaces, quotes or letters beyond ASCII, unlike %q", u.Login)
			return
		}
	}
	switch {
	case u.Login == "" || len(u.Login) > 64:
		c.wrong(field, "login-malformed", "a login has 1 to 64 characters")
	case c.plan.logins[u.Login] != nil:
		c.wrong(field, "login-taken", "%s is the login of %s already", u.Login, c.plan.logins[u.Login].ID)
	default:
		c.plan.logins[u.Login] = u
	}
}

func (c *check) extension(field string, u *User) {
	switch {
	case u.Extension == "":
	case len(u.Extension) < 2 || len(u.Extension) > 8 || strings.Trim(u.Extension, "0123456789") != "":
		c.wrong(field, "extension-malformed", "an extension is 2 to 8 digits, not %q", u.Extension)
	case c.plan.extensions[u.Extension] != nil:
		c.wrong(field, "extension-taken", "%s is the extension of %s already", u.Extension, c.plan.extensions[u.Extension].ID)
	default:
		c.plan.extensions[u.Extension] = u
	}
}

// phone wants a SIP contact with a host. The SIP driver reads it properly.
func (c *check) phone(field, contact string) {
	if contact == "" {
		return
	}
	_, rest, found := strings.Cut(contact, ":")
	_, host, at := strings.Cut(rest, "@")
	if !found || !at || host == "" || strings.ContainsAny(contact, " <>\"\r\n\t") ||
		!(strings.HasPrefix(contact, "sip:") || strings.HasPrefix(contact, "sips:")) {
		c.wrong(field, "phone-malformed", "a phone is a SIP address such as sip:201@192.0.2.7:5060, not %q", contact)
	}
}

func (c *check) profiles() {
	for i := range c.doc.Profiles {
		p := &c.doc.Profiles[i]
		f := func(name string) string { return at("profiles", i, name) }
		c.name(f("name"), p.Name)
		for j, q := range p.Queues {
			c.queue(element(f("queues"), j), q)
		}
		for j, q := range p.Supervises {
			c.queue(element(f("supervises"), j), q)
		}
		c.serving(f("serving"), p)
		takes := false
		for j, r := range p.Rights {
			takes = takes || r == TakeCalls
			c.oneOf(element(f("rights"), j), string(r), string(TakeCalls), string(RecordCall), string(TakeFromPool),
				string(SeePool), string(Supervise), string(Administer), string(CallOut), string(CallRouted), string(Transfer))
		}
		for j, d := range p.Dials {
			c.oneOf(element(f("dials"), j), string(d), string(core.ClassNational), string(core.ClassMobile),
				string(core.ClassInternational), string(core.ClassPremium))
		}
		for j, t := range p.TransfersTo {
			c.oneOf(element(f("transfers_to"), j), t, "user", "queue", "group", "routing", "directory", "number")
		}
		if len(p.Queues) > 0 && !takes {
			c.warn(f("rights"), "serves-without-right", "%s serves queues but may not take calls", p.Name)
		}
		c.optional(f("zip_tones"), p.ZipTones, 7, " tones")
		c.between(f("post_seconds"), p.PostSeconds, 0, 3600, " seconds")
		c.buttons(f("buttons"), p.Buttons)
	}
}

func (c *check) activities() {
	for i := range c.doc.Activities {
		a := &c.doc.Activities[i]
		c.name(at("activities", i, "name"), a.Name)
		c.oneOf(at("activities", i, "category"), string(a.Category),
			string(Processing), string(Productive), string(NonProductive))
		if a.NameFR != "" {
			c.name(at("activities", i, "name_fr"), a.NameFR)
		}
		c.between(at("activities", i, "max_minutes"), a.MaxMinutes, 1, 24*60, " minutes")
	}
}
