package sip

import "strings"

// headerID tells the headers that we read from the rest.
type headerID uint8

const (
	hOther headerID = iota
	hVia
	hFrom
	hTo
	hCallID
	hCSeq
	hContact
	hMaxForwards
	hContentLength
	hContentType
	hContentEncoding
	hRoute
	hRecordRoute
	hRequire
	hSupported
	hUnsupported
	hAllow
	hAccept
	hSessionExpires
	hMinSE
	hReason
	hPrivacy
	hAssertedIdentity
	hRetryAfter
	hWarning
	hDate
	hExpires
	hUserAgent
	hServer
	hSubject
	hReplaces
	hReferTo
	hReferredBy
	hReferSub
	hEvent
	hAuthorization
	hMinExpires
	hAuthenticate
	hProxyAuthenticate
	hDiversion
	hHistory
	hPlain // other names of RFC 3261 that we only know to be no surprise
	headerIDs
)

// header is one header field: value has no leading or trailing white space and
// no line folding.
type header struct {
	id          headerID
	name, value string
}

// message is one SIP message as it came. All strings are parts of one copy of
// the datagram, so keeping one of them keeps them all.
type message struct {
	raw    string
	method string // of a request; of a response the CSeq's
	uri    string // of a request
	status int    // of a response; 0 in a request
	reason string
	hdrs   []header
	body   string

	via    via // the topmost
	vias   int
	badVia bool // the topmost cannot be read
	from   address
	to     address
	callID string
	cseq   uint32

	size int   // bytes as it came
	at   int64 // when the kernel had it, ns since 1970
	flow flow  // where it came from
}

// get returns the first value of the header, and whether there is one.
func (m *message) get(id headerID) (string, bool) {
	for i := range m.hdrs {
		if m.hdrs[i].id == id {
			return m.hdrs[i].value, true
		}
	}
	return "", false
}

// value is get for headers whose absence means the same as emptiness.
func (m *message) value(id headerID) string {
	v, _ := m.get(id)
	return v
}

// has says whether a comma-separated list header names the token.
func (m *message) has(id headerID, token string) bool {
	for i := range m.hdrs {
		if m.hdrs[i].id != id {
			continue
		}
		for v := range strings.SplitSeq(m.hdrs[i].value, ",") {
			v, _, _ = strings.Cut(v, ";")
			if strings.EqualFold(trim(v), token) {
				return true
			}
		}
	}
	return false
}

// each calls f with every element of a list header, in order, until f says no.
func (m *message) each(id headerID, f func(v string) bool) {
	for i := range m.hdrs {
		if m.hdrs[i].id != id {
			continue
		}
		rest := m.hdrs[i].value
		for rest != "" {
			var v string
			v, rest = cutList(rest)
			if v != "" && !f(v) {
				return
			}
		}
	}
}

func (m *message) request() bool { return m.status == 0 }

// inDialog says whether the request claims to belong to a dialog.
func (m *message) inDialog() bool { return m.to.tag != "" }

// idOf names a header by its name in any case, or by its compact form.
func idOf(name string) headerID {
	if len(name) == 1 {
		return compact(name[0] | 0x20)
	}
	var low [24]byte
	if len(name) > len(low) {
		return hOther
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		low[i] = c
	}
	return long(string(low[:len(name)]))
}

func compact(c byte) headerID {
	switch c {
	case 'v':
		return hVia
	case 'f':
		return hFrom
	case 't':
		return hTo
	case 'i':
		return hCallID
	case 'm':
		return hContact
	case 'l':
		return hContentLength
	case 'c':
		return hContentType
	case 'e':
		return hContentEncoding
	case 'k':
		return hSupported
	case 's':
		return hSubject
	case 'x':
		return hSessionExpires
	case 'r':
		return hReferTo
	case 'o':
		return hEvent
	case 'b':
		return hReferredBy
	}
	return hOther
}

func long(name string) headerID {
	switch name {
	case "via":
		return hVia
	case "from":
		return hFrom
	case "to":
		return hTo
	case "call-id":
		return hCallID
	case "cseq":
		return hCSeq
	case "contact":
		return hContact
	case "max-forwards":
		return hMaxForwards
	case "content-length":
		return hContentLength
	case "content-type":
		return hContentType
	case "content-encoding":
		return hContentEncoding
	case "route":
		return hRoute
	case "record-route":
		return hRecordRoute
	case "require":
		return hRequire
	case "supported":
		return hSupported
	case "unsupported":
		return hUnsupported
	case "allow":
		return hAllow
	case "accept":
		return hAccept
	case "session-expires":
		return hSessionExpires
	case "min-se":
		return hMinSE
	case "reason":
		return hReason
	case "privacy":
		return hPrivacy
	case "p-asserted-identity":
		return hAssertedIdentity
	case "retry-after":
		return hRetryAfter
	case "warning":
		return hWarning
	case "date":
		return hDate
	case "expires":
		return hExpires
	case "user-agent":
		return hUserAgent
	case "server":
		return hServer
	case "subject":
		return hSubject
	case "replaces":
		return hReplaces
	case "refer-to":
		return hReferTo
	case "referred-by":
		return hReferredBy
	case "refer-sub":
		return hReferSub
	case "event":
		return hEvent
	case "authorization":
		return hAuthorization
	case "accept-encoding", "accept-language", "alert-info", "call-info",
		"content-disposition", "content-language", "in-reply-to", "mime-version",
		"organization", "priority", "proxy-authorization", "proxy-require",
		"reply-to", "timestamp":
		return hPlain
	}
	return ofTrunks(name)
}

// ofTrunks are the headers that only trunks write.
func ofTrunks(name string) headerID {
	switch name {
	case "min-expires":
		return hMinExpires
	case "www-authenticate":
		return hAuthenticate
	case "proxy-authenticate":
		return hProxyAuthenticate
	case "diversion":
		return hDiversion
	case "history-info":
		return hHistory
	}
	return hOther
}
