package flow

import (
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	t.Parallel()
	full := tr(t, `hours {"hours": "hrs_a"} open=queue closed=message exception=hangup`,
		`queue {"queue": "que_a"}`, `message:mailbox {"mailbox": "box_a"}`, `hangup`)
	call(t, full).story("begin -> enter que_a")
	night := call(t, full)
	night.env.Now = monday.Add(12 * time.Hour)
	night.story("begin -> message box_a")
	holiday := call(t, full)
	holiday.env.Now = monday.Add(7 * 24 * time.Hour)
	holiday.story("begin -> hang up ended")
	holiday.wantPath("start/next; hours/exception (exception, Holiday); hangup/")

	unwired := call(t, tr(t, `hours {"hours": "hrs_a"} open=queue closed=message`,
		`queue {"queue": "que_a"}`, `message:mailbox {"mailbox": "box_a"}`))
	unwired.env.Now = monday.Add(7 * 24 * time.Hour)
	unwired.story("begin -> message box_a")
	call(t, tr(t, `hours {"hours": "hrs_x"} open=queue default=message`,
		`queue {"queue": "que_a"}`, `message:mailbox {"mailbox": "box_a"}`)).story("begin -> message box_a")
}
