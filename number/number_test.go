package number

import (
	"testing"

	"belfry/core"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, country, e164 string
		class               core.NumberClass
	}{
		// One number in every spelling.
		{"01 44 00 10 00", "FR", "+33144001000", core.ClassNational},
		{"01.44.00.10.00", "FR", "+33144001000", core.ClassNational},
		{"01\u00a044\u00a000\u00a010\u00a000", "FR", "+33144001000", core.ClassNational},
		{"0033144001000", "FR", "+33144001000", core.ClassNational},
		{"+33 1 44 00 10 00", "FR", "+33144001000", core.ClassNational},
		{"+33 (0)1 44 00 10 00", "FR", "+33144001000", core.ClassNational},
		{"33144001000", "FR", "+33144001000", core.ClassNational},
		{"tel:+33-1-44-00-10-00", "FR", "+33144001000", core.ClassNational},
		{"tel:0144001000;phone-context=+33", "FR", "+33144001000", core.ClassNational},
		{"tel:0144001000;phone-context=example.com", "FR", "+33144001000", core.ClassNational},
		{"sip:%2B33144001000@127.0.0.1;user=phone", "FR", "+33144001000", core.ClassNational},
		{"sip:+33144001000;npdi@host", "FR", "+33144001000", core.ClassNational},
		{"+33144001000", "", "+33144001000", core.ClassInternational},
		// The classes at home.
		{"06 12 34 56 78", "FR", "+33612345678", core.ClassMobile},
		{"09 70 00 00 00", "FR", "+33970000000", core.ClassNational},
		{"0800 000 000", "FR", "+33800000000", core.ClassNational},
		{"0899 70 00 00", "FR", "+33899700000", core.ClassPremium},
		{"0820 00 00 00", "FR", "+33820000000", core.ClassPremium},
		// Abroad.
		{"00 44 20 7946 0018", "FR", "+442079460018", core.ClassInternational},
		{"+447700900123", "FR", "+447700900123", core.ClassInternational},
		{"+1 212 555 0123", "FR", "+12125550123", core.ClassInternational},
		{"+19005550123", "FR", "+19005550123", core.ClassPremium},
		{"+881612345678", "FR", "+881612345678", core.ClassPremium},
		{"+870773111632", "FR", "+870773111632", core.ClassPremium},
		{"+447012345678", "FR", "+447012345678", core.ClassPremium},
		{"+262262123456", "FR", "+262262123456", core.ClassInternational},
		{"212-555-0123", "US", "+12125550123", core.ClassNational},
		{"011 33 1 44 00 10 00", "US", "+33144001000", core.ClassInternational},
		{"1-876-926-5050", "US", "+18769265050", core.ClassInternational}, // Jamaica, which looks like home
		{"+441481720000", "GB", "+441481720000", core.ClassInternational}, // Guernsey
		// Help.
		{"112", "FR", "112", core.ClassEmergency},
		{"15", "FR", "15", core.ClassEmergency},
		{"17", "FR", "17", core.ClassEmergency},
		{"18", "FR", "18", core.ClassEmergency},
		{"114", "FR", "114", core.ClassEmergency},
		{"1 1 2", "FR", "112", core.ClassEmergency},
		{"tel:112", "FR", "112", core.ClassEmergency},
		{"sip:15@127.0.0.1", "FR", "15", core.ClassEmergency},
		{"911", "US", "911", core.ClassEmergency},
		{"999", "GB", "999", core.ClassEmergency},
		{"112", "", "112", core.ClassEmergency},
		{"911", "", "911", core.ClassEmergency},
		// No numbers.
		{"", "FR", "", ""},
		{"201", "FR", "", ""},
		{"911", "FR", "", ""},
		{"+112", "FR", "", ""},
		{"0144001", "FR", "", ""},
		{"+33144001", "FR", "", ""},
		{"0144001000", "", "", ""},
		{"bob", "FR", "", ""},
		{"0144001000x12", "FR", "", ""},
		{"1-800-FLOWERS", "US", "", ""},
		{"01440010+00", "FR", "", ""},
		{"++33144001000", "FR", "", ""},
		{"+999123456789", "FR", "", ""},
		{"+331440010001234567", "FR", "", ""},
		{"tel:31440010;phone-context=+53", "FR", "", ""},
		{"0144001000,1234#", "FR", "", ""},
		{"0144001000;ext=1", "FR", "", ""},
		{"+3314400\r\n1000", "FR", "", ""},
	} {
		e164, class, ok := Read(c.text, c.country)
		if e164 != c.e164 || class != c.class || ok != (c.class != "") {
			t.Errorf("Read(%q, %q) = %q, %q, %v; want %q, %q", c.text, c.country, e164, class, ok, c.e164, c.class)
		}
	}
}

func TestNationalAndShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ e164, country, national, shown string }{
		{"+33144001000", "FR", "0144001000", "01 44 00 10 00"},
		{"+33612345678", "FR", "0612345678", "06 12 34 56 78"},
		{"+442079460018", "FR", "00442079460018", "+44 20 7946 0018"},
		{"+12125550123", "US", "12125550123", "(212) 555-0123"},
		{"+33144001000", "US", "01133144001000", "+33 1 44 00 10 00"},
		{"+33144001000", "", "+33144001000", "+33 1 44 00 10 00"},
		{"112", "FR", "112", "112"},
		{"201", "FR", "201", "201"},
		{"", "FR", "", ""},
	} {
		if got := National(c.e164, c.country); got != c.national {
			t.Errorf("National(%q, %q) = %q, want %q", c.e164, c.country, got, c.national)
		}
		if got := Shown(c.e164, c.country); got != c.shown {
			t.Errorf("Shown(%q, %q) = %q, want %q", c.e164, c.country, got, c.shown)
		}
	}
}

// A number that was read reads as itself, and what is shown of it reads as it.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"01 44 00 10 00", "+33 (0)1 44 00 10 00", "tel:0144001000;phone-context=+33", "112",
		"sip:%2B33144001000@h;user=phone", "+881612345678", "bob", "+1 (212) 555-0123", "00", "%", "tel:;phone-context=",
	} {
		f.Add(s, "FR")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, text, country string) {
		e164, class, ok := Read(text, country)
		if !ok {
			if e164 != "" || class != "" {
				t.Fatalf("%q is no number and comes back as %q %q", text, e164, class)
			}
			return
		}
		again, same, ok := Read(e164, country)
		if !ok || again != e164 || same != class {
			t.Fatalf("%q in %q is %q %q, which reads as %q %q %v", text, country, e164, class, again, same, ok)
		}
		if class != core.ClassEmergency && (e164[0] != '+' || len(e164) > 16) {
			t.Fatalf("%q came back as %q", text, e164)
		}
		National(e164, country)
		Shown(e164, country)
	})
}
