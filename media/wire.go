package media

import (
	"net/netip"
	"time"
)

// wire moves datagrams between sockets and legs. There are two: an epoll loop
// for Linux, which the figures in docs/performance.md are about, and a goroutine
// per socket for everywhere else. One conformance test holds for both.
type wire interface {
	// open binds a UDP socket; what comes is given to in.
	open(at netip.AddrPort, in sink) (socket, error)
	// close ends what moves datagrams and waits for it. Sockets are closed before.
	close()
	name() string
	// cost is the CPU time of the threads that take packets, and how many they
	// took; zero where it cannot be told from the rest of the program.
	cost() (time.Duration, uint64)
}

// sink takes what a socket receives. The bytes are the wire's again when it
// returns. now is on the engine's clock, read once per burst.
type sink interface {
	datagram(b []byte, from netip.AddrPort, now time.Duration)
}

// socket sends. Its methods may be called from anywhere; send after close is an
// error and nothing else.
type socket interface {
	send(b []byte, to netip.AddrPort) error
	// fix ties the socket to the one far end it will talk with: the system then
	// finds its way there once and keeps all others out. The zero address
	// unties. A wire that gains nothing by it does nothing.
	fix(to netip.AddrPort)
	close()
}

// longest is the largest datagram that is read whole; more is not RTP of ours.
const longest = 2048

// socketBuffer is what a socket may hold: some 400 ms of packets, no more, as
// older audio is of no use to anyone.
const socketBuffer = 64 << 10
