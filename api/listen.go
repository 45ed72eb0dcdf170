package api

import (
	chain "container/list"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Server is an http.Server whose time limits suit the API: whoever is slow to
// say what they want is cut off, whoever listens to events stays.
func Server(h http.Handler, log *slog.Logger) *http.Server {
	if log == nil {
		log = slog.Default()
	}
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}
}

type connKey struct{}

// prove says that the request's connection has asked for something in time.
func prove(ctx context.Context) {
	c, _ := ctx.Value(connKey{}).(net.Conn)
	for c != nil {
		switch t := c.(type) {
		case *newcomer:
			t.settle()
			return
		case interface{ NetConn() net.Conn }: // TLS
			c = t.NetConn()
		default:
			return
		}
	}
}

// mostNew connections of one address may stand without having asked for
// anything; the oldest makes room for the next. So neither the machine nor
// others behind the same address suffer from one who only holds connections.
const mostNew = 64

// Doorman wraps a listener. Behind a proxy, where all come from one address,
// it does no harm: a proxy's connections ask at once.
func Doorman(l net.Listener) net.Listener {
	return &doorman{Listener: l, from: map[netip.Addr]*chain.List{}}
}

type doorman struct {
	net.Listener
	mu   sync.Mutex
	from map[netip.Addr]*chain.List // of *newcomer, oldest first
}

// newcomer is a connection that has asked for nothing yet.
type newcomer struct {
	net.Conn
	d    *doorman
	addr netip.Addr
	at   *chain.Element // nil: settled, or closed
}

// Accept lets the next one in.
func (d *doorman) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	ap, _ := netip.ParseAddrPort(c.RemoteAddr().String())
	n := &newcomer{Conn: c, d: d, addr: ap.Addr().Unmap()}
	if oldest := d.admit(n); oldest != nil {
		_ = oldest.Close() // it has had its time
	}
	return n, nil
}

func (d *doorman) admit(n *newcomer) (oldest *newcomer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.from[n.addr]
	if l == nil {
		l = chain.New()
		d.from[n.addr] = l
	}
	n.at = l.PushBack(n)
	if l.Len() <= mostNew {
		return nil
	}
	return l.Front().Value.(*newcomer)
}

func (n *newcomer) settle() {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	if n.at == nil {
		return
	}
	l := n.d.from[n.addr]
	l.Remove(n.at)
	n.at = nil
	if l.Len() == 0 {
		delete(n.d.from, n.addr)
	}
}

// Close ends the connection.
func (n *newcomer) Close() error {
	n.settle()
	return n.Conn.Close()
}
