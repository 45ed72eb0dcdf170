package flow

import "testing"

func TestDial(t *testing.T) {
	t.Parallel()
	d := tr(t, `dial {"number": "${caller}", "ring_seconds": 15} busy=queue`, `queue {"queue": "que_a"}`)
	call(t, d).story("begin -> call +33612345678 15s", "left busy -> enter que_a")
	call(t, d).story("begin -> call +33612345678 15s", "left answered ->")
	call(t, tr(t, `dial {"number": "${nobody}"} failed=queue`, `queue {"queue": "que_a"}`)).story("begin -> enter que_a")
}
