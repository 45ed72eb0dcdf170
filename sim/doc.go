// Package sim plays afternoons: a whole floor among made-up callers and agents
// on a made-up clock, all drawn from one seed. Around the floor stand small
// models of the drivers (each order gives its news after a while, or never) and
// of people, who do the wrong thing at the wrong moment. After every step the
// invariants must hold; afterwards nothing may be left.
//
// It has no sockets, goroutines or real time: a run is its seed, and a seed that
// fails is a test that can be read.
package sim
