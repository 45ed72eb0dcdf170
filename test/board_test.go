package test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite" // database/sql knows it by its name
)

// TestLiveAgreesWithTheHistory: the supervisor's figures of a queue are a fold of
// what the database keeps: answered, abandoned, and abandoned at once.
func TestLiveAgreesWithTheHistory(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	for _, wait := range []time.Duration{time.Second, 7 * time.Second} { // sales' short abandon is 5 s
		ph := p.Dial("+33100000001")
		Wait(t, "the call waits for so long", func() bool {
			q := p.board()
			return q.Waiting == 1 && q.Longest != nil && time.Since(*q.Longest) >= wait
		})
		ph.HangUp()
		Wait(t, "the caller has left", func() bool { return p.board().Waiting == 0 })
	}
	ann := p.Agent(t, "ann")
	ph := p.Dial("+33100000001")
	ann.Answer()
	ann.HangUp()
	ph.Well()
	p.history(3)

	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.Dir, "belfry.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var kept figures
	err = db.QueryRow(`select count(*), sum(outcome = 'answered'), sum(outcome = 'caller_left'), sum(outcome = 'caller_left' and wait < 5000),
		sum(outcome = 'answered' and wait <= 20000) from distributions where queue = 'que_sales'`).Scan(&kept.Offered, &kept.Answered, &kept.Abandoned, &kept.Short, &kept.InTime)
	if err != nil {
		t.Fatal(err)
	}
	live := p.board().figures
	if live != kept || live != (figures{3, 1, 2, 1, 1}) {
		t.Errorf("the page says %+v, the history %+v", live, kept)
	}
	p.Sound()
}

type figures struct {
	Offered, Answered, Abandoned int
	Short                        int `json:"short_abandoned"`
	InTime                       int `json:"in_time"`
}

type boardQueue struct {
	ID      string
	Waiting int
	Longest *time.Time
	figures
}

// board is the queue sales as the supervisor sees it.
func (p *Program) board() boardQueue {
	p.t.Helper()
	var b struct{ Queues []boardQueue }
	p.Login("sam").Do("GET", "/api/v1/live", nil, &b)
	for _, q := range b.Queues {
		if q.ID == "que_sales" {
			return q
		}
	}
	p.t.Fatal("sam supervises no sales")
	return boardQueue{}
}
