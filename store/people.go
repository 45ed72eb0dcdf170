package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"belfry/core"
	"belfry/store/q"
)

// User is somebody who may log in.
type User struct {
	ID          core.UserID
	Login       string
	Name        string
	Disabled    bool // gone from the plan
	HasPassword bool
}

// Users are all who may or might log in, by login.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.Users(ctx, company)
	if err != nil {
		return nil, fmt.Errorf("list the users: %w", err)
	}
	all := make([]User, len(rows))
	for i, r := range rows {
		all[i] = User{core.UserID(r.ID), r.Login, r.Name, r.Disabled, r.Hash != ""}
	}
	return all, nil
}

// UserByLogin finds a user; an error of kind Missing when there is none.
func (s *Store) UserByLogin(ctx context.Context, login string) (*User, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	r, err := s.ask.UserByLogin(ctx, q.UserByLoginParams{Company: company, Login: clean(login)})
	if err != nil {
		return nil, missing(err, "no-such-user", "Nobody has the login %s.", login)
	}
	return &User{core.UserID(r.ID), r.Login, r.Name, r.Disabled, r.Hash != ""}, nil
}

// longestPassword keeps a request from being work.
const longestPassword = 1024

// SetPassword sets the password of a user of the plan, and ends all of that
// user's sessions. Login must be the user's own.
func (s *Store) SetPassword(ctx context.Context, user core.UserID, login, password string) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	if password == "" || len(password) > longestPassword || !utf8.ValidString(password) {
		return core.FieldErrorf("password", "bad-password", "a password has between 1 and %d bytes of text", longestPassword)
	}
	hash, now := hashPassword(password), ms(core.At(s.now()))
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		u, err := w.UserByLogin(ctx, q.UserByLoginParams{Company: company, Login: login})
		if err != nil || u.ID != string(user) {
			if err == nil {
				err = sql.ErrNoRows
			}
			return missing(err, "no-such-user", "Nobody has the login %s.", login)
		}
		if _, err := w.SetHash(ctx, q.SetHashParams{Company: company, ID: u.ID, Hash: hash, Changed: now}); err != nil {
			return fmt.Errorf("set the password of %s: %w", login, err)
		}
		if _, err := w.EndSessions(ctx, q.EndSessionsParams{Company: company, UserID: u.ID}); err != nil {
			return fmt.Errorf("end the sessions of %s: %w", login, err)
		}
		return nil
	})
}

// nobody is the hash that is checked when a login is unknown, so that it takes
// the same time: a hash of this cost that no password gives.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$YmVsZnJ5IHNheXMgbm8uLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Login returns whose login and password these are. Whatever is wrong, it is
// one error of kind Denied, and it takes the same work.
func (s *Store) Login(ctx context.Context, login, password string) (core.UserID, error) {
	wrong := core.Errorf(core.Denied, "wrong-login", "The login or the password is wrong.")
	company, err := s.company()
	if err != nil {
		return "", err
	}
	u, err := s.ask.UserByLogin(ctx, q.UserByLoginParams{Company: company, Login: clean(login)})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("log in: %w", err)
	}
	known := err == nil && !u.Disabled && u.Hash != "" && len(password) <= longestPassword
	hash := nobody
	if known {
		hash = u.Hash
	} else {
		password = ""
	}
	select {
	case s.guess <- struct{}{}:
		defer func() { <-s.guess }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	same, err := samePassword(hash, password)
	if err != nil {
		return "", fmt.Errorf("log %s in: %w", login, err)
	}
	if !known || !same {
		return "", wrong
	}
	return core.UserID(u.ID), nil
}

// Session is one log-in.
type Session struct {
	User  core.UserID
	About string // which browser, in words
	Since core.Time
	Seen  core.Time // within a minute
	Until core.Time
}

// longestSession is absolute: no use of it makes it longer.
const (
	longestSession = 12 * time.Hour
	seenEvery      = time.Minute
	tokenBytes     = 32
)

// OpenSession makes a session that ends at until, or after 12 hours, and returns
// its token. The token is kept nowhere, only its hash.
func (s *Store) OpenSession(ctx context.Context, user core.UserID, about string, until core.Time) (string, error) {
	company, err := s.company()
	if err != nil {
		return "", err
	}
	b := make([]byte, tokenBytes)
	_, _ = rand.Read(b) // never fails
	token, now := base64.RawURLEncoding.EncodeToString(b), core.At(s.now())
	end := min(until, now.Add(longestSession))
	err = s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		return w.AddSession(ctx, q.AddSessionParams{
			Hash: tokenHash(token), Company: company, UserID: string(user), About: clean(about),
			Created: ms(now), Seen: ms(now), Expires: ms(end),
		})
	})
	if err != nil {
		return "", fmt.Errorf("open a session: %w", err)
	}
	return token, nil
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Session finds a session that has not ended by its token; an error of kind
// Missing when there is none, or its user may no longer log in.
func (s *Store) Session(ctx context.Context, token string) (*Session, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	now := ms(core.At(s.now()))
	r, err := s.ask.Session(ctx, q.SessionParams{Hash: tokenHash(token), Company: company, Expires: now})
	if err != nil {
		return nil, missing(err, "no-session", "The session has ended.")
	}
	if now-r.Seen >= seenEvery.Milliseconds() {
		err := s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
			return w.SeeSession(ctx, q.SeeSessionParams{Hash: tokenHash(token), Seen: now})
		})
		if err == nil { // not to know when it was last seen harms nobody
			r.Seen = now
		}
	}
	return &Session{core.UserID(r.UserID), r.About, fromMS(r.Created), fromMS(r.Seen), fromMS(r.Expires)}, nil
}

// CloseSession ends a session; one that has ended is ended.
func (s *Store) CloseSession(ctx context.Context, token string) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	return s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		return w.EndSession(ctx, q.EndSessionParams{Hash: tokenHash(token), Company: company})
	})
}

// CloseSessions ends all sessions of a user but the one of the token, which may
// be empty, and returns how many there were.
func (s *Store) CloseSessions(ctx context.Context, user core.UserID, but string) (int, error) {
	company, err := s.company()
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error {
		var err error
		n, err = w.EndSessions(ctx, q.EndSessionsParams{Company: company, UserID: string(user), Hash: tokenHash(but)})
		return err
	})
	return int(n), err
}

// tidy forgets what has run out. The writer does it every hour.
func (s *Store) tidy(ctx context.Context, w *q.Queries) error {
	now := core.At(s.now())
	if err := w.ForgetSessions(ctx, ms(now)); err != nil {
		return err
	}
	return w.ForgetRequests(ctx, ms(now.Add(-requestsKept)))
}
