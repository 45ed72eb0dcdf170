package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"time"
)

// change is an administrator's change while 1,000 and 10,000 users are on shift
// in a company of 20 queues more: how long until the floor goes by it, and how
// long it stops the floor.
func change(ctx context.Context, b *Bench) error {
	for _, users := range []int{1_000, 10_000} {
		if err := changeOf(ctx, b, users); err != nil {
			return err
		}
	}
	return nil
}

func changeOf(ctx context.Context, b *Bench, users int) error {
	const queues, changes = 20, 30
	s, err := b.stage(ctx, users)
	if err != nil {
		return err
	}
	defer s.end()
	m, err := newMaker(ctx, "http://"+s.http, "admin")
	if err != nil {
		return err
	}
	var queue struct{ ID string }
	for i := range queues {
		if _, err := m.do(ctx, http.MethodPost, "/queues", fmt.Sprintf(`{"name":"queue %d","max_size":10}`, i), &queue); err != nil {
			return err
		}
	}
	var answers, stops []time.Duration
	for i := range changes {
		began := time.Now()
		if _, err := m.do(ctx, http.MethodPatch, "/queues/"+queue.ID, fmt.Sprintf(`{"max_size":%d}`, 20+i), nil); err != nil {
			return err
		}
		answers = append(answers, time.Since(began))
		stops = append(stops, time.Duration(s.metric("floor_plan_change_seconds")*1e9))
		if got, want := s.metric("floor_plan_revision"), float64(1+queues+i+1); got < want {
			return fmt.Errorf("the floor goes by revision %v when change %v was answered", got, want)
		}
	}
	b.times(fmt.Sprintf("%d users, 20 queues: PATCH to its answer, when the floor has it", users), answers)
	b.times(fmt.Sprintf("%d users: the floor stops for it", users), stops)
	return nil
}

// maker is a program of somebody who is logged in.
type maker struct {
	client *http.Client
	at     string
}

func newMaker(ctx context.Context, at, login string) (*maker, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	m := &maker{&http.Client{Jar: jar}, at + "/api/v1"}
	_, err = m.do(ctx, http.MethodPost, "/session", `{"login":"`+login+`","password":"demo"}`, nil)
	return m, err
}

func (m *maker) do(ctx context.Context, method, path, body string, into any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, method, m.at+path, bytes.NewBufferString(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("If-Match", "*")
	r, err := m.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(r.Body); err != nil {
		return 0, err
	}
	if r.StatusCode >= http.StatusMultipleChoices {
		return r.StatusCode, fmt.Errorf("%s %s: %s: %s", method, path, r.Status, text.String())
	}
	if into != nil {
		return r.StatusCode, json.Unmarshal(text.Bytes(), into)
	}
	return r.StatusCode, nil
}
