package test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Client speaks to the API as one user.
type Client struct {
	t    testing.TB
	base string
	http *http.Client
}

// Login logs a user in, once for each life of the program.
func (p *Program) Login(login string) *Client {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.known[login]; c != nil {
		return c
	}
	jar, _ := cookiejar.New(nil)
	c := &Client{t: p.t, base: p.HTTP, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
	if status := c.Do("POST", "/api/v1/session", map[string]string{"login": login, "password": "demo"}, nil); status != http.StatusCreated {
		p.t.Fatalf("log in as %s: %d", login, status)
	}
	p.known[login] = c
	return c
}

// Patch changes what can be set, whatever was changed meanwhile.
func (c *Client) Patch(path, change string) int {
	c.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPatch, c.base+path, strings.NewReader(change))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/merge-patch+json")
	req.Header.Set("If-Match", "*")
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// Do makes one request and reads the JSON answer into result.
func (c *Client) Do(method, path string, body, result any) int {
	c.t.Helper()
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+path, r)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPatch {
		req.Header.Set("If-Match", "*")
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if result != nil && len(b) > 0 && res.StatusCode < 300 {
		if err := json.Unmarshal(b, result); err != nil {
			c.t.Fatalf("%s %s answered %d: %s", method, path, res.StatusCode, short(string(b)))
		}
	}
	return res.StatusCode
}

// desk is what the API says of an agent's desk, as far as tests look at it.
type desk struct {
	Agent struct {
		State     string `json:"state"`
		Reason    string `json:"reason"`
		StationUp bool   `json:"station_up"`
	} `json:"agent"`
	Offer *struct {
		ID     string     `json:"id"`
		Colour string     `json:"colour"`
		Drawn  *time.Time `json:"drawn"`
	} `json:"offer"`
	Calls []struct {
		ID        string    `json:"id"`
		State     string    `json:"state"`
		Colour    string    `json:"colour"`
		Began     time.Time `json:"began"`
		Codec     string    `json:"codec"`
		Recording struct {
			State   string `json:"state"`
			Writing bool   `json:"writing"`
		} `json:"recording"`
	} `json:"calls"`
	Missed []struct {
		Cause string `json:"cause"`
	} `json:"missed"`
	Today struct {
		Missed int `json:"missed"`
	} `json:"today"`
}

// desk reads it.
func (c *Client) desk() desk {
	c.t.Helper()
	var d desk
	c.Do("GET", "/api/v1/me/desk", nil, &d)
	return d
}

// Interaction is the record of one call, as far as tests look at it.
type Interaction struct {
	ID         string  `json:"id"`
	Call       string  `json:"call"`
	From       string  `json:"from"`
	To         string  `json:"to"`
	Name       string  `json:"name"`
	Queue      string  `json:"queue"`
	Agent      string  `json:"agent"`
	Outcome    string  `json:"outcome"`
	EndedBy    string  `json:"ended_by"`
	Ended      string  `json:"ended"`
	Talk       float64 `json:"talk"`
	Waited     float64 `json:"waited"`
	Held       float64 `json:"held"`
	SIPCall    string  `json:"sip_call_id"`
	Mode       string  `json:"mode"`
	Offers     []Offer `json:"offers"`
	Recordings []struct {
		ID string `json:"id"`
	} `json:"recordings"`
	Distributions []Distribution `json:"distributions"`
	Transfers     []struct {
		Kind   string `json:"kind"`
		State  string `json:"state"`
		Reason string `json:"reason"`
	} `json:"transfers"`
	Cause struct {
		Why string `json:"why"`
	} `json:"cause"`
}

// Distribution is one passage of a call through a queue.
type Distribution struct {
	Queue   string    `json:"queue"`
	Outcome string    `json:"outcome"`
	Entered time.Time `json:"entered"`
	Left    time.Time `json:"left"`
	Wait    float64   `json:"wait"`
}

// Offer is what became of a call at one agent.
type Offer struct {
	Agent   string    `json:"agent"`
	Outcome string    `json:"outcome"`
	Made    time.Time `json:"made"`
	Drawn   time.Time `json:"drawn"`
	Ended   time.Time `json:"ended"`
}

// interactions reads the whole history that the user may see, newest first.
func (c *Client) interactions() []Interaction {
	c.t.Helper()
	var all []Interaction
	for after := ""; ; {
		var list struct {
			Items []Interaction `json:"items"`
			Next  *string       `json:"next"`
		}
		c.Do("GET", "/api/v1/interactions?limit=100&after="+url.QueryEscape(after), nil, &list)
		all = append(all, list.Items...)
		if list.Next == nil || *list.Next == "" {
			return all
		}
		after = *list.Next
	}
}

// history waits until so many calls stand in the history, all over, and reads
// them whole, newest first.
func (p *Program) history(n int) []Interaction {
	p.t.Helper()
	c := p.Login("admin")
	var list []Interaction
	Wait(p.t, strconv.Itoa(n)+" calls stand in the history", func() bool {
		list = c.interactions()
		over := 0
		for _, x := range list {
			if x.Ended != "" {
				over++
			}
		}
		return over == n
	})
	for i := range list {
		c.Do("GET", "/api/v1/interactions/"+list[i].ID, nil, &list[i])
	}
	return list
}

// Sound checks that no invariant is broken.
func (p *Program) Sound() {
	p.t.Helper()
	c := p.Login("sam")
	var got struct {
		OK     bool `json:"ok"`
		Broken []struct {
			Invariant int    `json:"invariant"`
			What      string `json:"what"`
		} `json:"broken"`
	}
	for end := time.Now().Add(30 * time.Second); !got.OK && time.Now().Before(end); {
		c.Do("GET", "/api/v1/invariants", nil, &got) // what is just ending may look broken for a moment
	}
	if !got.OK {
		p.t.Errorf("broken invariants: %+v", got.Broken)
	}
}

// Metric adds up a figure of /metrics over its labels.
func (p *Program) Metric(name string) float64 {
	p.t.Helper()
	return p.metric(name)
}

// metric is Metric.
func (p *Program) metric(name string) float64 {
	p.t.Helper()
	res, err := http.Get(p.HTTP + "/metrics") //nolint:noctx // a test's
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	sum := 0.0
	for ln := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(strings.TrimSpace(ln), " ")
		series, _, _ := strings.Cut(key, "{")
		if v, err := strconv.ParseFloat(value, 64); err == nil && series == "belfry_"+name {
			sum += v
		}
	}
	return sum
}
