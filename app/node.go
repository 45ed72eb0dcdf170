package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/core/plan"
	"belfry/hook"
	"belfry/host"
	"belfry/media"
	"belfry/media/sound"
	"belfry/number"
	"belfry/rtc"
	"belfry/sip"
	"belfry/store"
	"belfry/ui"
)

// Node is one running process with one company's floor on it.
type Node struct {
	set  *Settings
	log  *slog.Logger
	plan atomic.Pointer[plan.Plan]

	planning sync.Mutex // held while the plan is changed
	setup    *setup     // nil when somebody has a password

	store    *store.Store
	audio    *media.Engine
	host     *host.Host
	meter    *api.Meter
	signal   *sip.Endpoint
	stations *rtc.Stations
	phones   phoneBook
	api      *api.API
	http     *http.Server
	listener net.Listener

	draining atomic.Bool
	undo     []func(context.Context) // what Stop does, last first
	failed   chan error
}

// mediaPatience is how long a caller who has spoken may send no packet at all
// before they count as gone.
const mediaPatience = 60 * time.Second

// drainPatience is how long calls may last after the program was asked to end.
const drainPatience = 60 * time.Second

// Start builds everything and takes calls. On an error nothing is left running.
func Start(ctx context.Context, set *Settings, build string, log *slog.Logger) (n *Node, err error) {
	n = &Node{set: set, log: log, failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			n.Stop(ctx)
			n = nil
		}
	}()
	if err := writable(set.Data); err != nil {
		return n, err
	}
	// The pages' port first: it is what a person waits for, and it is taken
	// most often.
	if n.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", set.HTTP); err != nil {
		return n, taken("--http", set.HTTP, err)
	}
	n.onStop(func(context.Context) { _ = n.listener.Close() })
	if err := n.records(ctx); err != nil {
		return n, err
	}
	screens, boards := api.NewScreens(), api.NewBoards()
	n.meter = api.NewMeter()
	if err := n.floor(screens, boards, build); err != nil {
		return n, err
	}
	if err := n.drivers(ctx); err != nil {
		return n, err
	}
	if err := n.begin(); err != nil {
		return n, err
	}
	if err := n.serve(screens, boards, build); err != nil {
		return n, err
	}
	return n, nil
}

func (n *Node) onStop(f func(context.Context)) { n.undo = append(n.undo, f) }

// Stop undoes Start in reverse. It may be called twice.
func (n *Node) Stop(ctx context.Context) {
	for i := len(n.undo) - 1; i >= 0; i-- {
		n.undo[i](ctx)
	}
	n.undo = nil
}

// Failed tells when a part has ended by itself.
func (n *Node) Failed() <-chan error { return n.failed }

// writable makes sure of the data folder before anything needs it.
func writable(dir string) error {
	refuse := func(what string, err error) error {
		return &core.Error{Kind: core.Denied, Code: "data-folder", Field: "--data", Text: fmt.Sprintf(
			"the data folder cannot be %s: %v. Let the user that Belfry runs as write there, or name another folder with --data", what, err)}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return refuse("made", err)
	}
	probe := filepath.Join(dir, ".writable")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		return refuse("written to", err)
	}
	_ = os.Remove(probe)
	return nil
}

// taken names the port and the flag.
func taken(flag, addr string, err error) error {
	return core.FieldErrorf(flag, "port-taken", "%s cannot be listened on: %v. Is another program there? Choose another address with %s", addr, err, flag)
}

// records opens what is kept, and reads the plan.
func (n *Node) records(ctx context.Context) error {
	st, err := store.Open(ctx, dbPath(n.set.Data))
	if err != nil {
		return fmt.Errorf("open the records: %w", err)
	}
	n.store = st
	n.onStop(func(context.Context) { _ = st.Close() })
	revision, doc, err := st.LoadPlan(ctx)
	if err != nil {
		return fmt.Errorf("load the plan: %w", err)
	}
	if revision == 0 {
		if revision, doc, err = n.settle(ctx); err != nil {
			return err
		}
	}
	p, err := plan.Parse(revision, doc)
	if err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	n.plan.Store(p)
	return n.offerSetup(ctx)
}

// keep keeps facts, and then counts them.
func (n *Node) keep(ctx context.Context, facts []core.Fact) error {
	if err := n.store.Keep(ctx, facts); err != nil {
		return err
	}
	for _, f := range facts {
		n.meter.Note(f)
	}
	return nil
}

// floor opens the audio engine and the host: what drivers stand between.
func (n *Node) floor(screens *api.Screens, boards *api.Boards, build string) error {
	h, err := host.Open(host.Options{
		Company: n.plan.Load().Doc.Company.ID,
		Dir:     filepath.Join(n.set.Data, "record"), Build: build,
		Facts: n.keep,
		Fetch: n.whoIs, Request: hook.New(build).Do, Class: n.classOf,
		Show: screens.Draw, Pool: screens.DrawPool, Watching: screens.Watching, Stepped: boards.Stir,
		Log: n.log,
	})
	if err != nil {
		return fmt.Errorf("open the flight record: %w", err)
	}
	n.host = h
	n.onStop(func(ctx context.Context) { _ = h.Close(ctx) })
	ip, public := n.addresses()
	sounds := sound.NewLibrary(filepath.Join(n.set.Data, "sounds"))
	n.audio, err = media.New(media.Options{
		PortLow: n.set.portLow, PortHigh: n.set.portHigh, BindIP: ip, PublicIP: public,
		Sounds: sounds, DataDir: n.set.Data, LeastFree: int64(n.set.LeastFree) << 20,
		Tell: n.tellAll, Log: n.log,
	})
	if err != nil {
		return fmt.Errorf("start the audio engine: %w", err)
	}
	n.onStop(func(context.Context) { n.audio.Close() })
	n.tuneUp(sounds)
	return nil
}

// tuneUp makes the queues' music before the first caller waits for it: a tune
// takes a tenth of a second of a core.
func (n *Node) tuneUp(sounds *sound.Library) {
	var work sync.WaitGroup
	queues := n.plan.Load().Doc.Queues
	work.Go(func() {
		for _, q := range queues {
			if q.Music == "" {
				continue
			}
			if s, err := sounds.Sound(q.Music); err == nil {
				s.Frames(media.PCMU)
				s.Frames(media.PCMA)
			} // else the caller who shall hear it has the engine say so
		}
	})
	n.onStop(func(context.Context) { work.Wait() })
}

// addresses are where SIP legs' audio is bound, and what is written into SDP.
func (n *Node) addresses() (bind, public netip.Addr) {
	hostname, _, _ := net.SplitHostPort(n.set.SIP)
	bind, err := netip.ParseAddr(hostname)
	if err != nil {
		bind = netip.MustParseAddr("127.0.0.1")
	}
	if n.set.PublicIP != "" {
		public = netip.MustParseAddr(n.set.PublicIP)
	}
	return bind, public
}

// tellAll gives news that the host never refuses.
func (n *Node) tellAll(ev core.Event) {
	if err := n.host.Tell(ev); err != nil && !errors.Is(err, net.ErrClosed) {
		n.log.Warn("news was refused", "event", fmt.Sprintf("%T", ev), "err", err)
	}
}

// tell gives news of calls; while the program ends no new one is taken.
func (n *Node) tell(ev core.Event) error {
	if up, is := ev.(core.StationUp); is && n.fixedPhone(up.Agent) {
		return nil
	}
	if _, came := ev.(core.CallCame); came && n.draining.Load() {
		return core.Errorf(core.Busy, "draining", "the program is about to end")
	}
	return n.host.Tell(ev)
}

// whoIs looks a number up in the address book.
func (n *Node) whoIs(ctx context.Context, number string) (core.ContactCame, error) {
	var known core.ContactCame
	c, err := n.store.ContactByNumber(ctx, number)
	switch {
	case err == nil:
		known.Contact, known.Name, known.VIP = c.ID, c.Name, c.VIP
	case core.KindOf(err) != core.Missing:
		return known, err
	}
	known.Earlier, err = n.store.CallsWith(ctx, number)
	return known, err
}

// classOf is the class of a number outside, empty when it cannot be read.
func (n *Node) classOf(text string) core.NumberClass {
	_, class, _ := number.Read(text, n.plan.Load().Doc.Company.Country)
	return class
}

// drivers start what speaks SIP and WebRTC.
func (n *Node) drivers(ctx context.Context) error {
	err := n.openPhones(ctx)
	if err != nil {
		return err
	}
	secure, err := n.sipTLS()
	if err != nil {
		return err
	}
	n.forgetPhones()
	n.signal, err = sip.Start(ctx, sip.Options{
		Listen: n.set.SIP, Secure: n.set.SIPTLS, TLS: secure, Roots: n.roots, Password: n.password, Turned: n.watchTrunks(), PublicIP: n.set.PublicIP, Media: n.audio, Tell: n.tell, Log: n.log,
		Users: n.colleague, Secret: n.phones.secret, Dialled: n.dialled, SRTP: n.phoneSRTP,
		Phones:  filepath.Join(n.set.Data, "phones.json"),
		Limits:  sip.Limits{CallsPerSecond: n.set.CallsPerSecond, Calls: n.set.Calls},
		Silence: mediaPatience,
	})
	switch {
	case errors.Is(err, sip.ErrSecure):
		return taken("--sip-tls", n.set.SIPTLS, err)
	case err != nil:
		return taken("--sip", n.set.SIP, err)
	}
	n.onStop(func(context.Context) { n.signal.Close() })
	n.useTrunks()
	n.stations, err = rtc.Start(rtc.Options{
		Listen: n.set.WebRTC, PublicIP: n.set.PublicIP, TURN: n.set.TURN,
		KeyFile: filepath.Join(n.set.Data, "webrtc.pem"), Media: n.audio, Tell: n.tellAll, Log: n.log,
	})
	if err != nil {
		return taken("--webrtc", n.set.WebRTC, err)
	}
	n.onStop(func(context.Context) { n.stations.Stop() })
	return nil
}

// begin starts the floor's life.
func (n *Node) begin() error {
	p := n.plan.Load()
	_, doc, err := n.store.LoadPlan(context.Background())
	if err != nil {
		return fmt.Errorf("load the plan: %w", err)
	}
	return n.host.Start(host.Life{
		Drivers:  host.Drivers{Signal: n.signal.Do, Audio: n.audio.Do, Station: n.stations.Do},
		Alive:    append(n.signal.Legs(), n.stations.Alive()...),
		Revision: p.Revision, Plan: doc,
	})
}

// serve opens the pages and the API.
func (n *Node) serve(screens *api.Screens, boards *api.Boards, build string) error {
	n.gauges(n.meter)
	tapes := n.keepRecordings()
	data, err := os.OpenRoot(n.set.Data)
	if err != nil {
		return fmt.Errorf("open the data folder: %w", err)
	}
	n.onStop(func(context.Context) { _ = data.Close() })
	pages, built := ui.Pages()
	if !built {
		n.log.Warn("this program was built without its pages: make build puts them in")
	}
	var first api.Setup
	if n.setup != nil {
		first = n.setup
	}
	n.api = api.New(api.Options{
		Floor: n.host, Screens: screens, Boards: boards, Stations: n.stations,
		Users: people{n.store}, Records: calls{n.store}, Voice: messages{n.store}, Contacts: book{n.store},
		Recordings: tapes, Custody: tapes, Erasures: erasures{tapes, n.host.Tell}, Notices: n.store, Plans: plans{n},
		Plan: n.plan.Load, ICE: n.ice, Check: n.broken, Trunks: n.trunks, Ready: func() error { return n.store.Ready() },
		Quality: n.quality,
		Meter:   n.meter, Data: data.FS(), Pages: pages, Setup: first,
		Secure: n.set.BehindProxy, Build: build, Log: n.log,
	})
	n.onStop(func(context.Context) { n.api.Close() })
	n.http = api.Server(n.api, n.log)
	l := api.Doorman(n.listener)
	if n.set.TLSCert != "" {
		conf, err := api.TLS(n.set.TLSCert, n.set.TLSKey)
		if err != nil {
			return core.FieldErrorf("--tls-cert", "tls-unreadable", "the certificate cannot be used: %v", err)
		}
		l = tls.NewListener(l, conf)
	}
	go func() {
		if err := n.http.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			n.failed <- fmt.Errorf("serve pages: %w", err)
		}
	}()
	n.onStop(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		if n.http.Shutdown(ctx) != nil {
			_ = n.http.Close()
		}
	})
	n.onStop(func(context.Context) { n.api.Close() }) // streams first, or Shutdown waits for them
	return nil
}

// keepRecordings has those deleted, once a day, that nobody keeps any longer.
func (n *Node) keepRecordings() recordings {
	tapes := recordings{n.store, n.set.Data, n.log}
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { tapes.sweepDaily(ctx, n.plan.Load) })
	n.onStop(func(context.Context) { cancel(); work.Wait() })
	return tapes
}

// Drain refuses new calls and waits until the live ones are over, ctx ends, or a
// minute has passed.
func (n *Node) Drain(ctx context.Context) {
	n.draining.Store(true)
	ctx, cancel := context.WithTimeout(ctx, drainPatience)
	defer cancel()
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for n.signal.Stats().Legs > 0 {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// URL is where the pages are.
func (n *Node) URL() string {
	scheme := "http"
	if n.set.TLSCert != "" {
		scheme = "https"
	}
	return scheme + "://" + n.listener.Addr().String()
}

// quality is how a leg sounds just now.
func (n *Node) quality(leg core.LegID) *core.Quality {
	if l := n.audio.Leg(leg); l != nil {
		return l.Quality()
	}
	return nil
}
