package app

import (
	"context"
	"flag"
	"log/slog"
	"time"

	"belfry/caller"
	"belfry/core"
)

// runCall is a caller in the terminal.
func runCall(ctx context.Context, p Process, args []string) error {
	fs := flag.NewFlagSet("belfry call", flag.ContinueOnError)
	fs.SetOutput(p.Stderr)
	o := caller.Options{Out: p.Stdout}
	fs.StringVar(&o.To, "to", "127.0.0.1:5060", "`HOST:PORT` of the SIP server")
	fs.StringVar(&o.From, "from", "+33612345678", "`NUMBER` that is shown; empty: anonymous")
	fs.StringVar(&o.Play, "play", "", "WAV `FILE` to speak with, again and again")
	digits := fs.String("digits", "", "`KEYS` to press and when, after the answer: 1@2s,#@4s")
	fs.StringVar(&o.Record, "record", "", "WAV `FILE` to keep what is heard in")
	fs.DurationVar(&o.For, "for", 10*time.Second, "how long to talk")
	fs.DurationVar(&o.Ring, "ring", 3*time.Minute, "how long to wait for the answer")
	codecs := fs.String("codecs", "", "`CODECS` to offer, in order: PCMU,PCMA,G722")
	verbose := fs.Bool("verbose", false, "the SIP log too")
	// The number may stand before the flags or after them.
	if len(args) > 0 && (len(args[0]) == 0 || args[0][0] != '-') {
		o.Number, args = args[0], args[1:]
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if o.Number == "" {
		o.Number = fs.Arg(0)
	}
	if o.Number == "" {
		return core.FieldErrorf("NUMBER", "missing", "say whom to call: belfry call +33100000001")
	}
	var err error
	if o.Digits, err = caller.ParseKeys(*digits); err != nil {
		return err
	}
	if o.Codecs, err = caller.ParseCodecs(*codecs); err != nil {
		return err
	}
	o.Log = slog.New(slog.DiscardHandler)
	if *verbose {
		o.Log = slog.New(slog.NewTextHandler(p.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return caller.Call(ctx, o)
}
