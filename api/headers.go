package api

import (
	"net/http"
	"strings"
)

// The pages run our own scripts and styles and nothing else. Trusted Types
// keep them from writing markup that came over the wire.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
	"img-src 'self' data: blob:; media-src 'self' blob: data:; connect-src 'self'; manifest-src 'self'; " +
	"worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'"

// A page may open windows of other programs, whose addresses an administrator
// has set, and send them on to the next customer.
const openerPolicy = "same-origin-allow-popups"

// What is no page loads nothing, should a browser ever show it as one.
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

const permissions = "microphone=(self), speaker-selection=(self), autoplay=(self), picture-in-picture=(self), " +
	"camera=(), geolocation=(), display-capture=(), usb=(), serial=(), payment=(), midi=()"

// headers are on every answer. A route may set its own Cache-Control.
func (a *API) headers(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", openerPolicy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", permissions)
	if a.secure(r) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		h.Set("Content-Security-Policy", dataPolicy)
		h.Set("Cache-Control", "no-store")
		return
	}
	policy := pagePolicy
	if p := a.o.Plan(); p != nil {
		// What buttons load in the background.
		policy = strings.Replace(policy, "connect-src 'self'", strings.Join(append([]string{"connect-src 'self'"}, p.HiddenOrigins()...), " "), 1)
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-cache")
}
