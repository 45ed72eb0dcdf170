package api

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"belfry/core/plan"
)

// places are pages that are part of another one: the Banner shows them itself.
var places = map[string]string{
	"mini": "banner", "history": "banner", "voicemail": "banner", "directory": "banner", "team": "banner", "settings": "banner",
}

// routesOfPages serves what Vite has built: NAME.html at /NAME, and assets,
// whose names carry a hash, for ever.
func (a *API) routesOfPages() {
	a.mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, a.home(seatOf(r.Context())), http.StatusSeeOther)
	})
	a.mux.HandleFunc("/login", a.page)
	a.mux.HandleFunc("/setup", func(w http.ResponseWriter, r *http.Request) {
		if !a.setupWaits() {
			http.Redirect(w, r, "/login", http.StatusSeeOther) // the link is an old one
			return
		}
		a.page(w, r)
	})
	a.mux.HandleFunc("/", a.page)
	a.mux.HandleFunc("/assets/", a.asset)
	a.mux.HandleFunc("/api/", a.nothingHere)
}

// home is where a user belongs: whoever serves a queue on the Banner, other
// supervisors on the boards, administrators in Maker, as far as these pages are
// built.
func (a *API) home(s *seat) string {
	home := "/banner"
	switch {
	case s == nil:
	case s.can(plan.Supervise) && len(s.plan.Profile(s.user.Profile).Queues) == 0 && !s.can(plan.Administer):
		home = "/live" // calls of a queue never come to them, though they may have a line
	case s.can(plan.TakeCalls):
	case s.can(plan.Administer):
		home = "/maker"
	}
	if _, ok := a.file(home[1:] + ".html"); !ok {
		return "/banner"
	}
	return home
}

// page serves the page that an address belongs to.
func (a *API) page(w http.ResponseWriter, r *http.Request) {
	if !reads(r) {
		a.refuse(w, problem(http.StatusMethodNotAllowed, "method-not-allowed", "A page is only read.").with("Allow", "GET, HEAD"))
		return
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, name := range []string{first + ".html", places[first] + ".html", first} {
		if f, ok := a.file(name); ok && name != ".html" {
			a.serve(w, r, name, f)
			return
		}
	}
	if _, built := a.file("banner.html"); !built && a.o.Pages != nil {
		if f, ok := a.file("default.html"); ok { // says how to build the pages
			a.serve(w, r, "default.html", f)
			return
		}
	}
	a.refuse(w, problem(http.StatusNotFound, "no-such-thing", "There is nothing at this address."))
}

func (a *API) asset(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	f, ok := a.file(name)
	if !ok || !reads(r) {
		a.refuse(w, problem(http.StatusNotFound, "no-such-thing", "There is nothing at this address."))
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	a.serve(w, r, name, f)
}

func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// file reads a built file whole; they are small and in memory already.
func (a *API) file(name string) ([]byte, bool) {
	if a.o.Pages == nil || !fs.ValidPath(name) || name == "." {
		return nil, false
	}
	b, err := fs.ReadFile(a.o.Pages, name)
	return b, err == nil
}

// types are those of the files that Vite writes; what the machine's own table
// says does not count.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".json": "application/json",
	".webmanifest": "application/manifest+json", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8",
}

func (a *API) serve(w http.ResponseWriter, r *http.Request, name string, b []byte) {
	t, ok := types[path.Ext(name)]
	if !ok {
		t = "application/octet-stream"
	}
	w.Header().Set("Content-Type", t)
	serveBytes(w, r, b)
}
