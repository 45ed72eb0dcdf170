package flow

import (
	"strings"
	"testing"
)

func TestSet(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`set {"variable": "who", "value": "${caller} of ${nothing}, ${not closed ${caller}$"} next=two`,
		`two:set {"variable": "who", "value": "<${who}>"} next=hangup`, `hangup`))
	c.story("begin -> hang up ended")
	if got, want := c.find("who"), "<+33612345678 of , ${not closed +33612345678$>"; got != want {
		t.Errorf("who is %q, want %q", got, want)
	}
}

func TestSetOfASecretIsSecret(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`set {"variable": "pin", "value": "4711", "secret": true} next=two`,
		`two:set {"variable": "copy", "value": "it is ${pin}"} next=hangup`, `hangup`))
	c.story("begin -> hang up ended")
	if strings.Contains(c.path(), "4711") {
		t.Errorf("path shows it: %s", c.path())
	}
	for _, v := range c.run.Shown() {
		if strings.Contains(v.Value, "4711") {
			t.Errorf("shown: %+v", v)
		}
	}
}

func TestLongValuesAreCut(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`set {"variable": "x", "value": "é123456789"} next=b`,
		`b:set {"variable": "x", "value": "${x}${x}${x}${x}"} next=b`)) // without end
	c.story("begin -> play goodbye", "ended -> hang up ended")
	if n := len(c.find("x")); n > longValue {
		t.Errorf("a variable of %d bytes", n)
	}
}
