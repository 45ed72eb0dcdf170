package plan

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"belfry/core"
)

// Button is something that is opened for a call, or called for it: a screen pop
// by itself, and what the agent may press.
type Button struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	LabelFR string `json:"label_fr,omitempty"`
	// Kind url: the agent's page opens the address. http: the server calls it, once.
	Kind string `json:"kind"`
	// Address is a template: {{caller.number}}, {{caller.name}}, {{call.id}},
	// {{interaction.id}}, {{queue.id}}, {{queue.name}}, {{agent.id}}, {{lang}} and
	// {{var.NAME}} of the tree stand in its path, its query and its fragment. What
	// is filled in is escaped; a secret variable is empty.
	Address string `json:"address"`
	// When it goes by itself: presented, accepted, ended; by_hand: never. It may be
	// pressed at any time.
	When string `json:"when"`
	// Where a url is opened: tab, window (one, used again), hidden. tab
	Where string `json:"where,omitempty"`
}

// The kinds, the occasions and the places.
const (
	URLButton  = "url"
	HTTPButton = "http"

	WhenPresented = "presented"
	WhenAccepted  = "accepted"
	WhenEnded     = "ended"
	ByHand        = "by_hand"

	InTab    = "tab"
	InWindow = "window"
	Hidden   = "hidden"
)

// A list has at most mostButtons; an address is at most longestAddress, filled.
const (
	mostButtons    = 20
	longestAddress = 2000
	longestValue   = 200
)

// Place is where a url is opened.
func (b *Button) Place() string {
	if b.Where == "" {
		return InTab
	}
	return b.Where
}

// Words is what is written on the button.
func (b *Button) Words(language string) string {
	if language == "fr" && b.LabelFR != "" {
		return b.LabelFR
	}
	return b.Label
}

// Buttons are those of a call of the queue for the user: the queue's, then those
// of the profile that the queue has not under the same id.
func (p *Plan) Buttons(u core.UserID, q core.QueueID) []*Button {
	var all []*Button
	if queue := p.queues[q]; queue != nil {
		for i := range queue.Buttons {
			all = append(all, &queue.Buttons[i])
		}
	}
	pro := p.ProfileOf(u)
	if pro == nil {
		return all
	}
	own := len(all)
	for i := range pro.Buttons {
		b := &pro.Buttons[i]
		if !slices.ContainsFunc(all[:own], func(x *Button) bool { return x.ID == b.ID }) {
			all = append(all, b)
		}
	}
	return all
}

// Language is the user's, or the company's.
func (p *Plan) Language(u core.UserID) string {
	if user := p.users[u]; user != nil && user.Language != "" {
		return user.Language
	}
	if l := p.Doc.Company.Language; l != "" {
		return l
	}
	return "en"
}

// Private says whether the address leads to a host that the company lets have a
// loopback or private address.
func (p *Plan) Private(address string) bool {
	_, authority, _ := parts(address)
	return slices.Contains(p.Doc.Company.PrivateButtonHosts, authority)
}

// HiddenOrigins are those that pages of agents load in the background, sorted.
func (p *Plan) HiddenOrigins() []string {
	var all []string
	add := func(bs []Button) {
		for i := range bs {
			if bs[i].Kind == URLButton && bs[i].Where == Hidden {
				scheme, authority, _ := parts(bs[i].Address)
				all = append(all, scheme+"://"+authority)
			}
		}
	}
	for i := range p.Doc.Queues {
		add(p.Doc.Queues[i].Buttons)
	}
	for i := range p.Doc.Profiles {
		add(p.Doc.Profiles[i].Buttons)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Fill puts values into the button's address. It is empty when the result would
// lead out of the folder that was written, or is too long.
func (b *Button) Fill(value func(name string) string) string {
	_, _, rest := parts(b.Address)
	var s strings.Builder
	s.WriteString(b.Address[:len(b.Address)-len(rest)])
	for {
		before, after, found := strings.Cut(rest, "{{")
		s.WriteString(before)
		if !found {
			break
		}
		name, more, _ := strings.Cut(after, "}}")
		escape(&s, value(strings.TrimSpace(name)))
		rest = more
	}
	filled := s.String()
	if len(filled) > longestAddress || climbs(filled) {
		return ""
	}
	return filled
}

// escape writes a value in which nothing but letters, digits and -._~ stand for
// themselves (RFC 3986), so that it is one piece wherever it stands.
func escape(s *strings.Builder, value string) {
	const hex = "0123456789ABCDEF"
	if len(value) > longestValue {
		value = strings.ToValidUTF8(value[:longestValue], "")
	}
	for i := range len(value) {
		c := value[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			s.WriteByte(c)
			continue
		}
		s.WriteByte('%')
		s.WriteByte(hex[c>>4])
		s.WriteByte(hex[c&15])
	}
}

// climbs says whether a piece of the path is . or .., which leads elsewhere.
func climbs(address string) bool {
	_, _, rest := parts(address)
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	for piece := range strings.SplitSeq(strings.ReplaceAll(strings.ToLower(rest), "%2e", "."), "/") {
		if piece == "." || piece == ".." {
			return true
		}
	}
	return false
}

// parts reads an address: scheme, host with port, and what follows.
func parts(address string) (scheme, authority, rest string) {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return "", "", ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return scheme, rest[:i], rest[i:]
	}
	return scheme, rest, ""
}

// names are what may stand in an address, beside var.NAME.
var names = []string{
	"caller.number", "caller.name", "call.id", "interaction.id", "queue.id", "queue.name", "agent.id", "lang",
}

func (c *check) buttons(field string, all []Button) {
	if len(all) > mostButtons {
		c.wrong(field, "too-many", "there are at most %d buttons", mostButtons)
	}
	for i := range all {
		b := &all[i]
		f := func(name string) string { return element(field, i) + "." + name }
		if !wellFormed(b.ID) {
			c.wrong(f("id"), "id-malformed", "an id is 1 to 64 letters, digits, '_', '-' or '.', not %q", b.ID)
		}
		if slices.ContainsFunc(all[:i], func(x Button) bool { return x.ID == b.ID }) {
			c.wrong(f("id"), "id-taken", "%s is the id of another button here", b.ID)
		}
		c.name(f("label"), b.Label)
		if b.LabelFR != "" {
			c.name(f("label_fr"), b.LabelFR)
		}
		c.oneOf(f("kind"), b.Kind, URLButton, HTTPButton)
		c.oneOf(f("when"), b.When, WhenPresented, WhenAccepted, WhenEnded, ByHand)
		c.oneOf(f("where"), b.Place(), InTab, InWindow, Hidden)
		c.address(f("address"), b.Address)
	}
}

// address wants a template that leads to a host which the company has named.
func (c *check) address(field, address string) {
	scheme, authority, rest := parts(address)
	co := &c.doc.Company
	private := slices.Contains(co.PrivateButtonHosts, authority)
	switch {
	case authority == "" || !isHost(authority) || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`|", r) }):
		c.wrong(field, "address-malformed", "an address begins with https:// and a host in small letters, and has no spaces: %q", address)
		return
	case scheme != "https" && scheme != "http":
		c.wrong(field, "address-malformed", "an address begins with https://, not %q", scheme+"://")
	case scheme == "http" && !private:
		c.wrong(field, "address-not-secure", "plain http goes only to the hosts of private_button_hosts; %s is none", authority)
	case !private && !slices.Contains(co.ButtonHosts, authority):
		c.wrong(field, "host-not-named", "%s is not among the company's button_hosts", authority)
	case len(address) > longestAddress:
		c.wrong(field, "too-long", "an address has at most %d characters", longestAddress)
	case climbs(address):
		c.wrong(field, "address-malformed", "no piece of the path is . or ..")
	}
	for {
		_, after, found := strings.Cut(rest, "{{")
		if !found {
			break
		}
		name, more, closed := strings.Cut(after, "}}")
		name = strings.TrimSpace(name)
		if v, is := strings.CutPrefix(name, "var."); !closed || !(is && wellFormed(v)) && !slices.Contains(names, name) {
			c.wrong(field, "no-such-value", "{{%s}} is not one of {{%s}} and {{var.NAME}}", name, strings.Join(names, "}}, {{"))
			return
		}
		rest = more
	}
}

// hosts wants the lists of hosts to name hosts; only one that is on the private
// list may be an address of this machine or this house.
func (c *check) hosts(field string, hosts []string, private bool) {
	for i, h := range hosts {
		f := element(field, i)
		switch {
		case !isHost(h):
			c.wrong(f, "host-malformed", "a host is a name in small letters or an address, with :port where it is not the usual one, not %q", h)
		case !private && inside(h):
			c.wrong(f, "host-private", "%s is in this machine or this house: name it in private_button_hosts", h)
		}
	}
}

// isHost reads host or host:port.
func isHost(s string) bool {
	if _, err := netip.ParseAddrPort(s); err == nil {
		return true
	}
	host, port, found := strings.Cut(s, ":")
	if n, err := strconv.Atoi(port); found && (err != nil || n < 1 || n > 65535) {
		return false
	}
	if host == "" || len(host) > 253 || host[0] == '.' || strings.Contains(host, "..") {
		return false
	}
	return strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}

// inside says whether the host is known to be in this machine or this house. A
// name may still lead there: whoever calls it looks.
func inside(h string) bool {
	host, _, _ := strings.Cut(h, ":")
	a, err := netip.ParseAddr(host)
	if p, wrong := netip.ParseAddrPort(h); wrong == nil {
		a, err = p.Addr(), nil
	}
	if err == nil {
		return !a.Unmap().IsGlobalUnicast() || a.Unmap().IsPrivate()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
