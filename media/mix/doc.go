// Package mix is the arithmetic of live sound, 20 ms at a time: it takes packets
// in any order and gives an unbroken line of PCM (Ear), adds lines up so that
// everyone hears the others (Mixer), makes and finds keys (RFC 4733 and tones),
// and says how good it was (MOS).
//
// It owns no socket, clock, goroutine or lock: whoever drives it passes the time
// in, from one goroutine for each value. Nothing in the path of a frame allocates.
package mix

import "time"

// Frame is what one tick carries.
const Frame = 20 * time.Millisecond
