package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"belfry/api"
	"belfry/core"
	"belfry/core/plan"
	"belfry/store"
)

// shortestPassword is in characters.
const shortestPassword = 8

// setup is the first run: nobody has a password yet, and whoever has the link
// sets the administrator's, once. The link holds the token, this its hash.
type setup struct {
	node  *Node
	token string // for the link; forgotten once that is told
	hash  [sha256.Size]byte

	mu   sync.Mutex
	over bool
}

// settle writes the starter company into a data folder that was empty.
func (n *Node) settle(ctx context.Context) (uint64, []byte, error) {
	id := core.CompanyID("com_" + strings.ToLower(rand.Text()))
	doc, err := json.Marshal(starter(id, "My company", "en", machineZone(), nameless("en")))
	if err != nil {
		return 0, nil, fmt.Errorf("write the first company: %w", err)
	}
	revision, err := n.store.SavePlan(ctx, id, 0, doc)
	if err != nil {
		return 0, nil, fmt.Errorf("save the first company: %w", err)
	}
	n.log.InfoContext(ctx, "the data folder was empty: it has a first company now", "company", id)
	return revision, doc, nil
}

// offerSetup makes the one-time link, as long as nobody has a password.
func (n *Node) offerSetup(ctx context.Context) error {
	claimed, err := n.claimed(ctx)
	if err != nil || claimed {
		return err
	}
	if administrator(n.plan.Load()) == nil {
		n.log.WarnContext(ctx, "nobody has a password, and no user is an administrator: belfry user passwd LOGIN sets one")
		return nil
	}
	token := rand.Text() // 128 bits and more
	n.setup = &setup{node: n, token: token, hash: sha256.Sum256([]byte(token))}
	return nil
}

// claimed says whether anybody can log in.
func (n *Node) claimed(ctx context.Context) (bool, error) {
	users, err := n.store.Users(ctx)
	if err != nil {
		return false, err
	}
	for _, u := range users {
		if u.HasPassword && !u.Disabled {
			return true, nil
		}
	}
	return false, nil
}

// administrator is the first user who may administer; nil when none does.
func administrator(p *plan.Plan) *plan.User {
	for i := range p.Doc.Users {
		if u := &p.Doc.Users[i]; p.Can(u.ID, plan.Administer) {
			return u
		}
	}
	return nil
}

// tellSetup prints the link, and forgets it.
func (n *Node) tellSetup(p Process) {
	if n.setup == nil {
		return
	}
	link := n.reach() + "/setup#" + n.setup.token
	n.setup.token = ""
	fmt.Fprintf(p.Stdout, `
  Belfry is running, and nobody can log in yet. Open this link to set it up:

    %s

  It works once. Whoever opens it first becomes the administrator.

`, link)
	n.log.Info("not set up yet: open the link", "link", link)
}

// reach is the pages' address as a browser may ask for it: one that listens
// everywhere is reached under the machine's name.
func (n *Node) reach() string {
	host, port, err := net.SplitHostPort(n.listener.Addr().String())
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return n.URL()
	}
	name, err := os.Hostname()
	if err != nil {
		name = "localhost"
	}
	scheme, _, _ := strings.Cut(n.URL(), "://")
	return scheme + "://" + net.JoinHostPort(name, port)
}

// Waiting says whether the link still works.
func (s *setup) Waiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.over
}

// Finish names the company and sets the administrator's password. The password
// comes last: until it is set the link works, after it never again.
func (s *setup) Finish(ctx context.Context, token string, first api.FirstRun) (core.UserID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	over := core.Errorf(core.Denied, "setup-over", "This link does not work: it was used already, or the program was started again.")
	hash := sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(hash[:], s.hash[:]) != 1 || s.over {
		return "", over
	}
	switch claimed, err := s.node.claimed(ctx); {
	case err != nil:
		return "", err
	case claimed: // from the terminal, meanwhile
		s.over = true
		return "", over
	}
	if utf8.RuneCountInString(first.Password) < shortestPassword {
		return "", core.FieldErrorf("body.password", "password-short", "a password has at least %d characters", shortestPassword)
	}
	if err := s.node.introduce(ctx, first); err != nil {
		return "", err
	}
	admin := administrator(s.node.plan.Load())
	if admin == nil {
		return "", over
	}
	if err := s.node.store.SetPassword(ctx, admin.ID, admin.Login, first.Password); err != nil {
		return "", err
	}
	s.over = true
	s.node.log.InfoContext(ctx, "set up", "company", first.Company, "login", admin.Login)
	return admin.ID, nil
}

// introduce changes the plan by what was said at the first run.
func (n *Node) introduce(ctx context.Context, first api.FirstRun) error {
	return n.change(ctx, store.Author{}, func(now *plan.Plan) (*plan.Plan, []store.Edit, error) {
		doc := *now.Doc
		introduce(&doc, first)
		next, err := plan.Compile(now.Revision+1, &doc)
		return next, nil, err
	})
}

// introduce puts what was said at the first run into the plan. A starter that nobody
// has touched is written anew, with prompts of the company's language.
func introduce(d *plan.Doc, first api.FirstRun) {
	company := d.Company
	company.Name = first.Company
	if first.Language != "" {
		company.Language = first.Language
	}
	if first.Zone != "" {
		company.Zone = first.Zone
	}
	if untouched(d) {
		admin := first.Name
		if admin == "" {
			admin = nameless(company.Language)
		}
		*d = *starter(company.ID, company.Name, company.Language, company.Zone, admin)
		return
	}
	d.Company = company
}
