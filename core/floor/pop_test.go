package floor

import (
	"strings"
	"testing"

	"belfry/core"
)

// TestPopsTellNoSecret: what a caller typed in secret goes neither into an
// address nor to another program.
func TestPopsTellNoSecret(t *testing.T) {
	t.Parallel()
	s := newTeller(t)
	s.tell(`08:59:50 set que_sales {"buttons":[{"id":"crm","label":"C","kind":"url","address":"https://crm.example.com/?card={{var.card}}&order={{var.order}}","when":"presented"},{"id":"shop","label":"S","kind":"http","address":"http://127.0.0.1:9000/{{var.card}}","when":"accepted"}]}`)
	s.tell("09:00:00 ready ann")
	s.tell("09:00:01 in c1 +33100000001 from +33600000001")
	c := s.f.calls["cal_c1"]
	c.Run.Vars = append(c.Run.Vars, core.Var{Name: "card", Value: "4970", Secret: true}, core.Var{Name: "order", Value: "77"})
	for _, ln := range []string{"09:00:02 drawn ann", "09:00:03 accept ann", "09:00:04 pops ann"} {
		s.tell(ln)
	}
	told := s.out.String()
	if strings.Contains(told, "4970") || !strings.Contains(told, "card=&order=77") || !strings.Contains(told, "request http://127.0.0.1:9000/ ") || !strings.Contains(told, "0 of its variables are secret") {
		t.Errorf("what is told of the card:\n%s", told)
	}
}

// TestPopsAreBounded: an agent's list holds twenty, and no more than ten are
// under way at once by hand.
func TestPopsAreBounded(t *testing.T) {
	t.Parallel()
	s := newTeller(t)
	s.tell(`08:59:50 set que_sales {"buttons":[{"id":"shop","label":"S","kind":"http","address":"http://127.0.0.1:9000/","when":"by_hand"}]}`)
	for _, ln := range []string{"09:00:00 ready ann", "09:00:01 in c1 +33100000001 from +33600000001", "09:00:02 drawn ann", "09:00:03 accept ann"} {
		s.tell(ln)
	}
	for range mostUnder + 1 {
		s.tell("09:00:04 press ann c1 shop")
	}
	if n := strings.Count(s.out.String(), "-> request "); n != mostUnder || !strings.Contains(s.out.String(), "no: others are still under way") {
		t.Errorf("%d requests at once:\n%s", n, s.out.String())
	}
	for range 3 * mostPops {
		s.tell("09:00:05 replied ann shop 200")
		for _, p := range s.f.agents["usr_ann"].Pops {
			if p.Until != 0 {
				s.step(core.RequestEnded{Agent: "usr_ann", Pop: p.ID, Status: 200})
				break
			}
		}
		s.tell("09:00:05 press ann c1 shop")
	}
	if n := len(s.f.agents["usr_ann"].Pops); n > mostPops {
		t.Errorf("the list holds %d", n)
	}
}
