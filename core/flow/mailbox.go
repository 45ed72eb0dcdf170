package flow

import "belfry/core"

// mailbox lets the caller leave a message in a voice mailbox.
type mailbox struct {
	Mailbox core.MailboxID `json:"mailbox"`
}

func (m *mailbox) check(c *check) {
	if c.plan.Mailbox(m.Mailbox) == nil {
		c.setting("mailbox", "no-such-mailbox", "there is no voice mailbox %q", string(m.Mailbox))
	}
}

func (m *mailbox) enter(w *walk) string {
	box := w.env.Plan.Mailbox(m.Mailbox)
	if box == nil {
		w.note("there is no voice mailbox %s", short(string(m.Mailbox)))
		return "default"
	}
	w.note("voice mailbox %s", short(box.Name))
	w.away(LeaveMessage{Mailbox: m.Mailbox})
	return ""
}

func (m *mailbox) input(w *walk, in Input) string { return w.left(in) }
