package mix

// A tick is 1/8000 s: the unit of RTP timestamps, and one octet of every codec.
const (
	tick     = 125_000 // ns
	tickMS   = 8
	minDelay = 20 * tickMS
	maxDelay = 200 * tickMS
	// A tick takes two pieces at once, the second before its time, and either may
	// be taken up to a piece early.
	margin = 20 * tickMS

	binTicks = 5 * tickMS
	bins     = maxDelay/binTicks + 1
	window   = 256 // packets that are remembered: five seconds of 20 ms
	lateEach = 50  // at most one packet in so many may come too late
)

// delay learns from arrivals how long packets must be held so that few come too
// late. It knows each packet's transit: arrival less timestamp, both in ticks,
// which is the network's delay but for a constant.
type delay struct {
	// base is the shortest transit of this block of packets and the last one:
	// it follows a far clock that runs slower, and at once one that runs faster.
	base, lastLow, low int32
	block              int

	seen   [window]uint8 // bins of the last packets
	at     int
	filled int
	counts [bins]uint16
	hold   int32
}

// restart begins with one packet.
func (d *delay) restart(transit int32) {
	*d = delay{base: transit, lastLow: transit, low: transit, hold: minDelay}
}

// late returns how much later than the fastest a packet came.
func (d *delay) late(transit int32) int32 { return transit - d.base }

// learn takes a packet's transit.
func (d *delay) learn(transit int32) {
	if transit-d.base < -2*binTicks {
		d.restart(transit) // what was held against the old base means nothing now
	}
	if transit-d.low < 0 {
		d.low = transit
	}
	if d.block++; d.block == window {
		d.lastLow, d.low, d.block = d.low, transit, 0
	}
	d.base = d.low
	if d.lastLow-d.base < 0 {
		d.base = d.lastLow
	}

	bin := uint8(min((transit-d.base)/binTicks, bins-1))
	if d.filled == window {
		d.counts[d.seen[d.at]]--
	} else {
		d.filled++
	}
	d.seen[d.at] = bin
	d.counts[bin]++
	d.at = (d.at + 1) % window
	d.hold = d.target()
}

// target is the delay that all but one packet in lateEach keep.
func (d *delay) target() int32 {
	spare := d.filled / lateEach
	bin := int32(bins - 1)
	for ; bin > 0; bin-- {
		if spare -= int(d.counts[bin]); spare < 0 {
			break
		}
	}
	return min((bin+1)*binTicks+margin, maxDelay)
}
