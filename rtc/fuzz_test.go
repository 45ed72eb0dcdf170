package rtc

import (
	"testing"

	"belfry/core"
	"belfry/media"
)

func fuzzWorld(f *testing.F) *Stations {
	f.Helper()
	e, err := media.New(media.Options{PortLow: 42000, PortHigh: 42099, DataDir: f.TempDir(), Tell: func(core.Event) {}})
	if err != nil {
		f.Fatal(err)
	}
	s, err := Start(Options{Listen: "127.0.0.1:0", Media: e, Tell: func(core.Event) {}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Stop(); e.Close() })
	return s
}
