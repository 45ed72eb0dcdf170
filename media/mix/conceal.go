package mix

import "math"

const (
	shortestPitch = 5  // ms
	longestPitch  = 15 // ms
	matchMS       = 20 // what is compared when the pitch is sought
	mostPeriods   = 3
	pastMS        = longestPitch * (mostPeriods + 1)
	fadeMS        = 60 // after so much nothing is heard any more
	pastAtMost    = pastMS * 16
)

// conceal makes up sound for what did not come. It goes on with the last pitch
// period, then with two and three of them so that it does not buzz, fades to
// silence within 60 ms, and blends into what comes after. The idea is that of
// G.711 Appendix I, without its delay.
type conceal struct {
	rate int               // samples a ms: 8 or 16
	past [pastAtMost]int16 // the last pastMS of what was given out, newest at the end
	any  bool              // there is a past worth going on with
	lost int               // pieces made up in a row

	from    [pastAtMost]int16 // the past when the gap began
	pitch   int               // samples
	periods int               // how many of them are repeated
	pos     int               // where in them we are
	step    float32           // how far the first sample is off; faded out
	since   int               // samples made up
}

// begin forgets everything; rate is 8000 or 16000 Hz.
func (c *conceal) begin(rate int) { *c = conceal{rate: rate / 1000} }

// silent says that what it would make up is silence.
func (c *conceal) silent() bool { return !c.any || c.lost > 0 && c.since >= fadeMS*c.rate }

// good takes 10 ms that came, in place: its beginning is blended with what was
// made up before it.
func (c *conceal) good(pcm []int16) {
	if c.lost > 0 {
		// The longer the gap, the longer the blend: 2 ms, and 2 more each 10 ms.
		n := min(2*(1+c.lost)*c.rate, len(pcm))
		made := !c.silent()
		for i := range n {
			v := float32(0)
			if made {
				v = c.sample()
			}
			w := float32(i+1) / float32(n+1)
			pcm[i] = round16(v + (float32(pcm[i])-v)*w)
		}
		c.lost = 0
	}
	c.any = true
	c.remember(pcm)
}

// make fills pcm, 10 ms, for sound that did not come.
func (c *conceal) make(pcm []int16) {
	if c.silent() {
		clear(pcm)
		c.any = false
	} else {
		done := 0
		if c.lost == 0 {
			c.start()
		} else if c.periods < mostPeriods {
			done = c.widen(pcm)
		}
		for i := done; i < len(pcm); i++ {
			pcm[i] = round16(c.sample())
		}
	}
	c.lost++
	c.remember(pcm)
}

// start freezes the past and finds the period to repeat.
func (c *conceal) start() {
	n := pastMS * c.rate
	copy(c.from[:n], c.past[:n])
	c.pitch = pitchOf(c.from[:n], c.rate)
	c.periods, c.pos, c.since = 1, 0, 0
	c.step = float32(c.from[n-1]) - float32(c.from[n-1-c.pitch])
}

// widen repeats one period more from here and fills the blend between the two.
func (c *conceal) widen(pcm []int16) int {
	n := min(c.pitch/4, len(pcm))
	narrow := c.cycle()
	pos := c.pos
	c.periods++
	c.pos %= c.pitch
	for i := range n {
		old := narrow.value(c.from[:pastMS*c.rate], pos)
		if pos++; pos == narrow.length {
			pos = 0
		}
		w := float32(i+1) / float32(n+1)
		g := c.gain()
		pcm[i] = round16(g*old + (c.sample()-g*old)*w)
	}
	return n
}

// cycle is the stretch of the past that is repeated.
type cycle struct{ length, blend int }

func (c *conceal) cycle() cycle {
	return cycle{length: c.periods * c.pitch, blend: c.pitch / 4}
}

// value is the cycle's sample at pos. Its last quarter period is blended with
// what stood before its beginning, so that its end leads into it.
func (k cycle) value(past []int16, pos int) float32 {
	i := len(past) - k.length + pos
	v := float32(past[i])
	if tail := pos - (k.length - k.blend); tail >= 0 {
		w := float32(tail+1) / float32(k.blend+1)
		v += (float32(past[i-k.length]) - v) * w
	}
	return v
}

// gain is 1 for 10 ms and then falls to 0 at fadeMS.
func (c *conceal) gain() float32 {
	hold := 10 * c.rate
	if c.since < hold {
		return 1
	}
	return max(0, 1-float32(c.since-hold)/float32((fadeMS-10)*c.rate))
}

// sample makes up the next sample.
func (c *conceal) sample() float32 {
	k := c.cycle()
	v := c.gain() * k.value(c.from[:pastMS*c.rate], c.pos)
	if c.since < k.blend {
		v += c.step * (1 - float32(c.since)/float32(k.blend))
	}
	c.since++
	if c.pos++; c.pos == k.length {
		c.pos = 0
	}
	return v
}

func (c *conceal) remember(pcm []int16) {
	n := pastMS * c.rate
	copy(c.past[:n], c.past[len(pcm):n])
	copy(c.past[n-len(pcm):n], pcm)
}

// pitchOf returns the lag at which the end of past is most like what stood
// before it, in samples. rate is in samples a ms.
func pitchOf(past []int16, rate int) int {
	coarse := rate / 4 // look at 4 kHz first: 250 µs steps
	best, most := 0, float32(math.Inf(-1))
	for lag := shortestPitch * rate; lag <= longestPitch*rate; lag += coarse {
		if v := likeness(past, lag, matchMS*rate, coarse); v > most {
			best, most = lag, v
		}
	}
	from, to := max(best-coarse+1, shortestPitch*rate), min(best+coarse-1, longestPitch*rate)
	most = float32(math.Inf(-1))
	for lag := from; lag <= to; lag++ {
		if v := likeness(past, lag, matchMS*rate, 2); v > most {
			best, most = lag, v
		}
	}
	return best
}

// likeness is the normalised correlation of the last n samples with those lag
// before them, of which every stride-th is looked at.
func likeness(past []int16, lag, n, stride int) float32 {
	now := past[len(past)-n:]
	then := past[len(past)-n-lag:][:len(now)]
	var both, energy float32
	for i := 0; i < len(now); i += stride {
		a, b := float32(now[i]), float32(then[i])
		both += a * b
		energy += b * b
	}
	if energy < 1 {
		return 0
	}
	return both / float32(math.Sqrt(float64(energy)))
}

func round16(v float32) int16 {
	switch {
	case v >= 32767:
		return 32767
	case v <= -32768:
		return -32768
	case v < 0:
		return int16(v - 0.5)
	}
	return int16(v + 0.5)
}
