// Package core holds the words that every part of Belfry shares: names and
// instants, the events that tell the floor what happened, the effects by which
// the floor orders what shall happen, what an agent's desk shows, what is kept
// of a call, and errors that a person may read.
//
// It is not the thinking itself (see plan, flow, acd and floor) and it does
// nothing: no clock, socket, file, goroutine, lock or randomness is in it or
// below it. A test holds every package of core to a short list of imports.
package core
