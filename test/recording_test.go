package test

import (
	"encoding/binary"
	"io"
	"net/http"
	"testing"
	"time"
)

// listen fetches a recording and parts its two sides.
func (c *Client) listen(id string) (left, right recording) {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.base+"/api/v1/recordings/"+id+"/audio", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || len(b) < 44 {
		c.t.Fatalf("recording %s: %d, %d bytes, %v", id, res.StatusCode, len(b), err)
	}
	rate := int(binary.LittleEndian.Uint32(b[24:]))
	left.rate, right.rate = rate, rate
	for i := 44; i+3 < len(b); i += 4 {
		left.pcm = append(left.pcm, float64(int16(binary.LittleEndian.Uint16(b[i:])))/32768)
		right.pcm = append(right.pcm, float64(int16(binary.LittleEndian.Uint16(b[i+2:])))/32768)
	}
	return left, right
}

// part is what is between two instants.
func (r recording) part(from, until time.Duration) recording {
	lo, hi := int(from.Seconds()*float64(r.rate)), int(until.Seconds()*float64(r.rate))
	lo = min(lo, len(r.pcm))
	return recording{r.pcm[lo:min(max(lo, hi), len(r.pcm))], r.rate}
}

// most is in how much of it the tone is most of what sounds.
func (r recording) most(hz int) float64 {
	return r.seconds(hz) / max(0.1, r.length().Seconds()-0.1)
}

// taped is what the API says of a recording, as far as tests look at it.
type taped struct {
	ID       string  `json:"id"`
	State    string  `json:"state"`
	Length   float64 `json:"length"`
	FileName string  `json:"file_name"`
	Segments []struct {
		Kind  string  `json:"kind"`
		From  float64 `json:"from"`
		Until float64 `json:"until"`
	} `json:"segments"`
	Parties []struct {
		Side string `json:"side"`
		Name string `json:"name"`
	} `json:"parties"`
}

// recordingOf waits until the only call's recording is ready.
func (p *Program) recordingOf(interaction string) (t taped) {
	p.t.Helper()
	c := p.Login("admin")
	Wait(p.t, "the recording is ready", func() bool {
		var i struct {
			Recordings []taped `json:"recordings"`
		}
		c.Do("GET", "/api/v1/interactions/"+interaction, nil, &i)
		if len(i.Recordings) != 1 || i.Recordings[0].State != "ready" {
			return false
		}
		t = i.Recordings[0]
		return true
	})
	c.Do("GET", "/api/v1/recordings/"+t.ID, nil, &t)
	return t
}

// TestRecording: a call of a queue that records is kept from the first word to
// the last, over a hold, a pause and a reload of the page, on one timeline, the
// caller on the left and the agent on the right; the agent hears it in History.
func TestRecording(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	cho := p.Agent(t, "cho")
	ph := p.Dial("+33100000002")
	cho.Answer()
	cho.WaitTone(callerHz)
	call := cho.desk().Calls[0].ID
	cho.Pass(2 * time.Second)
	if s := cho.Do("POST", "/api/v1/calls/"+call+"/recording/pause", nil, nil); s != 200 {
		t.Fatalf("pause: %d", s)
	}
	cho.Pass(1500 * time.Millisecond)
	if s := cho.Do("POST", "/api/v1/calls/"+call+"/recording/resume", nil, nil); s != 200 {
		t.Fatalf("resume: %d", s)
	}
	cho.Pass(1500 * time.Millisecond)
	cho.Reload()
	cho.WaitTone(callerHz)
	cho.Pass(1500 * time.Millisecond)
	cho.Click("button", "Place on hold")
	cho.WaitQuiet()
	cho.Pass(time.Second)
	cho.Click("button", "Exit the hold")
	cho.WaitTone(callerHz)
	cho.Pass(1500 * time.Millisecond)
	ph.HangUp()

	x := p.history(1)[0]
	r := p.recordingOf(x.ID)
	left, right := cho.listen(r.ID)
	if d := r.Length - x.Talk; d < -0.7 || d > 1.5 {
		t.Errorf("%.1f s are recorded of %.1f s of talk", r.Length, x.Talk)
	}
	if len(r.Parties) < 2 || r.Parties[0].Name != "Claire Fontaine" || r.Parties[1].Name != "Cho Nguyen" {
		t.Errorf("parties %+v", r.Parties)
	}
	seen := map[string]bool{}
	for _, s := range r.Segments {
		seen[s.Kind] = true
		from, until := time.Duration(s.From*1e9)+150*time.Millisecond, time.Duration(s.Until*1e9)-150*time.Millisecond
		if until-from < 300*time.Millisecond {
			continue
		}
		l, rr := left.part(from, until).most(callerHz), right.part(from, until).most(agentHz)
		switch s.Kind {
		case "talk":
			if l < 0.8 || rr < 0.5 { // a browser on a busy machine stutters
				t.Errorf("from %.1f to %.1f s the caller is heard for %.2f of the time and the agent for %.2f", s.From, s.Until, l, rr)
			}
		default:
			for name, side := range map[string]recording{"left": left, "right": right} {
				if n := side.loudness(int(from.Milliseconds()/100)+1, int(until.Milliseconds()/100)); n != 0 {
					t.Errorf("%s: there is sound while it is %s", name, s.Kind)
				}
			}
		}
		t.Logf("%-8s %5.1f – %5.1f s: caller %.2f, agent %.2f", s.Kind, s.From, s.Until, l, rr)
	}
	if !seen["talk"] || !seen["paused"] || !seen["hold"] {
		t.Errorf("segments %+v", r.Segments)
	}
	if first := right.bursts(agentHz); len(first) == 0 || first[0][0] > 4 {
		t.Errorf("the agent is first heard in %v (tenths of a second)", first)
	}
	if s := left.seconds(agentHz) + right.seconds(callerHz); s > 0.3 {
		t.Errorf("the sides are mixed for %.1f s", s)
	}
	cho.Click("link", "History")
	cho.Click("button", "Claire Fontaine")
	cho.Find("dialog", "Claire Fontaine")
	cho.Click("button", "Play the recording")
	cho.Find("button", "Pause playing")
	cho.Click("button", "Pause playing")
	cho.CheckErrors()
	var plays struct {
		Items []struct {
			User string `json:"user"`
		} `json:"items"`
	}
	p.Login("sam").Do("GET", "/api/v1/recordings/"+r.ID+"/plays", nil, &plays)
	if len(plays.Items) < 2 {
		t.Errorf("plays: %+v", plays)
	}
	if s := p.Login("bob").Do("GET", "/api/v1/recordings/"+r.ID, nil, nil); s != http.StatusNotFound {
		t.Errorf("Bob, who has nothing to do with it, gets %d", s)
	}
	p.Sound()
}

// TestRecordingKilled: a program that is killed in the middle of a recording
// loses at most a second of it.
func TestRecordingKilled(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	cho := p.Agent(t, "cho")
	p.Dial("+33100000002")
	cho.Answer()
	cho.WaitTone(callerHz)
	began := cho.desk().Calls[0].Began
	cho.Pass(2500 * time.Millisecond)
	length := time.Since(began)
	p.Kill()
	p.Start()
	x := p.history(1)[0]
	r := p.recordingOf(x.ID)
	left, right := p.Login("admin").listen(r.ID)
	if lost := length.Seconds() - r.Length; lost < -0.5 || lost > 1 {
		t.Errorf("%.2f s of %v are lost", lost, length)
	}
	if l, r := left.most(callerHz), right.most(agentHz); l < 0.7 || r < 0.5 {
		t.Errorf("the caller is heard for %.2f of the time, the agent for %.2f", l, r)
	}
	p.Sound()
	p.Stop()
	if out, err := run(t, "check", "--data="+p.Dir); err != nil {
		t.Errorf("check: %v\n%s", err, tailOf(out, 20))
	}
}

// TestRecordingWithoutRoom: a disk that has no room for recordings ends none of
// the calls; who runs the company learns of it.
func TestRecordingWithoutRoom(t *testing.T) {
	t.Parallel()
	p := Demo(t, "--least-free=1000000000")
	cho := p.Agent(t, "cho")
	ph := p.Dial("+33100000002")
	cho.Answer()
	cho.WaitTone(callerHz)
	cho.WaitText("Not recorded: the disk is full")
	cho.Pass(1500 * time.Millisecond)
	cho.WaitTone(callerHz)
	ph.HangUp()
	if s := ph.Heard().seconds(agentHz); s < 1 {
		t.Errorf("the caller heard the agent for %.1f s only", s)
	}
	x := p.history(1)[0]
	var got struct {
		Recordings []struct{ State, Failed string } `json:"recordings"`
	}
	cho.Do("GET", "/api/v1/interactions/"+x.ID, nil, &got)
	if len(got.Recordings) != 1 || got.Recordings[0].Failed != "disk_full" || got.Recordings[0].State == "ready" {
		t.Errorf("recordings %+v", got.Recordings)
	}
	Wait(t, "the notice is counted", func() bool { return p.metric(`notices_total`) == 1 })
	p.Sound()
}
