package sip

import (
	"strconv"
	"strings"
	"time"
)

// The terms of a registration.
const (
	usualTerm    = time.Hour
	longestTerm  = 2 * time.Hour
	shortestTerm = time.Minute
)

// register takes a REGISTER (RFC 3261 §10.3). The extension is who the phone
// proves to be; the host that it names is its own business.
func (l *lane) register(m *message) {
	if l.e.opts.Secret == nil || l.e.opts.Users == nil {
		l.notAllowed(m)
		return
	}
	if !l.understood(m) {
		return
	}
	w, ok := l.authenticate(m)
	if !ok {
		return
	}
	if to, ok := parseURI(m.to.uri); !ok || number(to.user) != w.ext {
		l.refuse(m, 403, "Not Your Extension")
		return
	}
	if l.e.closing.Load() {
		l.overloaded(m)
		return
	}
	tx := l.newServer(m)
	answer := func(status int, reason string, extra ...Header) {
		tx.respond(status, l.responseTo(m, status, reason, l.tag(), extra))
	}
	wishes, all, f := l.wishes(m)
	switch {
	case f == errBrief:
		answer(423, reasonOf(423), Header{"Min-Expires", whole(shortestTerm)})
		return
	case f != nil:
		answer(f.status, f.reason)
		return
	}
	list, ok := l.e.registrar.change(l, m, w, wishes, all)
	if !ok {
		answer(500, "CSeq Out Of Order")
		return
	}
	extra := make([]Header, 0, len(list)+2)
	for _, x := range list {
		extra = append(extra, Header{"Contact", "<" + x.contact + ">;expires=" + strconv.Itoa(int(x.expires/time.Second))})
	}
	extra = append(extra, Header{"Supported", supported})
	answer(200, "OK", extra...)
}

var (
	errBrief = &fault{423, "Interval Too Brief"}
	errStar  = &fault{400, "Bad Contact *"}
	errPhone = &fault{416, "Unsupported Contact Scheme"}
	errMany  = &fault{400, "Too Many Contacts"}
)

// wishes reads the contacts of a REGISTER. all: every contact is to go.
func (l *lane) wishes(m *message) (list []wish, all bool, f *fault) {
	usual := usualTerm
	if v, some := m.get(hExpires); some {
		if n, err := strconv.ParseUint(v, 10, 31); err == nil {
			usual = time.Duration(n) * time.Second
		}
	}
	star := false
	m.each(hContact, func(v string) bool {
		if v == "*" {
			star = true
			return true
		}
		a, ok := parseAddress(v)
		if !ok {
			f = errContact
			return false
		}
		var x wish
		if x, f = contactWish(a, usual); f != nil {
			return false
		}
		list = append(list, x)
		if len(list) > mostContacts {
			f = errMany
		}
		return f == nil
	})
	switch {
	case f != nil:
	case star && (len(list) > 0 || usual != 0):
		f = errStar
	}
	return list, star, f
}

// contactWish is what is asked of one contact.
func contactWish(a address, usual time.Duration) (wish, *fault) {
	u, ok := parseURI(a.uri)
	if !ok || u.headers != "" || strings.ContainsAny(a.uri, "\r\n<>") {
		return wish{}, errContact
	}
	if u.scheme != "sip" && u.scheme != "sips" {
		return wish{}, errPhone
	}
	x := wish{a.uri, usual}
	if v, some := param(a.params, "expires"); some {
		if n, err := strconv.ParseUint(v, 10, 31); err == nil { // else as if there were none
			x.expires = time.Duration(n) * time.Second
		}
	}
	switch {
	case x.expires == 0:
	case x.expires < shortestTerm:
		return wish{}, errBrief
	case x.expires > longestTerm:
		x.expires = longestTerm
	}
	return x, nil
}
