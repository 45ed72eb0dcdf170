package test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// noting has the page write down when the list of calls changed so that a number
// stands in it, or stands in it no more. Tests and pages go by the same clock.
const noting = `(() => {
	globalThis.__seen = {};
	const look = () => {
		const text = document.querySelector('[data-region="pool"]')?.innerText ?? "";
		const now = Date.now(), there = new Set(text.match(/\+33 6 50 00 [0-9 ]{5}/g) ?? []);
		for (const one of there) (__seen[one] ??= {}).came ??= now;
		for (const one in __seen) if (!there.has(one)) __seen[one].went ??= now;
	};
	new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
	return true;
})()`

// TestPoolLag says how long after its INVITE a call stands in "Calls in pool" of a
// page, and how long after its BYE it has gone: BELFRY_MEASURE=1 go test ./test
// -run PoolLag -v. It is a figure, and no test: a busy machine is slower.
func TestPoolLag(t *testing.T) {
	if os.Getenv("BELFRY_MEASURE") == "" {
		t.Skip("BELFRY_MEASURE=1 wants figures")
	}
	const calls = 60
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ann.Be("act_break")
	for range 5 { // so that the list is not empty in between
		p.Dial("+33100000002", "--from", "+33144001022")
	}
	ann.WaitText("5 waiting")
	ann.Eval(noting, nil)
	var came, went []float64
	for n := range calls {
		shown := fmt.Sprintf("+33 6 50 00 00 %02d", n)
		at := fmt.Sprintf(`__seen[%q]?.`, shown)
		began := time.Now()
		l := p.ListenAs(t, "+33100000001", fmt.Sprintf("+336500000%02d", n))
		var ms float64
		ann.Wait(at + "came")
		ann.Eval(at+"came", &ms)
		came = append(came, ms-float64(began.UnixMicro())/1e3)
		ann.Pass(time.Duration(n*37%500) * time.Millisecond) // at any moment between two lists
		began = time.Now()
		l.HangUp()
		ann.Wait(at + "went")
		ann.Eval(at+"went", &ms)
		went = append(went, ms-float64(began.UnixMicro())/1e3)
	}
	for name, ms := range map[string][]float64{"INVITE -> in the list of the page": came, "BYE -> gone from it": went} {
		slices.Sort(ms)
		t.Logf("%-34s p50 %4.0f ms, p99 %4.0f ms (of %d)", name, ms[len(ms)/2], ms[len(ms)*99/100], len(ms))
	}
}
