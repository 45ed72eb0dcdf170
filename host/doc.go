// Package host runs one company's floor: one goroutine takes the news in
// order, stamps it, writes it down in the flight record, steps the floor and
// hands its orders to the drivers. It owns the clock, the deadlines, the record
// on disk, the rebuilding after a crash or a panic, and the way of facts to the
// database.
//
// It decides nothing about calls or agents (that is the floor) and it knows no
// driver, page or database: they are functions given to it.
package host
