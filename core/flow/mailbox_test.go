package flow

import "testing"

func TestMailbox(t *testing.T) {
	t.Parallel()
	m := tr(t, `mailbox {"mailbox": "box_a"} recorded=thanks too_short=mailbox`, `thanks:hangup {"sounds": ["snd_a"]}`)
	call(t, m).story("begin -> message box_a", "key 1 ->", "left recorded -> play a", "ended -> hang up ended")
	call(t, m).story("begin -> message box_a", "left too_short -> message box_a", "left hung_up ->", "left recorded ->")
	// With nothing after it the caller hears a goodbye.
	call(t, tr(t, `mailbox {"mailbox": "box_a"}`)).story("begin -> message box_a", "left recorded -> play goodbye", "ended -> hang up ended")
	call(t, tr(t, `mailbox {"mailbox": "box_x"} default=hangup`, `hangup`)).story("begin -> hang up ended")
}
