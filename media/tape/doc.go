// Package tape is how the recording of a conversation lies on disk: the log that
// grows while people talk (Log), and the stereo file that is made of it once they
// have hung up (Render), with its peaks and a description.
//
// A log holds packets as they came, with the instant at which they came: writing
// it decodes nothing, and what was not said to the tape is not in it. Where each
// packet belongs on the timeline is found out afterwards, when all are there.
//
// It knows no leg, room or call, starts no goroutine and is told when to rest:
// the engine (package media) does what happens live.
package tape
