package floor

import "belfry/core"

// notCalledBack: the number is of a class that the queue calls nobody back at.
const notCalledBack = "not_called_back"

// reasonOf puts a cause into the word that pages have a sentence for.
func reasonOf(c core.Cause) string {
	switch {
	case c.Code == 404 || c.Code == 410 || c.Code == 484 || c.Code == 604:
		return "no_such_number"
	case c.Code >= 300 && c.Code < 400:
		return "redirected"
	case c.Why == core.Refused && c.Reason == "class":
		return notCalledBack
	case c.Code == 503 || c.Why == core.Overload:
		return "unreachable"
	}
	switch c.Why {
	case core.LineBusy:
		return "busy"
	case core.Declined:
		return "declined"
	case core.NoAnswer, core.NotAcked:
		return "no_answer"
	case core.Cancelled:
		return "cancelled"
	case core.HungUp, core.Ended, core.Answered:
		return "hung_up"
	case core.Unreachable, core.NoMedia, core.Refused, core.Overload, core.Lost:
	}
	return "unreachable"
}

func whyOf(reason string) core.Why {
	switch reason {
	case "busy":
		return core.LineBusy
	case "declined":
		return core.Declined
	case "no_answer":
		return core.NoAnswer
	}
	return core.Unreachable
}

// treeOutput is the output of a tree's node for the reason.
func treeOutput(reason string) string {
	switch reason {
	case "busy", "no_answer", "declined":
		return reason
	}
	return "failed"
}
