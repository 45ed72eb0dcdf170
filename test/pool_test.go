package test

import "testing"

// TestPoolSaysWhy: who supervises a queue reads in the Banner why a call waits in
// it, why they may only look, and that they may give it to an agent.
func TestPoolSaysWhy(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	if status := p.Login("admin").Patch("/api/v1/profiles/pro_admin", `{"queues":["que_sales"],"supervises":["que_sales"]}`); status != 200 {
		t.Fatalf("the profile is not changed: %d", status)
	}
	admin := p.Agent(t, "admin")
	admin.Be("act_break")
	ph := p.Dial("+33100000001")
	admin.WaitText("Nobody who serves this queue is on shift")
	admin.WaitText("Your profile does not take calls from here")
	admin.WaitText("Assign")
	ph.HangUp()
	admin.WaitText("No call waiting.")
	admin.CheckErrors()
	p.Sound()
}
