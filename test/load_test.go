package test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestThousandCalls: a thousand callers, forty a second, and fifty phones of
// agents, all of whom end in any way there is. Afterwards every call that was let
// in stands in the history once, nothing is left of any of them, and every
// invariant holds, on the disk too.
//
// While calls come it does not run beside others: it wants both cores. It takes a
// minute until the last of them, and what was kept of it, has gone: others may go
// on meanwhile.
func TestThousandCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute of SIPp")
	}
	needSipp(t)
	const calls = 1000
	began := time.Now()
	at := ports(t, 1)
	phones := Phones(t, at, "phones_random.xml")
	p := demo(t, 5, "--phones=50", fmt.Sprintf("--phones-at=127.0.0.1:%d", at), "--log-level=info")
	numbers := filepath.Join(t.TempDir(), "numbers.csv")
	list := "SEQUENTIAL\n"
	for i := range 50 {
		switch i % 25 {
		case 7:
			list += "+33100000008;\n" // where nobody serves
		case 13:
			list += "+33199999999;\n" // nowhere
		case 19:
			list += "202;\n" // nobody there
		default:
			list += "+33100000009;\n"
		}
	}
	if err := os.WriteFile(numbers, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	callers := p.Sipp(t, "callers_random.xml", "-inf", numbers, "-m", fmt.Sprint(calls), "-r", "40", "-l", fmt.Sprint(calls))
	WaitFor(t, time.Minute, "all have called", func() bool {
		return p.metric("sip_calls_admitted_total")+p.metric("sip_calls_refused_total") == calls
	})
	t.Logf("all have called after %v", time.Since(began))
	t.Parallel()
	if err := callers.Over(150 * time.Second); err != nil {
		t.Errorf("SIPp: some calls did not keep to the scenario: %v\n%s", err, callers.Errors())
	}
	t.Logf("all calls are over after %v", time.Since(began))
	WaitFor(t, 45*time.Second, "nothing is left of them", func() bool { // transactions live on for 32 s
		return p.metric("sip_legs")+p.metric("audio_ports_in_use")+p.metric("audio_rooms")+p.metric("sip_transactions") == 0
	})
	t.Logf("nothing is left of them after %v", time.Since(began))
	p.checkRecords(t, calls)
	p.Sound()
	if n := p.metric("floor_panics_total"); n != 0 {
		t.Errorf("the floor panicked %v times", n)
	}
	phones.Stop()
	p.Stop()
	if out, err := run(t, "check", "--data="+p.Dir); err != nil {
		t.Errorf("check: %v\n%s", err, tailOf(out, 20))
	}
}

// checkRecords says that each of so many calls has one record, which is closed.
func (p *Program) checkRecords(t *testing.T, calls int) {
	t.Helper()
	// A machine that has much else to do sheds calls when it is late. Each is then
	// refused once, whatever was sent again.
	admitted, refused := int(p.metric("sip_calls_admitted_total")), int(p.metric("sip_calls_refused_total"))
	if admitted+refused != calls || refused > calls/10 {
		t.Errorf("of %d calls %d were let in and %d refused for overload", calls, admitted, refused)
	}
	var all []Interaction
	admin := p.Login("admin")
	Wait(t, "every record is on the disk", func() bool {
		all = admin.interactions()
		return len(all) >= admitted
	})
	outcomes, seen := map[string]int{}, map[string]bool{}
	for _, x := range all {
		outcomes[x.Outcome]++
		if seen[x.Call] {
			t.Errorf("call %s has two records", x.Call)
		}
		seen[x.Call] = true
		if x.Ended == "" || x.Outcome == "" || x.EndedBy == "" {
			t.Errorf("call %s is not closed: %+v", x.Call, x)
		}
	}
	t.Logf("%d records: %v", len(all), outcomes)
	if len(all) != admitted {
		t.Errorf("%d calls were let in and %d stand in the history", admitted, len(all))
	}
	for _, outcome := range []string{"answered", "abandoned", "refused"} {
		if outcomes[outcome] < admitted/50 {
			t.Errorf("only %d calls were %s: the run proves little", outcomes[outcome], outcome)
		}
	}
	for _, x := range all {
		if x.Outcome != "failed" {
			continue
		}
		admin.Do("GET", "/api/v1/interactions/"+x.ID, nil, &x)
		if x.Cause.Why != "not_acked" {
			t.Errorf("call %s failed by our fault: %s", x.Call, x.Cause.Why)
		}
	}
}
