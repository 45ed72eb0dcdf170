package app

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"belfry/bench"
)

// runBench measures this very program, as a child.
func runBench(ctx context.Context, p Process, args []string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	o := bench.Options{Belfry: self, Out: p.Stdout, Log: p.Stderr}
	fs := flag.NewFlagSet("belfry bench", flag.ContinueOnError)
	fs.SetOutput(p.Stderr)
	fs.IntVar(&o.Runs, "runs", 1, "how often each row is run; the `number`'s median is printed")
	fs.BoolVar(&o.JSON, "json", false, "print JSON and no table")
	fs.IntVar(&o.Agents, "agents", 100, "`agents` of the row queued")
	fs.IntVar(&o.Rate, "rate", 20, "`calls` a second of the row queued")
	fs.DurationVar(&o.For, "for", 10*time.Second, "how `long` the row queued calls")
	fs.StringVar(&o.Profile, "cpu-profile", "", "`prefix` of files for CPU profiles of what is measured")
	fs.Usage = func() {
		fmt.Fprintf(p.Stderr, "belfry bench [flags] [ROW …]\n\nRows (all, when none is named):\n%s\nFlags:\n", bench.Rows())
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	o.Rows = fs.Args()
	return bench.Run(ctx, o)
}
