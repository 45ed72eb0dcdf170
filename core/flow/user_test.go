package flow

import "testing"

func TestUser(t *testing.T) {
	t.Parallel()
	u := tr(t, `user {"user": "usr_ann", "ring_seconds": 15} busy=queue no_answer=mailbox`,
		`queue {"queue": "que_a"}`, `mailbox {"mailbox": "box_a"}`)
	call(t, u).story("begin -> ring usr_ann 15s", "left busy -> enter que_a")
	call(t, u).story("begin -> ring usr_ann 15s", "left no_answer -> message box_a")
	call(t, u).story("begin -> ring usr_ann 15s", "left declined -> play goodbye", "ended -> hang up ended")
	call(t, u).story("begin -> ring usr_ann 15s", "left answered ->")
	call(t, tr(t, `user {"user": "usr_x"} failed=queue`, `queue {"queue": "que_a"}`)).story("begin -> enter que_a")
}

func TestUserByExtension(t *testing.T) {
	t.Parallel()
	u := tr(t, `collect {"variable": "ext", "sounds": ["snd_a"], "max": 3} got=user`,
		`user {"extension": "${ext}"} failed=queue`, `queue {"queue": "que_a"}`)
	call(t, u).story("begin -> play a", "key 201 -> stop; ring usr_ann")
	call(t, u).story("begin -> play a", "key 999 -> stop; enter que_a")
}
