package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"belfry/core"
	"belfry/core/plan"
)

// seat is who sends a request: a user of the newest plan, by a session.
type seat struct {
	user    *plan.User
	plan    *plan.Plan
	session Session
	token   string
}

func (s *seat) can(r plan.Right) bool { return s.plan.Can(s.user.ID, r) }

// mayWork says whether one of the user's profiles takes calls: the floor hears
// of their pages.
func (s *seat) mayWork() bool {
	return slices.ContainsFunc(s.user.AllProfiles(), func(id core.ProfileID) bool {
		pro := s.plan.Profile(id)
		return pro != nil && slices.Contains(pro.Rights, plan.TakeCalls)
	})
}

type seatKey struct{}

// seatOf is who sends the request; nil on routes for anyone.
func seatOf(ctx context.Context) *seat {
	s, _ := ctx.Value(seatKey{}).(*seat)
	return s
}

// The names of the cookie. A browser takes the __Host- one only over TLS, from
// this very host, for all paths (RFC 6265bis §4.1.3.2).
const (
	plainCookie  = "belfry_session"
	secureCookie = "__Host-belfry"
)

func (a *API) secure(r *http.Request) bool { return a.o.Secure || r.TLS != nil }

func (a *API) cookieName(r *http.Request) string {
	if a.secure(r) {
		return secureCookie
	}
	return plainCookie
}

// token is what the request shows as its session; a Bearer goes before a cookie.
func (a *API) token(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	if c, err := r.Cookie(a.cookieName(r)); err == nil {
		return c.Value
	}
	return ""
}

// sit finds who sends the request. No session, or one that is over, is nil and
// no error.
func (a *API) sit(ctx context.Context, token string) (*seat, error) {
	if token == "" || len(token) > 200 {
		return nil, nil
	}
	s, err := a.o.Users.Session(ctx, token)
	if core.KindOf(err) == core.Missing && err != nil {
		return nil, nil //nolint:nilerr // nobody sits there
	}
	if err != nil {
		return nil, err
	}
	p := a.o.Plan().As(a.o.Floor.Active())
	u := p.User(s.User)
	if u == nil || s.Until <= a.at() {
		return nil, nil
	}
	return &seat{user: u, plan: p, session: s, token: token}, nil
}

func (a *API) setCookie(w http.ResponseWriter, r *http.Request, token string, until core.Time) {
	c := &http.Cookie{
		Name: a.cookieName(r), Value: token, Path: "/", HttpOnly: true,
		Secure: a.secure(r), SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		c.MaxAge = -1
	} else {
		c.Expires = until.Std()
	}
	http.SetCookie(w, c)
}
