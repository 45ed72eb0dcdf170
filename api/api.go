package api

import (
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"belfry/core/plan"
)

// Options are what the API stands on.
type Options struct {
	Floor    Floor
	Screens  *Screens // the same that the host draws on
	Stations Stations
	Users    Users
	Records  Records
	Voice    Voice
	Contacts Contacts
	Plan     func() *plan.Plan // the newest
	Check    func() []Broken   // the invariants; at most once a second is enough
	Ready    func() error      // nil, or why no work can be taken
	Meter    *Meter            // the same that the facts are counted in
	Data     fs.FS             // the data folder: recordings and messages by their File
	Pages    fs.FS             // the built pages; nil: none
	Turn     *Turn             // nil: none
	// Secure: TLS ends in front of us, so cookies are for https only.
	Secure bool
	Build  string           // of the program, shown to pages
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: slog.Default()
}

// API is the handler of all that HTTP offers.
type API struct{ o Options }

// New builds it. A route without a row in the table of rights panics.
func New(o Options) *API { return &API{o} }

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// Close ends the streams, so that the server can shut down.
func (a *API) Close() {}
