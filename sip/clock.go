package sip

// waker is what a clock can wake. gen is what the waker said when it asked: by
// counting it up, the waker makes what it asked for earlier void. It stays in the
// clock until it would be the next.
type waker interface{ wake(gen uint32) }

// doubter is a waker that knows whether what it asked for is void.
type doubter interface{ void(gen uint32) bool }

type alarm struct {
	due int64 // ns on the lane's clock
	gen uint32
	who waker
}

// clock is a heap of alarms, the earliest first. Four children a node: most
// alarms are set later than all others and so are cheap to add.
type clock []alarm

func (c *clock) set(due int64, who waker, gen uint32) {
	h := append(*c, alarm{due, gen, who})
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 4
		if h[up].due <= h[i].due {
			break
		}
		h[up], h[i] = h[i], h[up]
		i = up
	}
	*c = h
}

// tidy takes out what is void at the front.
func (c *clock) tidy() {
	for len(*c) > 0 {
		d, ok := (*c)[0].who.(doubter)
		if !ok || !d.void((*c)[0].gen) {
			return
		}
		c.pop(never)
	}
}

// pop takes the earliest alarm if it is due.
func (c *clock) pop(now int64) (alarm, bool) {
	h := *c
	if len(h) == 0 || h[0].due > now {
		return alarm{}, false
	}
	first := h[0]
	last := len(h) - 1
	h[0] = h[last]
	h[last] = alarm{}
	h = h[:last]
	for i := 0; ; {
		least := i
		for k := 4*i + 1; k <= 4*i+4 && k < len(h); k++ {
			if h[k].due < h[least].due {
				least = k
			}
		}
		if least == i {
			break
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
	*c = h
	return first, true
}
