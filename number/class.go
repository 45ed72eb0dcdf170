package number

import (
	"slices"
	"strconv"

	"github.com/nyaruka/phonenumbers"

	"belfry/core"
)

// dear are the country codes that belong to no country and cost what their owner
// likes: satellites, personal numbers, private networks, premium rate.
var dear = map[int32]bool{870: true, 878: true, 881: true, 882: true, 883: true, 888: true, 979: true}

// classOf is the class of a number that could be read, empty when there is no
// such number. A number at home has to be in the tables, which spares a typing
// error its way to the trunk. Abroad the numbering plans change faster than the
// tables, and a possible length is enough.
func classOf(n *phonenumbers.PhoneNumber, country string) core.NumberClass {
	if dear[n.GetCountryCode()] {
		if !phonenumbers.IsPossibleNumber(n) {
			return ""
		}
		return core.ClassPremium
	}
	if !phonenumbers.IsValidNumber(n) {
		home := country != "" && phonenumbers.GetCountryCodeForRegion(country) == int(n.GetCountryCode())
		if home || !phonenumbers.IsPossibleNumber(n) {
			return ""
		}
		return core.ClassInternational
	}
	kind := phonenumbers.GetNumberType(n)
	switch kind {
	case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.PERSONAL_NUMBER:
		return core.ClassPremium
	default:
	}
	switch {
	case country == "" || phonenumbers.GetRegionCodeForNumber(n) != country:
		return core.ClassInternational
	case kind == phonenumbers.MOBILE || kind == phonenumbers.PAGER:
		return core.ClassMobile
	default: // where fixed and mobile look alike (+1), both cost the same
		return core.ClassNational
	}
}

// help are emergency numbers that the tables lack: France's are those of the
// decree of Arcep, with the one for who cannot speak (114), the missing children
// (116000) and the rescue at sea and in the air.
var help = map[string][]string{
	"FR": {"112", "114", "115", "119", "15", "17", "18", "116000", "191", "196", "197"},
}

// emergency says whether the digits call for help in the country, or, where it
// is not known, anywhere that a phone may have been bought.
func emergency(dialled, country string) bool {
	if len(dialled) > 6 || dialled[0] == '+' {
		return false
	}
	if country == "" {
		return dialled == "112" || dialled == "911"
	}
	return slices.Contains(help[country], dialled) || phonenumbers.IsEmergencyNumber(dialled, country)
}

// callingCode is the country's code with its plus sign, empty when unknown.
func callingCode(country string) string {
	if country == "" {
		return ""
	}
	code := phonenumbers.GetCountryCodeForRegion(country)
	if code == 0 {
		return ""
	}
	return "+" + strconv.Itoa(code)
}
