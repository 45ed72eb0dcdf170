package sip

import (
	"strconv"
	"strings"

	"belfry/core"
)

// causeOf says in the floor's words what a refusal of the far end means.
func causeOf(status int, reason string) core.Cause {
	c := core.Cause{Code: status, Reason: strings.Clone(reason)}
	switch status {
	case 486, 600:
		c.Why = core.LineBusy
	case 603, 403, 401, 407, 607:
		c.Why = core.Declined
	case 408, 480:
		c.Why = core.NoAnswer
	case 487:
		c.Why = core.Cancelled
	case 503:
		c.Why = core.Overload
	case 406, 415, 488, 606:
		c.Why = core.Refused
	default: // 404, 410, 484, redirections, and what a server could not do
		c.Why = core.Unreachable
	}
	if status < 400 { // whoever says so could have us call at our expense
		c.Reason = "redirected, which is not followed"
	}
	return c
}

// statusFor says a refusal of ours in SIP's words.
func statusFor(c core.Cause) int {
	if 400 <= c.Code && c.Code <= 699 {
		return c.Code
	}
	switch c.Why {
	case core.LineBusy:
		return 486
	case core.Declined:
		return 603
	case core.Unreachable:
		return 404
	case core.NoMedia:
		return 488
	case core.Refused:
		return 403
	case core.Overload:
		return 503
	case core.Lost:
		return 500
	}
	return 480
}

// q850 gives the ISDN cause that fits, 0 when none does.
func q850(c core.Cause) int {
	if c.Q850 != 0 {
		return c.Q850
	}
	switch c.Why {
	case core.HungUp, core.Ended, core.Cancelled:
		return 16
	case core.LineBusy:
		return 17
	case core.NoAnswer:
		return 19
	case core.Declined:
		return 21
	case core.Unreachable:
		return 1
	case core.NotAcked, core.NoMedia:
		return 102
	case core.Overload:
		return 42
	case core.Lost:
		return 41
	}
	return 0
}

// reasonHeader is the Reason of RFC 3326 for a request or refusal of ours;
// empty when there is nothing to say.
func reasonHeader(c core.Cause) string {
	if c.Why == core.Answered {
		return `SIP;cause=200;text="Call completed elsewhere"`
	}
	if n := q850(c); n != 0 {
		return "Q.850;cause=" + strconv.Itoa(n)
	}
	return ""
}

// reasonGiven adds to a cause what the message's Reason headers say.
func reasonGiven(m *message, c core.Cause) core.Cause {
	m.each(hReason, func(v string) bool {
		protocol, params, _ := strings.Cut(v, ";")
		n := 0
		if s, ok := param(params, "cause"); ok {
			n, _ = strconv.Atoi(s)
		}
		text, _ := param(params, "text")
		if len(text) > 1 && text[0] == '"' {
			text = unquote(text[1 : len(text)-1])
		}
		switch protocol = trim(protocol); {
		case strings.EqualFold(protocol, "Q.850") && 0 < n && n < 128:
			c.Q850 = n
		case strings.EqualFold(protocol, "SIP") && n == 200 && c.Why == core.Cancelled:
			c.Why = core.Answered
		}
		if text != "" {
			c.Reason = strings.Clone(text)
		}
		return true
	})
	return c
}
