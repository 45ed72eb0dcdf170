package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"runtime/pprof"

	"belfry/app/demo"
	"belfry/caller"
	"belfry/core"
	"belfry/core/plan"
	"belfry/store"
)

// runDemo is serve with a throw-away company and callers who really call.
func runDemo(ctx context.Context, p Process, args []string) error {
	set, rest, err := ReadSettings("demo", true, args, p.Getenv, p.Stderr)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return core.FieldErrorf("arguments", "too-many", "demo takes only flags, not %q", rest[0])
	}
	for _, a := range []struct{ flag, addr string }{{"--http", set.HTTP}, {"--sip", set.SIP}, {"--webrtc", set.WebRTC}} {
		if !loopback(a.addr) {
			return core.FieldErrorf(a.flag, "demo-is-local", "the demo, whose passwords everybody knows, is for this machine only: %s is not on loopback", a.addr)
		}
	}
	if _, _, err := net.SplitHostPort(set.Trunk); set.Trunk != "" && err != nil {
		return core.FieldErrorf("--trunk", "bad-address", "%q is not an address such as 127.0.0.1:5090", set.Trunk)
	}
	if set.Data == "./data" { // nobody chose a folder: a throw-away one
		dir, err := os.MkdirTemp("", "belfry-demo-")
		if err != nil {
			return fmt.Errorf("make a throw-away data folder: %w", err)
		}
		defer os.RemoveAll(dir)
		set.Data = dir
	}
	if set.Phones > 0 {
		set.CallsPerSecond, set.Calls = -1, -1
	}
	stop, err := profile(set.Profile)
	if err != nil {
		return err
	}
	defer stop()
	log := logger(p.Stderr, set)
	trunk := demo.Trunk(set.Trunk)
	if set.Trunk == "" {
		far, err := caller.StartFarEnd(ctx, log)
		if err != nil {
			return fmt.Errorf("start the far end: %w", err)
		}
		defer far.Close()
		trunk = demo.FarEnd(far.Addr())
	}
	phones, err := seed(ctx, set, trunk)
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // a password took 64 MB each time
	n, err := Start(ctx, set, p.Build, log)
	if err != nil {
		return err
	}
	defer n.Stop(context.WithoutCancel(ctx))
	for _, id := range phones {
		if err := n.host.Ask(ctx, id, core.StartShift{}); err != nil {
			return fmt.Errorf("start the shift of %s: %w", id, err)
		}
	}
	crowd, err := caller.StartCrowd(ctx, caller.CrowdOptions{Callers: set.Callers, To: n.signal.Addr().String(), Log: log})
	if err != nil {
		return fmt.Errorf("start the simulated callers: %w", err)
	}
	defer crowd.Close()
	welcome(p, n, set)
	return n.wait(ctx, p)
}

// profile writes where the program spends its time, from now until stop. Only
// the demo does: the product has no door for it.
func profile(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, core.FieldErrorf("--cpu-profile", "profile-unwritable", "the profile cannot be written: %v", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("begin the profile: %w", err), f.Close())
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

// seed writes the demo company into an empty data folder. It returns the agents
// whose station is a phone that always stands ready.
func seed(ctx context.Context, set *Settings, trunk plan.Trunk) ([]core.UserID, error) {
	if err := writable(set.Data); err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, dbPath(set.Data))
	if err != nil {
		return nil, fmt.Errorf("open the records: %w", err)
	}
	defer st.Close()
	doc := demo.Doc()
	doc.Trunks = []plan.Trunk{trunk}
	var phones []core.UserID
	if set.Phones > 0 {
		phones = demo.WithPhones(doc, set.Phones, set.PhonesAt)
	}
	demo.WithPages(doc, set.Pages)
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("write the demo company: %w", err)
	}
	revision, _, err := st.LoadPlan(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the plan: %w", err)
	}
	if _, err := st.SavePlan(ctx, doc.Company.ID, revision, b); err != nil {
		return nil, fmt.Errorf("save the demo company: %w", err)
	}
	if revision > 0 {
		return phones, nil
	}
	for _, u := range doc.Users {
		if u.Phone != "" {
			continue // a load generator's phones do not log in
		}
		if err := st.SetPassword(ctx, u.ID, u.Login, demo.Password); err != nil {
			return nil, fmt.Errorf("set the password of %s: %w", u.Login, err)
		}
		if u.Extension == "" {
			continue
		}
		if err := st.SetPhoneSecret(ctx, u.ID, u.Extension, demo.Password+"-"+u.Extension); err != nil {
			return nil, err
		}
	}
	for _, c := range demo.Contacts() {
		if err := st.SaveContact(ctx, store.Contact{ID: c.ID, Name: c.Name, Numbers: []string{c.Number}, Source: c.Book, VIP: c.VIP}); err != nil {
			return nil, fmt.Errorf("save a contact: %w", err)
		}
	}
	return phones, nil
}

// whoAnswers is who is at the other end of the demo's trunk.
func whoAnswers(set *Settings) string {
	if set.Trunk != "" {
		return set.Trunk
	}
	return "a made-up far end"
}

// welcome says what to do next.
func welcome(p Process, n *Node, set *Settings) {
	fmt.Fprintf(p.Stdout, `
  Belfry is running, with a demo company on this machine only.

  1. Open   %s   and log in as   ann   with the password   demo
  2. Press  I am available  and allow the microphone.
`, n.URL())
	if set.Callers > 0 {
		fmt.Fprintf(p.Stdout, "  3. A simulated caller rings within seconds: press Accept.\n\n")
	} else {
		fmt.Fprintf(p.Stdout, "  3. Call in another terminal:  belfry call +33100000001 --to %s\n\n", n.signal.Addr())
	}
	fmt.Fprintf(p.Stdout, `  Others: bob, cho, dan (agents), sam (supervisor), admin; all passwords are demo.
  Any SIP phone on this machine may call +33100000000 at %[1]s,
  or register there as 201 (ann) with the password demo-201, and so on.
  Any number outside may be called: %[2]s answers.
  Ctrl+C ends it and throws everything away.

`, n.signal.Addr(), whoAnswers(set))
	n.log.LogAttrs(context.Background(), slog.LevelInfo, "ready", slog.String("pages", n.URL()), slog.String("sip", n.signal.Addr().String()))
}
