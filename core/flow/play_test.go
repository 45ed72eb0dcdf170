package flow

import "testing"

func TestPlay(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `play {"sounds": ["snd_a", "snd_b"]} played=hangup`, `hangup`))
	c.story("begin -> play a b", "key 1 ->", "wait 1m ->", "ended -> hang up ended", "ended ->", "begin ->")
	c.wantPath("start/next; play/played; hangup/")
}

func TestPlayCutShort(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`play {"sounds": ["snd_a"], "barge_in": true} played=menu`, `menu {"sounds": ["snd_b"]} 2=queue`, `queue {"queue": "que_a"}`))
	c.story("begin -> play a", "key 2 -> stop; enter que_a")
	c.wantPath("start/next; play/played (cut short); menu/2 (key 2); queue/ (queue a)")
}

func TestPlayKeepsWhatIsTypedAhead(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`play {"sounds": ["snd_a"]} played=menu`, `menu {"sounds": ["snd_b"]} 2=queue`, `queue {"queue": "que_a"}`))
	c.story("begin -> play a", "key 2 ->", "ended -> enter que_a")
}

func TestPlayOfMissingSounds(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t,
		`one:play {"sounds": ["snd_x", "snd_a"]} played=two`, `two:play {"sounds": ["snd_y"]} played=hangup`, `hangup`))
	c.story("begin -> play a", "ended without snd_a -> hang up ended")
	c.wantPath("start/next; one/played (sound snd_x is missing, sound snd_a is missing); " +
		"two/played (sound snd_y is missing); hangup/")
}

func TestPlayThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `play {"sounds": ["snd_a"]} played=queue`, `queue {"queue": "que_a"}`))
	c.story("begin -> play a", "wait 9m ->", "wait 1m -> stop; enter que_a")
}

func TestLateNewsOfAnotherPrompt(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `play {"sounds": ["snd_a"]} played=b`, `b:play {"sounds": ["snd_b"]} played=hangup`, `hangup`))
	c.story("begin -> play a")
	first := c.run.Play
	c.story("ended -> play b")
	if got := c.step(PlayEnded{Play: first}); got != "" {
		t.Errorf("the end of the first prompt, told twice, gave %q", got)
	}
	c.story("ended -> hang up ended")
}
