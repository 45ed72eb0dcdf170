package flow

import "testing"

const aMenu = `menu {"sounds": ["snd_a"], "tries": 2, "timeout_seconds": 5, "no_input_sounds": ["snd_none"], "no_match_sounds": ["snd_wrong"]} ` +
	`1=queue *=queue no_input=message default=hangup`

func menuCall(t *testing.T) *caller {
	t.Helper()
	return call(t, tr(t, aMenu, `queue {"queue": "que_a"}`, `message:mailbox {"mailbox": "box_a"}`, `hangup`))
}

func TestMenuByKey(t *testing.T) {
	t.Parallel()
	c := menuCall(t)
	c.story("begin -> play a", "ended ->", "wait 4s ->", "key 1 -> enter que_a", "key 1 ->")
	c.wantPath("start/next; menu/1 (key 1); queue/ (queue a)")
}

func TestMenuCutShort(t *testing.T) {
	t.Parallel()
	menuCall(t).story("begin -> play a", "key * -> stop; enter que_a")
}

func TestMenuNoInputTwice(t *testing.T) {
	t.Parallel()
	c := menuCall(t)
	c.story("begin -> play a", "ended ->", "wait 5s -> play none a", "ended ->", "wait 4s ->", "wait 1s -> message box_a")
	c.wantPath("start/next; menu/no_input (no key, no key); message/ (voice mailbox m)")
}

func TestMenuNoMatch(t *testing.T) {
	t.Parallel()
	c := menuCall(t)
	c.story("begin -> play a", "key 7 -> play wrong a", "key A -> hang up ended")
	c.wantPath("start/next; menu/default (key 7, key A, no_match); hangup/")
}

// A key that is wired by default alone is no match: else a slip of the finger
// could not be told from a choice.
func TestMenuDefaultIsNoKey(t *testing.T) {
	t.Parallel()
	menuCall(t).story("begin -> play a", "key 2 -> play wrong a", "key 1 -> stop; enter que_a")
}

func TestMenuThatIsNotCutShort(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `menu {"sounds": ["snd_a"], "barge_in": false} 1=queue`, `queue {"queue": "que_a"}`))
	c.story("begin -> play a", "key 1 ->", "ended -> enter que_a")
}

func TestMenusTypedAhead(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`one:menu {"sounds": ["snd_a"]} 1=two`, `two:menu {"sounds": ["snd_b"], "barge_in": false} 2=three`,
		`three:menu {"sounds": ["snd_a"]} 3=queue`, `queue {"queue": "que_a"}`))
	c.story("begin -> play a", "key 1 -> play b", "key 23 ->", "ended -> enter que_a")
}

func TestMenuWithoutSounds(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `menu {"sounds": ["snd_x"], "tries": 1} 1=queue no_input=hangup`, `queue {"queue": "que_a"}`, `hangup`))
	c.story("begin ->", "wait 5s -> hang up ended")
}
