package api

import "strings"

// groups says how the national part of a number is spaced for people, for the
// countries that most calls come from: digits per group, the last one repeated.
var groups = []struct {
	code   string
	prefix string // of the national part
	sizes  []int
}{
	{"33", "", []int{1, 2, 2, 2, 2}},
	{"44", "20", []int{2, 4, 4}},
	{"44", "7", []int{4, 6}},
	{"44", "", []int{4, 3, 3}},
	{"1", "", []int{3, 3, 4}},
	{"32", "4", []int{3, 2, 2, 2}},
	{"41", "", []int{2, 3, 2, 2}},
	{"34", "", []int{3, 3, 3}},
	{"39", "3", []int{3, 3, 4}},
	{"352", "", []int{3, 3, 3}},
	{"49", "1", []int{3, 4, 4}},
}

// codes are the country codes of two digits; 1 and 7 have one, all others
// three (ITU-T E.164, annex).
const codes = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "

// Display spaces an E.164 number for people. What is no such number (an
// extension, a SIP name) is given back as it is.
func Display(number string) string {
	digits, ok := strings.CutPrefix(number, "+")
	if !ok || len(digits) < 5 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return number
	}
	code := digits[:countryCode(digits)]
	national := digits[len(code):]
	sizes := []int{2} // pairs, the last group may have three
	for _, g := range groups {
		if g.code == code && strings.HasPrefix(national, g.prefix) && total(g.sizes) == len(national) {
			sizes = g.sizes
			break
		}
	}
	var b strings.Builder
	b.WriteString("+" + code)
	for i := 0; national != ""; i++ {
		n := min(sizes[min(i, len(sizes)-1)], len(national))
		if len(national)-n == 1 {
			n++ // no digit stands alone at the end
		}
		b.WriteString(" " + national[:n])
		national = national[n:]
	}
	return b.String()
}

func countryCode(digits string) int {
	switch {
	case digits[0] == '1' || digits[0] == '7':
		return 1
	case strings.Contains(codes, " "+digits[:2]+" "):
		return 2
	}
	return 3
}

func total(sizes []int) int {
	n := 0
	for _, s := range sizes {
		n += s
	}
	return n
}
