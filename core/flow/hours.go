package flow

// hours asks whether a place is open. An exception that closes it (a holiday)
// leaves by exception where that is wired, else by closed.
type hours struct {
	Hours string `json:"hours"`
}

func (h *hours) check(c *check) {
	if c.plan.Hours(h.Hours) == nil {
		c.setting("hours", "no-such-hours", "there are no opening hours %q", h.Hours)
	}
}

func (h *hours) enter(w *walk) string {
	open, label, known := w.env.Plan.Open(h.Hours, w.env.Now)
	output := "closed"
	switch {
	case !known:
		w.note("there are no opening hours %s", short(h.Hours))
		return "default"
	case open:
		output = "open"
	case label != "" && w.at.outputs["exception"] != nil:
		output = "exception"
	}
	w.note("%s", output)
	if label != "" {
		w.note("%s", short(label))
	}
	return output
}

func (h *hours) input(*walk, Input) string { return "default" }
