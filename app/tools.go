package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"belfry/core"
	"belfry/core/plan"
	"belfry/host"
	"belfry/store"
)

// dbPath is where the records are.
func dbPath(data string) string { return filepath.Join(data, "belfry.db") }

// openRecords opens an existing data folder from the terminal.
func openRecords(ctx context.Context, set *Settings) (*store.Store, error) {
	if _, err := os.Stat(dbPath(set.Data)); err != nil {
		return nil, core.FieldErrorf("--data", "no-data", "there is no data folder at %s: name it with --data", set.Data)
	}
	return store.Open(ctx, dbPath(set.Data))
}

// named opens the records for a command about one user: belfry user … LOGIN.
func named(ctx context.Context, p Process, name string, args []string) (*store.Store, *plan.User, error) {
	if len(args) > 1 && !strings.HasPrefix(args[0], "-") { // the login may stand before the flags
		args = append(args[1:len(args):len(args)], args[0])
	}
	set, rest, err := ReadSettings(name, false, args, p.Getenv, p.Stderr)
	if err != nil {
		return nil, nil, err
	}
	if len(rest) != 1 {
		return nil, nil, core.FieldErrorf("LOGIN", "missing", "say whose: belfry %s LOGIN", name)
	}
	st, err := openRecords(ctx, set)
	if err != nil {
		return nil, nil, err
	}
	u, err := userOf(ctx, st, rest[0])
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return st, u, nil
}

func userOf(ctx context.Context, st *store.Store, login string) (*plan.User, error) {
	revision, doc, err := st.LoadPlan(ctx)
	if err != nil {
		return nil, err
	}
	pl, err := plan.Parse(revision, doc)
	if err != nil {
		return nil, err
	}
	u := pl.Login(login)
	if u == nil {
		return nil, core.FieldErrorf("LOGIN", "no-such-login", "nobody logs in as %q", login)
	}
	return u, nil
}

// madeUp is a password that nobody can guess and that can be typed in.
func madeUp() string { return strings.ToLower(rand.Text()) }

// runPhone gives somebody's SIP phones a new password. It is made up here: a
// phone is set up once, and nobody has to remember what it knows.
func runPhone(ctx context.Context, p Process, args []string) error {
	st, u, err := named(ctx, p, "user phone", args)
	if err != nil {
		return err
	}
	defer st.Close()
	secret := madeUp()
	if err := st.SetPhoneSecret(ctx, u.ID, u.Extension, secret); err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "Phones of %s log in with\n\n  user      %s\n  password  %s\n\nIt is shown this once. Phones that knew another are turned away from now on.\n",
		u.Name, u.Extension, secret)
	return nil
}

// runPasswd gives somebody who is locked out a new password.
func runPasswd(ctx context.Context, p Process, args []string) error {
	st, u, err := named(ctx, p, "user passwd", args)
	if err != nil {
		return err
	}
	defer st.Close()
	fmt.Fprintf(p.Stdout, "New password for %s (%s): ", u.Name, u.Login)
	in := bufio.NewScanner(p.Stdin)
	if !in.Scan() {
		return core.FieldErrorf("password", "missing", "no password was given")
	}
	password := strings.TrimRight(in.Text(), "\r\n")
	if len([]rune(password)) < 8 {
		return core.FieldErrorf("password", "too-short", "a password has at least 8 characters")
	}
	if err := st.SetPassword(ctx, u.ID, u.Login, password); err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "\nDone. %s is logged out everywhere.\n", u.Name)
	return nil
}

// runReplay steps through a flight record.
func runReplay(_ context.Context, p Process, args []string) error {
	if len(args) != 1 {
		return core.FieldErrorf("FILE", "missing", "say which record: belfry replay FILE, or the record's folder")
	}
	w := bufio.NewWriter(p.Stdout)
	r, err := host.Replay(args[0], w)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d events up to %d; state %016x; %d snapshots compared\n", r.Events, r.Seq, r.Hash, r.Compared)
	if r.Torn != "" {
		fmt.Fprintf(w, "the end could not be read: %s\n", r.Torn)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(r.Differ) > 0 {
		return core.Errorf(core.Internal, "replay-differs", "the replay gives another floor than the snapshots at events %v", r.Differ)
	}
	return nil
}

// runCheck looks whether the invariants hold over the data folder: the records'
// own, and that the flight record replays to the same state.
func runCheck(ctx context.Context, p Process, args []string) error {
	set, _, err := ReadSettings("check", false, args, p.Getenv, p.Stderr)
	if err != nil {
		return err
	}
	st, err := openRecords(ctx, set)
	if err != nil {
		return err
	}
	defer st.Close()
	found, err := st.Check(ctx)
	if err != nil {
		return err
	}
	var broken []string
	for _, b := range found {
		broken = append(broken, fmt.Sprintf("%d: %s %v", b.Invariant, b.What, b.IDs))
	}
	lost, err := (recordings{Store: st, dir: set.Data}).missing(ctx)
	if err != nil {
		return err
	}
	broken = append(broken, lost...)
	rec := filepath.Join(set.Data, "record")
	if _, err := os.Stat(rec); err == nil {
		r, err := host.Replay(rec, discard{})
		switch {
		case err != nil:
			broken = append(broken, fmt.Sprintf("7: the flight record cannot be replayed: %v", err))
		case len(r.Differ) > 0:
			broken = append(broken, fmt.Sprintf("7: the flight record gives another state at events %v", r.Differ))
		default:
			fmt.Fprintf(p.Stdout, "flight record: %d events, %d snapshots compared, the same state\n", r.Events, r.Compared)
		}
	}
	if len(broken) == 0 {
		fmt.Fprintln(p.Stdout, "all invariants hold")
		return nil
	}
	for _, b := range broken {
		fmt.Fprintln(p.Stdout, "BROKEN", b)
	}
	return errFailed
}

// discard is a place for what nobody reads.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
