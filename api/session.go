package api

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"belfry/core"
	"belfry/core/plan"
)

// sessionLength is absolute: nothing prolongs a session.
const sessionLength = 12 * time.Hour

// mostChecks at a time: a password check takes 64 MB and a core on purpose.
const mostChecks = 2

type credentials struct {
	Login    string `json:"login" maxLength:"200" example:"ann"`
	Password string `json:"password" maxLength:"1000" format:"password"`
}

type sessionView struct {
	User  string `json:"user"`
	Login string `json:"login"`
	Name  string `json:"name"`
	Since stamp  `json:"since"`
	Until stamp  `json:"until" doc:"It ends then, whatever happens"`
}

// requestInput gives a route the request itself, for its cookie and its peer.
type requestInput struct {
	r *http.Request
	w http.ResponseWriter
}

// Resolve is huma's way to get at them.
func (in *requestInput) Resolve(ctx huma.Context) []error {
	in.r, in.w = humago.Unwrap(ctx)
	return nil
}

type loginInput struct {
	requestInput
	Body credentials
}

func (a *API) routesOfSession() {
	const tag = "Session"
	checks := make(chan struct{}, mostChecks)
	route(a, huma.Operation{
		OperationID: "signIn", Method: http.MethodPost, Path: "/api/v1/session", Tags: []string{tag}, DefaultStatus: http.StatusCreated,
		Summary:     "Sign in",
		Description: "Sets the session's cookie: belfry_session, or __Host-belfry under TLS. 401 whatever was wrong.",
	}, func(ctx context.Context, _ *seat, in *loginInput) (*answer[sessionView], error) {
		from := a.from(in.r)
		if !a.tries.wait(ctx, from, in.Body.Login) {
			return nil, tooManyTries()
		}
		select {
		case checks <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		user, err := a.o.Users.Login(ctx, in.Body.Login, in.Body.Password)
		<-checks
		u := a.o.Plan().User(user)
		switch kind := core.KindOf(err); {
		case err != nil && kind != core.Denied && kind != core.Missing && kind != core.Invalid:
			return nil, err
		case err != nil || u == nil:
			a.tries.failed(from, in.Body.Login)
			return nil, problem(http.StatusUnauthorized, "wrong-login", "Wrong login or password.")
		}
		a.tries.right(from, in.Body.Login)
		if old := a.token(in.r); old != "" { // a new seat, a new session
			if s, err := a.sit(ctx, old); err == nil && s != nil && s.user.ID == user {
				_ = a.o.Users.CloseSession(ctx, old) // it ends by itself otherwise
			}
		}
		return a.beginSession(ctx, &in.requestInput, u)
	})
	route(a, huma.Operation{
		OperationID: "session", Method: http.MethodGet, Path: "/api/v1/session", Tags: []string{tag},
		Summary: "The session that this request comes by",
	}, func(_ context.Context, s *seat, _ *nothing) (*answer[sessionView], error) {
		return &answer[sessionView]{sessionView{
			string(s.user.ID), s.user.Login, s.user.Name, stamp(s.session.Since), stamp(s.session.Until),
		}}, nil
	})
	route(a, huma.Operation{
		OperationID: "signOut", Method: http.MethodDelete, Path: "/api/v1/session", Tags: []string{tag},
		Summary: "Sign out", Description: "The session ends here and on every stream. A shift goes on until it is ended.",
	}, func(ctx context.Context, s *seat, in *requestInput) (*nothing, error) {
		if err := a.o.Users.CloseSession(ctx, s.token); err != nil && core.KindOf(err) != core.Missing {
			return nil, err
		}
		a.o.Screens.shut(s.token)
		a.setCookie(in.w, in.r, "", 0)
		return nil, nil //nolint:nilnil // huma: no body
	})
}

// beginSession signs in: a session of the user in this browser.
func (a *API) beginSession(ctx context.Context, in *requestInput, u *plan.User) (*answer[sessionView], error) {
	now := a.at()
	until := now.Add(sessionLength)
	token, err := a.o.Users.OpenSession(ctx, u.ID, browser(in.r), until)
	if err != nil {
		return nil, err
	}
	a.setCookie(in.w, in.r, token, until)
	return &answer[sessionView]{sessionView{string(u.ID), u.Login, u.Name, stamp(now), stamp(until)}}, nil
}

func tooManyTries() *Problem {
	return problem(http.StatusTooManyRequests, "too-many-tries", "Too many sign-ins are being checked.").with("Retry-After", "5")
}

// from is the peer's address; behind a proxy what the proxy says it was.
func (a *API) from(r *http.Request) netip.Addr {
	if all := r.Header.Get("X-Forwarded-For"); a.o.Secure && all != "" {
		last := all[strings.LastIndexByte(all, ',')+1:]
		if ip, err := netip.ParseAddr(strings.TrimSpace(last)); err == nil {
			return ip.Unmap()
		}
	}
	return peer(r)
}

// browser says which browser a session belongs to, in at most 200 bytes.
func browser(r *http.Request) string {
	ua := strings.ToValidUTF8(r.UserAgent(), "")
	return ua[:min(len(ua), 200)]
}
