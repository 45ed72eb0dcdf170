package flow

// start is where a tree begins.
type start struct{}

func (*start) check(*check) {}

func (*start) enter(*walk) string { return "next" }

func (*start) input(*walk, Input) string { return "next" }
