package sip

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// forceBuffers sets both socket buffers past the system's limit, which needs
// CAP_NET_ADMIN, and returns the size that the read buffer has.
func forceBuffers(raw syscall.RawConn, size int) int {
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size)
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, size)
	})
	return bufferSize(raw)
}

// bufferSize is the read buffer's size as it was asked for; the kernel doubles it.
func bufferSize(raw syscall.RawConn) (size int) {
	_ = raw.Control(func(fd uintptr) {
		n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF)
		if err == nil {
			size = n / 2
		}
	})
	return size
}

const (
	batch     = 32 // datagrams to one system call
	nameSize  = 28 // of a sockaddr_in6
	stampSize = 64 // room for one control message with a time
)

// mmsghdr is the kernel's struct mmsghdr.
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
	_   [4]byte
}

// ring is the memory that a batch of datagrams is read into.
type ring struct {
	msgs  [batch]mmsghdr
	iovs  [batch]unix.Iovec
	names [batch][nameSize]byte
	ctl   [batch][stampSize]byte
	bufs  [batch][maxMessage + 1]byte
}

func newRing() *ring {
	r := &ring{}
	for i := range batch {
		r.iovs[i].Base = &r.bufs[i][0]
		r.iovs[i].SetLen(maxMessage)
		h := &r.msgs[i].hdr
		h.Iov = &r.iovs[i]
		h.SetIovlen(1)
		h.Name = &r.names[i][0]
		h.Control = &r.ctl[i][0]
	}
	return r
}

// outlet is what UDP messages leave by. It makes the bare system call, as the
// reader does: neither can block, and at a few messages a second most of what a
// message costs is what Go's scheduler does about a call that could.
type outlet struct {
	raw syscall.RawConn
	six bool // an IPv6 socket, which may reach IPv4 too
}

func newOutlet(c *net.UDPConn) (outlet, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return outlet{}, err
	}
	o := outlet{raw: raw}
	err = raw.Control(func(fd uintptr) {
		domain, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
		o.six = err == nil && domain == unix.AF_INET6
	})
	return o, err
}

func (o outlet) send(msg []byte, to netip.AddrPort) error {
	var name [nameSize]byte
	size := putName(&name, to, o.six)
	if size == 0 || len(msg) == 0 {
		return syscall.EINVAL
	}
	var errno syscall.Errno
	err := o.raw.Write(func(fd uintptr) bool {
		_, _, errno = syscall.RawSyscall6(unix.SYS_SENDTO, fd, uintptr(unsafe.Pointer(&msg[0])), uintptr(len(msg)),
			unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&name[0])), uintptr(size))
		return errno != unix.EAGAIN && errno != unix.EINTR
	})
	if err == nil && errno != 0 {
		err = errno
	}
	return err
}

// putName writes a socket address and returns its size, 0 when the socket
// cannot reach it.
func putName(b *[nameSize]byte, to netip.AddrPort, six bool) int {
	binary.BigEndian.PutUint16(b[2:], to.Port())
	switch a := to.Addr(); {
	case !a.IsValid():
		return 0
	case six:
		binary.NativeEndian.PutUint16(b[:], unix.AF_INET6)
		ip := a.As16()
		copy(b[8:24], ip[:])
		return nameSize
	case a.Unmap().Is4():
		binary.NativeEndian.PutUint16(b[:], unix.AF_INET)
		ip := a.Unmap().As4()
		copy(b[4:8], ip[:])
		return 16
	}
	return 0
}

// readUDP reads until the socket is closed, as many datagrams at a time as have
// come, each with the instant when the kernel had it: how long it waited there
// counts as lateness too.
func (e *Endpoint) readUDP(c *net.UDPConn) {
	defer e.running.Done()
	raw, err := c.SyscallConn()
	if err != nil {
		e.readPlain(c)
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
	d, r := newDealer(e), newRing()
	for {
		n := 0
		var errno syscall.Errno
		err := raw.Read(func(fd uintptr) bool {
			for i := range batch {
				r.msgs[i].hdr.Namelen = nameSize
				r.msgs[i].hdr.SetControllen(stampSize)
			}
			got, _, en := syscall.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&r.msgs[0])), batch, unix.MSG_DONTWAIT, 0, 0)
			n, errno = int(got), en
			return en != unix.EAGAIN && en != unix.EINTR
		})
		if err != nil {
			return // closed
		}
		if errno != 0 {
			if errors.Is(errno, unix.ENOSYS) {
				e.readPlain(c)
				return
			}
			continue // an ICMP error of a former send; the socket is fine
		}
		now := time.Now().UnixNano()
		if n > 0 {
			d.look(now, r.stamp(0, now), n)
		}
		for i := range n {
			if from, ok := r.from(i); ok {
				d.add(r.bufs[i][:r.msgs[i].len], from, r.stamp(i, now))
			}
		}
		d.deal()
	}
}

func (r *ring) from(i int) (netip.AddrPort, bool) {
	b := r.names[i][:]
	port := binary.BigEndian.Uint16(b[2:])
	switch binary.NativeEndian.Uint16(b) {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port), true
	case unix.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])).Unmap(), port), true
	}
	return netip.AddrPort{}, false
}

// stamp reads the kernel's time of arrival, or says now.
func (r *ring) stamp(i int, now int64) int64 {
	h := &r.msgs[i].hdr
	if h.Controllen < 32 {
		return now
	}
	c := (*unix.Cmsghdr)(unsafe.Pointer(&r.ctl[i][0]))
	if c.Level != unix.SOL_SOCKET || c.Type != unix.SCM_TIMESTAMPNS {
		return now
	}
	ts := (*unix.Timespec)(unsafe.Pointer(&r.ctl[i][unix.CmsgLen(0)]))
	at := ts.Nano()
	if at > now || at < now-int64(time.Hour) {
		return now // the clock was set meanwhile
	}
	return at
}
