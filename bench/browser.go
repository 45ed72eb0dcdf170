package bench

import "context"

func browsers(context.Context, *Bench) error { return nil }
func popup(context.Context, *Bench) error { return nil }
