package floor

import (
	"testing"
	"time"

	"belfry/core"
)

// A few quick calls of now do not make the wait short where the same hour of last
// week was slow; another hour says nothing, and what is older than a week is gone.
func TestTheSameHourOfLastWeek(t *testing.T) {
	t.Parallel()
	begin := core.At(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	f, q := New(), &queue{}
	calls := func(at core.Time, n int, each time.Duration) {
		for i := range n {
			q.past.Pace.Since, q.past.Pace.Spent = at, 0
			at = at.Add(each)
			q.past.Pace.answered(at)
			_ = i
		}
		f.now = at
	}
	calls(begin, 20, time.Minute)
	calls(begin.Add(24*time.Hour), 20, 2*time.Minute)
	later := begin.Add(week * time.Hour)
	calls(later, 5, 6*time.Second)
	if d := f.expects(q, 1); d != 33*time.Second { // five of a minute, five of six seconds
		t.Errorf("in the same hour: %v", d)
	}
	calls(later.Add(3*time.Hour), 5, 6*time.Second)
	if d := f.expects(q, 1); d != 6*time.Second {
		t.Errorf("in another hour: %v", d)
	}
	calls(begin.Add(2*week*time.Hour), 4, 6*time.Second)
	if d := f.expects(q, 1); d != 0 {
		t.Errorf("four calls are too few, whatever was last week: %v", d)
	}
	if n := len(q.past.Pace.Hours); n > 4 || q.past.Pace.Hours[0].At < hourOf(f.now)-week {
		t.Errorf("%d hours are kept", n)
	}
}
