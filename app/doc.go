// Package app builds the program from its parts, starts it and stops it: one
// straight function, in the order in which things need each other.
//
// It decides nothing about calls and serves no request itself: what it adds is
// the wiring, the settings, and the words for what goes wrong at the start.
package app
