package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"belfry/core"
)

// Process is what the program gets from the system.
type Process struct {
	Args           []string
	Getenv         func(string) string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Term           <-chan os.Signal // finish the calls, then end
	Build          string
}

// command is one of the program's.
type command struct {
	name, args, help string
	run              func(ctx context.Context, p Process, args []string) error
}

func commands() []command {
	return []command{
		{"serve", "", "run the contact centre", runServe},
		{"demo", "[--callers N]", "run a throw-away company with simulated callers, on this machine only", runDemo},
		{"call", "NUMBER", "call a number from the terminal", runCall},
		{"user passwd", "LOGIN", "give somebody a new password", runPasswd},
		{"user phone", "LOGIN", "give somebody's SIP phones a new password, and print it", runPhone},
		{"trunk secret", "NAME", "set the password that a trunk knows us by, from standard input", runSecret},
		{"check", "", "look whether all invariants hold over the data folder", runCheck},
		{"replay", "FILE", "step through a flight record and print what happened", runReplay},
		{"bench", "[ROW …]", "measure this program under load, beside peers that are installed", runBench},
		{"version", "", "print the version", runVersion},
	}
}

// errFailed ends the program with 1 and says nothing more.
var errFailed = errors.New("failed")

// Run runs the command that the arguments name and returns the exit code: 0 when
// all went well, 1 when not, 2 when the command makes no sense.
func Run(ctx context.Context, p Process) int {
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(p.Args) < len(words) || strings.Join(p.Args[:len(words)], " ") != c.name {
			continue
		}
		switch err := c.run(ctx, p, p.Args[len(words):]); {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errFailed):
			return 1
		default:
			fmt.Fprintf(p.Stderr, "belfry %s: %v\n", c.name, err)
			if core.KindOf(err) == core.Invalid {
				return 2
			}
			return 1
		}
	}
	if len(p.Args) > 0 && p.Args[0] != "help" && p.Args[0] != "--help" && p.Args[0] != "-h" {
		fmt.Fprintf(p.Stderr, "belfry: there is no command %q\n\n", p.Args[0])
		usage(p.Stderr)
		return 2
	}
	usage(p.Stdout)
	return 0
}

func usage(w io.Writer) {
	fmt.Fprint(w, "Belfry is a voice contact centre in one program.\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  belfry %-26s %s\n", strings.TrimSpace(c.name+" "+c.args), c.help)
	}
	fmt.Fprint(w, "\nSettings of serve and demo (also as BELFRY_… variables, or lines of the file named by --config):\n")
	(&Settings{}).Describe(w)
}

// logger writes for operators, to standard error.
func logger(w io.Writer, s *Settings) *slog.Logger {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	o := &slog.HandlerOptions{Level: levels[s.LogLevel]}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

func runServe(ctx context.Context, p Process, args []string) error {
	set, rest, err := ReadSettings("serve", false, args, p.Getenv, p.Stderr)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return core.FieldErrorf("arguments", "too-many", "serve takes only flags, not %q", rest[0])
	}
	log := logger(p.Stderr, set)
	n, err := Start(ctx, set, p.Build, log)
	if err != nil {
		return err
	}
	defer n.Stop(context.WithoutCancel(ctx))
	log.Info("ready", "pages", n.URL(), "sip", set.SIP, "webrtc", set.WebRTC, "data", set.Data)
	n.tellSetup(p)
	return n.wait(ctx, p)
}

// wait runs until the program is asked to end: an interrupt ends the calls,
// a termination lets them finish.
func (n *Node) wait(ctx context.Context, p Process) error {
	select {
	case <-ctx.Done():
	case <-p.Term:
		n.log.Info("ending when the calls are over", "at most", drainPatience.String())
		n.Drain(ctx)
	case err := <-n.Failed():
		return err
	}
	n.log.Info("ending")
	return nil
}

func runVersion(_ context.Context, p Process, _ []string) error {
	fmt.Fprintln(p.Stdout, "belfry", p.Build)
	return nil
}
