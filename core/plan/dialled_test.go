package plan

import "testing"

func TestDialled(t *testing.T) {
	t.Parallel()
	p, err := Compile(1, small())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ text, leads string }{
		{"+33100000000", "number"},
		{"33100000000", "number"},
		{"0033100000000", "number"},
		{"%2B33100000000", "number"},
		{"%2b33100000000", "number"},
		{" +33 1 00.00-00 (00) ", "number"},
		{"sip:+33100000000@192.0.2.1:5060;user=phone", "number"},
		{"SIP:+33100000000;phone-context=x@h", "number"},
		{"tel:+33-1-00-00-00-00;isub=1", "number"},
		{"201", "ann"},
		{"sip:201@example.org", "ann"},
		{"+33100000001", ""},
		{"999", ""},
		{"", ""},
		{"+", ""},
		{"%", ""},
		{"%2", ""},
		{"00", ""},
		{"ann", ""},
		{"20 1x", ""},
	} {
		n, u := p.Dialled(x.text)
		got := ""
		switch {
		case n != nil && u != nil:
			got = "both"
		case n != nil:
			got = "number"
		case u != nil:
			got = u.Login
		}
		if got != x.leads {
			t.Errorf("%q leads to %q, want %q", x.text, got, x.leads)
		}
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range []string{"+33100000000", "0033100000000", "%2B331", "sip:201@h", "tel:+1-2", "a%2", "00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := Normal(s); len(n) > len(s) {
			t.Errorf("%q became longer: %q", s, n)
		}
	})
}
