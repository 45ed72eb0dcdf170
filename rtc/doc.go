// Package rtc keeps the audio lines of browsers. An agent's page makes one
// WebRTC connection for the whole shift; here it becomes a station, and its
// line a leg of the media engine like any other. All browsers share one UDP
// port, and the same of TCP where a network lets no UDP through.
//
// It is not the call: accepting, holding and ending a call change nothing here,
// the floor moves the leg between rooms. It decodes no audio, plays nothing and
// decides nothing: the newest line of an agent is the one that counts, and that
// is all the judgement it has.
package rtc
