// Package bench puts the whole program under load and measures it from outside:
// it starts `belfry demo` as a child, calls it from one UDP socket, answers as
// its agents' phones on another, and reads what the child cost from /proc. Only
// the child's CPU is counted, never the load's.
//
// It is no test: it says how fast, not whether. It changes nothing but a
// throw-away data folder, and everything it starts is on loopback and ends with
// it. Figures move with the machine; the peers that are installed are measured
// in the same run, so that ratios can be trusted where absolutes cannot.
package bench
