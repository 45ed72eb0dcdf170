package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"belfry/core"
	"belfry/core/plan"
)

// Options are what the API stands on.
type Options struct {
	Floor      Floor
	Screens    *Screens // the same that the host draws on
	Boards     *Boards  // the same that the host stirs
	Stations   Stations
	Users      Users
	Records    Records
	Voice      Voice
	Contacts   Contacts
	Recordings Recordings
	Custody    Custody
	Erasures   Erasures
	Notices    Notices
	Plans      Plans
	Plan       func() *plan.Plan // the newest; never nil
	Check      func() []Broken   // the invariants; at most once a second is enough
	Trunks     func() []Trunk    // how they stand, in their order; nil: there are none
	// Quality is how a leg sounds just now; nil when nothing is measured.
	Quality func(core.LegID) *core.Quality
	Ready   func() error // nil, or why no work can be taken
	Meter   *Meter       // the same that the facts are counted in
	Data    fs.FS        // the data folder: messages by their File; files must seek
	Pages   fs.FS        // the built pages; nil: none
	Setup   Setup        // nil: somebody has a password
	// Secure: TLS ends in front of us, so cookies are for https only.
	Secure bool
	// ICE are the Link headers of the TURN servers that the agent's page may
	// use (RFC 9725 §4.6); nil: none.
	ICE   func(agent core.UserID) []string
	Build string           // of the program, shown to pages
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: slog.Default()
}

// API is the handler of all that HTTP offers.
type API struct {
	o       Options
	log     *slog.Logger
	mux     *routes
	huma    huma.API
	door    http.Handler
	foreign *http.CrossOriginProtection
	tries   *tries
	orderly orderly
	once    *once
	openapi []byte
	over    chan struct{} // closed by Close; streams end with it
	close   sync.Once
	work    sync.WaitGroup // the boards' drawing
}

// New builds it. A route without a row in the table of rights panics.
func New(o Options) *API {
	a := &API{
		o: o, log: o.Log, mux: &routes{ServeMux: http.NewServeMux()},
		foreign: http.NewCrossOriginProtection(),
	}
	if a.log == nil {
		a.log = slog.Default()
	}
	if a.o.Now == nil {
		a.o.Now = time.Now
	}
	if a.o.Screens == nil {
		a.o.Screens = NewScreens()
	}
	if a.o.Boards == nil {
		a.o.Boards = NewBoards()
	}
	if a.o.Meter == nil {
		a.o.Meter = NewMeter()
	}
	a.tries, a.once = newTries(a.o.Now), newOnce(a.o.Now)
	a.over = make(chan struct{})
	a.o.Screens.serve(a.o.Floor, a.o.Now)
	a.o.Boards.floor, a.o.Boards.plan, a.o.Boards.now = a.o.Floor, a.o.Plan, a.o.Now
	a.huma = huma.NewAPI(humaConfig(), humago.NewAdapter(a.mux, ""))
	a.register()
	a.openapi = a.document()
	a.door = a.guard(a.mux)
	a.work.Go(func() { a.o.Boards.run(a.over) })
	return a
}

// register names every resource, in the order of the documentation.
func (a *API) register() {
	a.routesOfSession()
	a.routesOfSetup()
	a.routesOfMe()
	a.routesOfEvents()
	a.routesOfStation()
	a.routesOfShift()
	a.routesOfOffers()
	a.routesOfCalls()
	a.routesOfQuality()
	a.routesOfNotices()
	a.routesOfDial()
	a.routesOfTape()
	a.routesOfTransfers()
	a.routesOfConferences()
	a.routesOfDestinations()
	a.routesOfPool()
	a.routesOfLive()
	a.routesOfPost()
	a.routesOfPops()
	a.routesOfDay()
	a.routesOfInteractions()
	a.routesOfRecordings()
	a.routesOfErasures()
	a.routesOfVoice()
	a.routesOfActivities()
	a.routesOfPlan()
	a.routesOfCompany()
	a.routesOfPasswords()
	a.routesOfAudit()
	a.routesOfTrunks()
	a.routesOfContacts()
	a.routesOfInvariants()
	a.routesOfHealth()
	a.routesOfMetrics()
	a.routesOfDocs()
	a.routesOfProblems()
	a.routesOfPages()
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.door.ServeHTTP(w, r) }

// Close ends the streams, so that the server can shut down.
func (a *API) Close() {
	a.close.Do(func() { close(a.over) })
	a.work.Wait()
}

// at is the time now.
func (a *API) at() core.Time { return core.At(a.o.Now()) }

// ask puts a want to the floor and answers with the desk as it is then: the
// page needs no second read.
func (a *API) ask(ctx context.Context, s *seat, w core.Want) (*answer[deskView], error) {
	if err := a.o.Floor.Ask(ctx, s.user.ID, w); err != nil {
		return nil, err
	}
	return &answer[deskView]{a.deskOf(s)}, nil
}

// route registers one operation of the API. The handler's errors become
// Problems; the seat is nil on routes for anyone.
func route[I, O any](a *API, op huma.Operation, do func(ctx context.Context, s *seat, in *I) (*O, error)) {
	op.MaxBodyBytes = maxBody
	op.Responses = withProblem(op.Responses, a.huma.OpenAPI().Components.Schemas)
	if needs[op.Method+" "+op.Path].who == byAnyone {
		op.Security = []map[string][]string{}
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, seatOf(ctx), in)
		if err != nil {
			return nil, a.problemOf(ctx, err)
		}
		return out, nil
	})
}
