// Package number reads telephone numbers: what a person types, an address book
// holds or a phone sends, in the company's country, becomes E.164 and a class
// by which a profile allows it or not; and back, as a trunk or a person of that
// country writes it.
//
// It knows the world's numbering plans and nothing of ours: extensions and the
// company's own numbers are the plan's business, who may call what the floor's.
// Ask for an emergency number before looking for an extension of the same digits.
package number

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"belfry/core"
)

// longest is more than any number takes that a person writes with separators.
const longest = 64

// Read turns a number into E.164 and its class: "01 44 00 10 00", "0033 1 44…",
// "+33144001000", tel: and SIP addresses. Country is two capital letters; with
// none, only numbers with their country code can be read, and nothing is
// national. An emergency number comes back as it is dialled. It is not ok when
// there is no such number; then nothing else is set.
func Read(text, country string) (e164 string, class core.NumberClass, ok bool) {
	dialled, ok := digits(text, country)
	if !ok {
		return "", "", false
	}
	if emergency(dialled, country) {
		return dialled, core.ClassEmergency, true
	}
	n, err := phonenumbers.Parse(dialled, country)
	if err != nil {
		return "", "", false
	}
	e164 = phonenumbers.Format(n, phonenumbers.E164)
	// What would be read as another number the next time was none the first time.
	if same, ok := parsed(e164); !ok || phonenumbers.Format(same, phonenumbers.E164) != e164 || len(e164) > len("+")+15 {
		return "", "", false
	}
	if class = classOf(n, country); class == "" {
		return "", "", false
	}
	return e164, class, true
}

// National writes a number for a trunk that wants it as it is dialled in the
// country: 0144001000, and 00441632… for one abroad. What is no E.164 number,
// an emergency number say, stays as it is.
func National(e164, country string) string {
	n, ok := parsed(e164)
	if !ok || country == "" {
		return e164
	}
	shown := phonenumbers.FormatOutOfCountryCallingNumber(n, country)
	out := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, shown)
	if strings.HasPrefix(shown, "+") || out == "" {
		return e164 // the country has several prefixes for calls abroad, by carrier
	}
	return out
}

// Shown writes a number as a person of the country reads it: 01 44 00 10 00, and
// +44 1632 … for one abroad. What is no E.164 number stays as it is.
func Shown(e164, country string) string {
	n, ok := parsed(e164)
	if !ok {
		return e164
	}
	if country != "" && phonenumbers.GetRegionCodeForNumber(n) == country {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

func parsed(e164 string) (*phonenumbers.PhoneNumber, bool) {
	if !strings.HasPrefix(e164, "+") || len(e164) > longest {
		return nil, false
	}
	n, err := phonenumbers.Parse(e164, "")
	return n, err == nil
}
