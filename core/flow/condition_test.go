package flow

import (
	"strings"
	"testing"

	"belfry/core"
)

func TestExpressions(t *testing.T) {
	t.Parallel()
	r := &Run{Vars: []core.Var{{Name: "n", Value: "9"}, {Name: "s", Value: "abc"}, {Name: "tel", Value: "+331"}, {Name: "zero", Value: "007"}}}
	for text, want := range map[string]bool{
		"n == 9":                           true,
		"n == '9'":                         true,
		"n == 09":                          true,
		"n == '09'":                        false,
		"zero == 7":                        true,
		"zero == '7'":                      false,
		"n != 9":                           false,
		"n < 10":                           true, // as integers, not as texts
		"n < '10'":                         true,
		"n >= 9 and n <= 9":                true,
		"n > -1":                           true,
		"s == 'abc'":                       true,
		`s == "abc"`:                       true,
		"s < 'abd'":                        true,
		"s == n":                           false,
		"tel starts '+33'":                 true,
		"s ends 'c' and s contains 'b'":    true,
		"not s contains 'z'":               true,
		"s":                                true,
		"nothing":                          false,
		"nothing == ''":                    true,
		"0":                                false,
		"'false'":                          false,
		"1 or nothing and nothing":         true, // and binds tighter
		"(1 or nothing) and nothing":       false,
		"not not s":                        true,
		"not(n==9)or s!='abc'or(s=='abc')": true,
		"n == 99999999999999999999":        false,
	} {
		e, err := parse(text)
		if err != nil {
			if want || !strings.Contains(text, "9999") {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if got := e.holds(r); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestExpressionsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "and", "n ==", "== n", "n = 9", "n == 9 n", "(n", "n)", "'open", "n & m", "N == 1", "n === 9", "- 1", "é",
		"not", "n == and", strings.Repeat("(", 60) + "n" + strings.Repeat(")", 60), strings.Repeat("not ", 60) + "n",
		strings.Repeat("n or ", 300) + "n",
	} {
		if e, err := parse(text); err == nil {
			t.Errorf("%q is %+v", text, e)
		}
	}
}

func TestCondition(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`condition {"if": "caller starts '+336'"} true=two false=hangup`,
		`two:condition {"if": "caller == 'anonymous'"} true=hangup false=queue`, `queue {"queue": "que_a"}`, `hangup`))
	c.story("begin -> enter que_a")
	c.wantPath("start/next; condition/true (true); two/false (false); queue/ (queue a)")
	c = call(t, tr(t, `condition {"if": "caller starts"} true=hangup default=queue`, `queue {"queue": "que_a"}`, `hangup`))
	c.story("begin -> enter que_a")
}

func FuzzExpression(f *testing.F) {
	for _, s := range []string{"n == 9", "not (a or 'b') and c contains \"d\"", "((((", "a<b>c", "-1 == +1", "not not not"} {
		f.Add(s)
	}
	r := &Run{Vars: []core.Var{{Name: "n", Value: "9"}}}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parse(text)
		if (e == nil) == (err == nil) {
			t.Fatalf("expression %v, error %v", e, err)
		}
		if err == nil {
			e.holds(r)
		}
	})
}
