//go:build linux && (amd64 || arm64)

package media

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// A leg gives one packet every 20 ms, so a goroutine per socket is parked and
// woken for each: that is most of what it costs. Here one locked thread waits
// for all sockets of a loop and takes one packet from each that has some, with
// the plain system calls and no stop at Go's scheduler. RawSyscall is right for
// recvfrom and sendto because the sockets never block; the wait itself blocks
// and is an ordinary Syscall, so that the garbage collector need not wait for it.

// A loop that takes more than crowd packets a second rests for gather between
// two looks, so that one waking serves several: a seventh less work for at most
// a millisecond on the way. One that finds more than fits such a rest is behind
// and does not.
const (
	gather = time.Millisecond
	crowd  = 2000
	behind = 64
)

// newWire returns the fastest wire of this machine.
func newWire(clock func() time.Duration) (wire, error) { return newEpollWire(clock) }

type epollWire struct {
	loops []*epollLoop
	next  atomic.Uint32
	wg    sync.WaitGroup
}

func newEpollWire(clock func() time.Duration) (*epollWire, error) {
	w := &epollWire{}
	for range min(4, max(1, runtime.GOMAXPROCS(0)/2)) {
		l, err := newEpollLoop(clock)
		if err != nil {
			w.close()
			return nil, err
		}
		w.loops = append(w.loops, l)
		w.wg.Go(l.run)
	}
	return w, nil
}

func (w *epollWire) name() string { return "epoll" }

func (w *epollWire) cost() (cpu time.Duration, packets uint64) {
	for _, l := range w.loops {
		cpu += time.Duration(l.cpu.Load())
		packets += l.packets.Load()
	}
	return cpu, packets
}

func (w *epollWire) open(at netip.AddrPort, in sink) (socket, error) {
	l := w.loops[int(w.next.Add(1))%len(w.loops)]
	return l.open(at, in)
}

func (w *epollWire) close() {
	for _, l := range w.loops {
		l.stop()
	}
	w.wg.Wait()
}

// epollLoop is one thread and its sockets.
type epollLoop struct {
	clock   func() time.Duration
	epfd    int
	bell    int // an eventfd that ends the loop
	stopped atomic.Bool
	cpu     atomic.Int64 // of the thread, and what it took for it
	packets atomic.Uint64

	mu  sync.RWMutex
	tab []*epollSocket // by file descriptor
	gen int32
}

func newEpollLoop(clock func() time.Duration) (*epollLoop, error) {
	epfd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("media: epoll: %w", err)
	}
	bell, _, errno := syscall.Syscall(syscall.SYS_EVENTFD2, 0, syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if errno != 0 {
		_ = syscall.Close(epfd)
		return nil, fmt.Errorf("media: eventfd: %w", errno)
	}
	l := &epollLoop{clock: clock, epfd: epfd, bell: int(bell)}
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(l.bell)}
	if err := syscall.EpollCtl(epfd, syscall.EPOLL_CTL_ADD, l.bell, &ev); err != nil {
		return nil, fmt.Errorf("media: epoll: %w", err)
	}
	return l, nil
}

func (l *epollLoop) stop() {
	l.stopped.Store(true)
	one := [8]byte{1}
	_, _ = syscall.Write(l.bell, one[:])
}

// run takes packets until stop.
func (l *epollLoop) run() {
	runtime.LockOSThread() // for good: the thread ends with the loop
	hurry()
	defer func() { _ = syscall.Close(l.epfd); _ = syscall.Close(l.bell) }()
	events := make([]syscall.EpollEvent, 512)
	buf := make([]byte, longest)
	var p pace
	for !l.stopped.Load() {
		n := epollWait(l.epfd, events)
		now := l.clock()
		for i := range n {
			l.take(&events[i], buf, now)
		}
		if n > 0 {
			l.packets.Add(uint64(n))
		}
		if p.count(n, now) {
			l.cpu.Store(threadCPU())
		}
		if p.crowded && n < behind {
			rest(gather)
		}
	}
}

// take reads one packet; if more wait, the next look finds them.
func (l *epollLoop) take(ev *syscall.EpollEvent, buf []byte, now time.Duration) {
	l.mu.RLock()
	var s *epollSocket
	if int(ev.Fd) < len(l.tab) {
		s = l.tab[ev.Fd]
	}
	l.mu.RUnlock()
	if s == nil || s.gen != ev.Pad {
		return // closed since, perhaps opened again by another leg
	}
	if n, from, ok := s.recv(buf); ok {
		s.in.datagram(buf[:n], from, now)
	}
}

func (l *epollLoop) open(at netip.AddrPort, in sink) (socket, error) {
	family := syscall.AF_INET
	if at.Addr().Is6() {
		family = syscall.AF_INET6
	}
	fd, err := syscall.Socket(family, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	// A buffer that stays small only drops sooner.
	size := int32(socketBuffer)
	_, _, _ = syscall.RawSyscall6(syscall.SYS_SETSOCKOPT, uintptr(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, uintptr(unsafe.Pointer(&size)), 4, 0)
	var sa rawAddr
	length := sa.set(at, family == syscall.AF_INET6)
	if _, _, errno := syscall.RawSyscall(syscall.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(length)); errno != 0 {
		_ = syscall.Close(fd)
		return nil, errno
	}
	s := &epollSocket{loop: l, fd: fd, in: in, six: family == syscall.AF_INET6}
	l.mu.Lock()
	l.gen++
	s.gen = l.gen
	for fd >= len(l.tab) {
		l.tab = append(l.tab, nil)
	}
	l.tab[fd] = s
	l.mu.Unlock()
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd), Pad: s.gen}
	if err := syscall.EpollCtl(l.epfd, syscall.EPOLL_CTL_ADD, fd, &ev); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// epollSocket is one port of one leg.
type epollSocket struct {
	loop *epollLoop
	fd   int
	gen  int32
	six  bool
	in   sink
	mu   sync.RWMutex // held for reading while the descriptor is used
	gone bool
	tied netip.AddrPort // connected to there
}

func (s *epollSocket) recv(buf []byte) (int, netip.AddrPort, bool) {
	var sa rawAddr
	size := uint32(unsafe.Sizeof(sa))
	s.mu.RLock()
	if s.gone {
		s.mu.RUnlock()
		return 0, netip.AddrPort{}, false
	}
	n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)),
		0, uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&size)))
	s.mu.RUnlock()
	if errno != 0 {
		return 0, netip.AddrPort{}, false
	}
	return int(n), sa.get(), true
}

func (s *epollSocket) send(b []byte, to netip.AddrPort) error {
	if len(b) == 0 || !to.IsValid() {
		return syscall.EINVAL
	}
	var sa rawAddr
	size := sa.set(to, s.six)
	s.mu.RLock()
	if s.gone {
		s.mu.RUnlock()
		return syscall.EBADF
	}
	var errno syscall.Errno
	if to == s.tied {
		// No address, no look for a route: a sixth of the whole way is saved.
		_, _, errno = syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0)
	} else {
		_, _, errno = syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
			0, uintptr(unsafe.Pointer(&sa)), uintptr(size))
	}
	s.mu.RUnlock()
	if errno != 0 {
		return errno
	}
	return nil
}

func (s *epollSocket) fix(to netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone || to == s.tied {
		return
	}
	var sa rawAddr // all zero: AF_UNSPEC, which unties
	size := len(sa)
	if to.IsValid() {
		size = sa.set(to, s.six)
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_CONNECT, uintptr(s.fd), uintptr(unsafe.Pointer(&sa)), uintptr(size))
	if s.tied = to; errno != 0 {
		s.tied = netip.AddrPort{}
	}
}

func (s *epollSocket) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return
	}
	s.gone = true
	s.loop.mu.Lock()
	s.loop.tab[s.fd] = nil
	s.loop.mu.Unlock()
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(s.fd), 0, 0) // epoll forgets a descriptor that is closed
}

// rawAddr is a sockaddr_in or sockaddr_in6 as the kernel wants it.
type rawAddr [28]byte

func (a *rawAddr) set(to netip.AddrPort, six bool) (size int) {
	if !six {
		binary.NativeEndian.PutUint16(a[0:], syscall.AF_INET)
		binary.BigEndian.PutUint16(a[2:], to.Port())
		ip := to.Addr().Unmap().As4()
		copy(a[4:8], ip[:])
		return 16
	}
	binary.NativeEndian.PutUint16(a[0:], syscall.AF_INET6)
	binary.BigEndian.PutUint16(a[2:], to.Port())
	ip := to.Addr().As16()
	copy(a[8:24], ip[:])
	return 28
}

func (a *rawAddr) get() netip.AddrPort {
	port := binary.BigEndian.Uint16(a[2:])
	if binary.NativeEndian.Uint16(a[0:]) == syscall.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(a[4:8])), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte(a[8:24])).Unmap(), port)
}

// epollWait waits for packets; a signal is as good as none.
func epollWait(epfd int, events []syscall.EpollEvent) int {
	n, _, errno := syscall.Syscall6(syscall.SYS_EPOLL_PWAIT, uintptr(epfd), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)),
		^uintptr(0), 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}

// pace is how fast packets come, told anew ten times a second.
type pace struct {
	crowded bool
	since   time.Duration
	packets int
}

// count is true when it has told anew.
func (p *pace) count(n int, now time.Duration) bool {
	p.packets += n
	d := now - p.since
	if d < 100*time.Millisecond {
		return false
	}
	p.crowded = p.packets > int(crowd*d/time.Second)
	p.since, p.packets = now, 0
	return true
}

// rest keeps the thread off the processor.
func rest(d time.Duration) {
	ts := syscall.NsecToTimespec(int64(d))
	_, _, _ = syscall.Syscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
}

// hurry asks for this thread to go before others where that is allowed: under
// load, signalling and pages shall wait for the audio and not the audio for them.
func hurry() {
	const before = -10
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), before)
}

// threadCPU is the processor time of this thread in nanoseconds.
func threadCPU() int64 {
	const clockThreadCPU = 3
	var ts syscall.Timespec
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPU, uintptr(unsafe.Pointer(&ts)), 0)
	return ts.Nano()
}
