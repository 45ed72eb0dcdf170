// Package media carries the audio of every leg, whatever the leg is: it owns
// the RTP ports, learns where the far end is, relays two legs that speak the
// same codec, mixes the rest, plays sounds, hears and presses keys, records
// what a caller says and measures how all of it sounded.
//
// It is not signalling: it reads no SDP and knows no dialog. sip and rtc open
// legs here and tell it what was agreed; the floor orders what shall be heard
// (core.Order) and gets news back. It does not think: who talks to whom and
// what a key means is the floor's.
package media
