package api

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"time"
)

//go:embed docs
var docs embed.FS

// routesOfDocs serves the OpenAPI text and a page that draws it, both out of
// the binary.
func (a *API) routesOfDocs() {
	a.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		serveBytes(w, r, a.openapi)
	})
	file := func(w http.ResponseWriter, r *http.Request, name string) {
		b, err := docs.ReadFile("docs/" + name)
		if err != nil {
			a.refuse(w, problem(http.StatusNotFound, "no-such-thing", "There is nothing at this address."))
			return
		}
		a.serve(w, r, name, b)
	}
	a.mux.HandleFunc("GET /docs", func(w http.ResponseWriter, r *http.Request) { file(w, r, "index.html") })
	a.mux.HandleFunc("GET /docs/{file}", func(w http.ResponseWriter, r *http.Request) { file(w, r, r.PathValue("file")) })
}

// serveBytes answers with an ETag, so that what has not changed is not sent.
func serveBytes(w http.ResponseWriter, r *http.Request, b []byte) {
	sum := sha256.Sum256(b)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}
