package flow

import (
	"strings"
	"testing"
)

func collectCall(t *testing.T, settings string) *caller {
	t.Helper()
	return call(t, tr(t,
		`collect {"variable": "code", "sounds": ["snd_a"], "tries": 2, "no_input_sounds": ["snd_none"], "invalid_sounds": ["snd_wrong"], `+settings+`} `+
			`got=queue no_input=message invalid=hangup`,
		`queue {"queue": "que_a"}`, `message:mailbox {"mailbox": "box_a"}`, `hangup`))
}

func TestCollectByTerminator(t *testing.T) {
	t.Parallel()
	c := collectCall(t, `"max": 8`)
	c.story("begin -> play a", "key 12 -> stop", "wait 2s ->", "key 3 ->", "key # -> enter que_a")
	if c.find("code") != "123" {
		t.Errorf("code is %q", c.find("code"))
	}
	c.wantPath("start/next; collect/got (3 digits); queue/ (queue a)")
}

func TestCollectByLength(t *testing.T) {
	t.Parallel()
	c := collectCall(t, `"min": 4, "max": 4`)
	c.story("begin -> play a", "key 1234 -> stop; enter que_a")
}

func TestCollectByPause(t *testing.T) {
	t.Parallel()
	c := collectCall(t, `"inter_digit_seconds": 2`)
	c.story("begin -> play a", "ended ->", "key 12 ->", "wait 2s -> enter que_a")
}

func TestCollectNothing(t *testing.T) {
	t.Parallel()
	c := collectCall(t, `"first_digit_seconds": 4`)
	c.story("begin -> play a", "ended ->", "wait 3s ->", "wait 1s -> play none a", "key # -> stop; message box_a")
}

func TestCollectInvalid(t *testing.T) {
	t.Parallel()
	c := collectCall(t, `"max": 3, "pattern": "[12]+"`)
	c.story("begin -> play a", "key 13# -> stop; play wrong a", "key 333 -> stop; hang up ended")
	if c.find("code") != "" {
		t.Error("what was not valid was kept")
	}
	c.wantPath("start/next; collect/invalid (not valid, not valid); hangup/")
}

func TestCollectTooFew(t *testing.T) {
	t.Parallel()
	collectCall(t, `"min": 3`).story("begin -> play a", "key 12# -> stop; play wrong a", "key 123# -> stop; enter que_a")
}

func TestCollectSecret(t *testing.T) {
	t.Parallel()
	c := collectCall(t, `"secret": true, "max": 4`)
	c.story("begin -> play a", "key 9876 -> stop; enter que_a")
	if strings.Contains(c.path(), "9876") {
		t.Errorf("the path shows the secret: %s", c.path())
	}
	if c.find("code") != "9876" {
		t.Error("the secret was not kept")
	}
	for _, v := range c.run.Shown() {
		if v.Value == "9876" || v.Name == "code" && v.Value == "" {
			t.Errorf("shown: %+v", v)
		}
	}
}

func TestCollectWithoutTerminator(t *testing.T) {
	t.Parallel()
	c := collectCall(t, `"terminator": "", "max": 3`)
	c.story("begin -> play a", "key 1#2 -> stop; enter que_a")
	if c.find("code") != "1#2" {
		t.Errorf("code is %q", c.find("code"))
	}
}

// The # that follows digits which were complete without it is no answer to what
// comes next.
func TestCollectStrayTerminator(t *testing.T) {
	t.Parallel()
	two := func() *caller {
		return call(t, tr(t, `collect {"variable": "code", "sounds": ["snd_a"], "max": 4} got=menu`,
			`menu {"sounds": ["snd_b"]} 1=queue #=hangup`, `queue {"queue": "que_a"}`, `hangup`))
	}
	two().story("begin -> play a", "key 1234 -> stop; play b", "key # ->", "key # -> hang up ended")
	two().story("begin -> play a", "key 1234 -> stop; play b", "wait 3s ->", "key # -> hang up ended")
	two().story("begin -> play a", "key 1234 -> stop; play b", "key 1 -> stop; enter que_a")
}

func TestCollectTypedAhead(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`play {"sounds": ["snd_a"]} played=collect`,
		`collect {"variable": "code", "sounds": ["snd_b"], "max": 3} got=menu`,
		`menu {"sounds": ["snd_b"]} 1=queue`, `queue {"queue": "que_a"}`))
	c.story("begin -> play a", "key 123#1 ->", "ended -> enter que_a")
	if c.find("code") != "123" {
		t.Errorf("code is %q", c.find("code"))
	}
	c = call(t, tr(t,
		`play {"sounds": ["snd_a"]} played=collect`,
		`collect {"variable": "code", "sounds": ["snd_b"], "max": 3} got=queue`, `queue {"queue": "que_a"}`))
	c.story("begin -> play a", "key 12 ->", "ended ->", "key 3 -> enter que_a")
}
