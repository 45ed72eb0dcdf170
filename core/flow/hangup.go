package flow

import "belfry/core"

// hangup ends the call, after a last word if there is one.
type hangup struct {
	Sounds []core.SoundID `json:"sounds,omitempty"`
	Cause  core.Why       `json:"cause,omitempty"` // ended; busy, declined, unreachable
}

func (h *hangup) check(c *check) {
	c.sounds("sounds", h.Sounds)
	switch h.Cause {
	case "", core.Ended, core.LineBusy, core.Declined, core.Unreachable:
	default:
		c.setting("cause", "not-a-choice", "a cause is ended, busy, declined or unreachable, not %q", string(h.Cause))
	}
}

func (h *hangup) enter(w *walk) string {
	cause := core.Cause{Why: h.Cause, Reason: "the Smart Routing ended the call"}
	if cause.Why == "" {
		cause.Why = core.Ended
	}
	w.farewell(h.Sounds, cause)
	return ""
}

func (h *hangup) input(*walk, Input) string { return "" }
