package flow

import "testing"

func TestQueueOutputs(t *testing.T) {
	t.Parallel()
	for _, output := range queueOutputs {
		c := call(t, tr(t, `queue {"queue": "que_a", "priority_seconds": 30} `+output+`=two`, `two:queue {"queue": "que_b"}`))
		c.story("begin -> enter que_a +30", "key 1 ->", "wait 1h ->")
		want := "enter que_b"
		if output == "caller_left" {
			want = "" // nobody is there to go on
		}
		c.story("left " + output + " -> " + want)
		if c.run.Path[1].Output != output {
			t.Errorf("%s left by %s", output, c.run.Path[1].Output)
		}
	}
}

func TestQueueOutputThatIsNotWired(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `queue {"queue": "que_a"} default=mailbox`, `mailbox {"mailbox": "box_a"}`))
	c.story("begin -> enter que_a", "left max_wait -> message box_a")
	c.wantPath("start/next; queue/default (queue a, max_wait); mailbox/ (voice mailbox m)")

	c = call(t, tr(t, `queue {"queue": "que_a"}`))
	c.story("begin -> enter que_a", "left max_wait -> play goodbye", "key 1 ->", "ended -> hang up ended")
	c.wantPath("start/next; queue/max_wait (queue a); end/ (the output max_wait leads nowhere)")
}

// The conversation is over: the floor ends the call, the tree says nothing.
func TestQueueAnswered(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `queue {"queue": "que_a"} default=mailbox`, `mailbox {"mailbox": "box_a"}`))
	c.story("begin -> enter que_a", "left answered ->", "left full ->")
	if !c.run.Over || c.run.Path[1].Output != "answered" {
		t.Errorf("%+v", c.run)
	}
}

func TestQueueThatIsGone(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `queue {"queue": "que_x"} error=mailbox`, `mailbox {"mailbox": "box_a"}`))
	c.story("begin -> message box_a")
	c.wantPath("start/next; queue/error (there is no queue que_x); mailbox/ (voice mailbox m)")
}

// Queues that refuse each other's calls at once do not turn for ever.
func TestQueuesInACircle(t *testing.T) {
	t.Parallel()
	c := call(t, tr(t, `queue {"queue": "que_a"} full=two`, `two:queue {"queue": "que_b"} full=queue`))
	c.story("begin -> enter que_a")
	for range 5000 {
		if c.run.Waits != ForLeft {
			break
		}
		Step(c.run, Left{Output: "full"}, c.env)
	}
	if !c.run.Ending || len(c.run.Path) > longPath {
		t.Errorf("ending %v, %d visits", c.run.Ending, len(c.run.Path))
	}
}
