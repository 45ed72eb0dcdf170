package flow

import "testing"

func TestHangup(t *testing.T) {
	t.Parallel()
	call(t, tr(t, `hangup`)).story("begin -> hang up ended", "wait 1h ->")
	call(t, tr(t, `hangup {"cause": "busy"}`)).story("begin -> hang up busy")
	c := call(t, tr(t, `hangup {"sounds": ["snd_a"], "cause": "declined"}`))
	c.story("begin -> play a", "key 1 ->", "ended -> hang up declined", "ended ->")
	// A last word that does not end, or is not there, keeps nobody on the line.
	call(t, tr(t, `hangup {"sounds": ["snd_a"]}`)).story("begin -> play a", "wait 10m -> hang up ended")
	call(t, tr(t, `hangup {"sounds": ["snd_x"]}`)).story("begin -> hang up ended")
}
