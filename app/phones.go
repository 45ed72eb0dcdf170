package app

import (
	"context"
	"sync/atomic"
	"time"

	"belfry/core"
	"belfry/number"
	"belfry/sip"
)

// phoneBook is what SIP phones log in with, by extension, as of a moment ago.
// The SIP driver asks it on the path of calls, where nothing may wait for a disk.
type phoneBook struct {
	secrets atomic.Pointer[map[string]sip.Secret]
}

// phonesEvery is how soon a password counts that was set from a terminal.
const phonesEvery = 2 * time.Second

// openPhones reads the phones' passwords, and reads them again from time to time.
func (n *Node) openPhones(ctx context.Context) error {
	if err := n.readPhones(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		again := time.NewTicker(phonesEvery)
		defer again.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-again.C:
				if err := n.readPhones(ctx); err != nil && ctx.Err() == nil {
					n.log.Warn("the phones' passwords cannot be read; those of a moment ago hold", "err", err)
				}
			}
		}
	}()
	n.onStop(func(context.Context) { stop(); <-done })
	return nil
}

func (n *Node) readPhones(ctx context.Context) error {
	list, err := n.store.PhoneSecrets(ctx)
	if err != nil {
		return err
	}
	book := make(map[string]sip.Secret, len(list))
	p := n.plan.Load()
	for _, s := range list {
		// Who got another extension needs another password: the hashes are of the old one.
		if u := p.User(s.User); u != nil && u.Extension == s.Extension {
			book[s.Extension] = sip.Secret{MD5: s.MD5, SHA256: s.SHA256}
		}
	}
	n.phones.secrets.Store(&book)
	return nil
}

// secret is what an extension's phones log in with.
func (b *phoneBook) secret(extension string) (sip.Secret, bool) {
	s, ok := (*b.secrets.Load())[extension]
	return s, ok
}

// colleague says who has an extension.
func (n *Node) colleague(extension string) (core.UserID, bool) {
	if u := n.plan.Load().Extension(extension); u != nil {
		return u.ID, true
	}
	return "", false
}

// dialled reads what a colleague's phone has dialled. Emergency numbers come
// before extensions of the same digits.
func (n *Node) dialled(text string) (string, core.NumberClass) {
	p := n.plan.Load()
	to, class, ok := number.Read(text, p.Doc.Company.Country)
	if ok && class == core.ClassEmergency {
		return to, class
	}
	switch ours, user := p.Dialled(text); {
	case user != nil:
		return user.Extension, ""
	case ours != nil:
		return ours.Number, ""
	case !ok:
		return text, ""
	case p.Number(to) != nil: // ours, written as it is at home
		return to, ""
	}
	return to, class
}

// phoneSRTP is whether the audio of a user's phones is to be encrypted.
func (n *Node) phoneSRTP(id core.UserID) string {
	if u := n.plan.Load().User(id); u != nil {
		return u.SRTP
	}
	return ""
}

// fixedPhone says whether a user's station is a phone that the plan names; what
// they register besides is no station of theirs.
func (n *Node) fixedPhone(id core.UserID) bool {
	u := n.plan.Load().User(id)
	return u != nil && u.Phone != ""
}

// forgetPhones says that no phone is registered yet, whatever the floor remembers
// of its last life. Those that are still there will say so.
func (n *Node) forgetPhones() {
	for _, u := range n.plan.Load().Doc.Users {
		if u.Extension != "" && u.Phone == "" {
			n.tellAll(core.StationGone{Agent: u.ID, Station: sip.StationOf(u.ID), Why: "restart"})
		}
	}
}
