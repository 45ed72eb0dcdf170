package talk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"belfry/app/demo"
	"belfry/core"
	"belfry/core/plan"
	"belfry/media"
	"belfry/media/codec"
	"belfry/sip"
	"belfry/store"
	"belfry/test"
)

// patience is how long something may take on a machine that has much else to do.
const patience = 30 * time.Second

// house is the whole program with a company of teams, and everybody outside.
type house struct {
	*test.Program
	t        testing.TB
	audio    *media.Engine
	phone    *sip.Phone // everybody's
	client   *http.Client
	beat     *metronome
	work     sync.WaitGroup
	sessions map[string]string // cookies, by login
	admin    *page
	teams    []*team

	mu         sync.Mutex
	extensions map[string]*extension // by what is dialled
}

// team is a corner of the company that no other one touches: an agent who gets
// calls of a queue, a colleague who serves another queue, a second colleague at
// a SIP phone, and somebody outside.
type team struct {
	h                *house
	n                int
	agent, colleague *page
	phone, outside   *extension
	own              *extension // the agent's own phone, once it is registered
	calls            []string   // interactions whose recordings are looked at
}

// The names of a team's things.
func (m *team) number() string     { return fmt.Sprintf("+3314700%04d", m.n) } // leads to the agent
func (m *team) far() string        { return fmt.Sprintf("+3314500%04d", m.n) } // outside
func (m *team) queue() string      { return fmt.Sprintf("que_a%02d", m.n) }
func (m *team) extension() string  { return fmt.Sprintf("4%03d", m.n) } // of the agent
func (m *team) otherQueue() string { return fmt.Sprintf("que_b%02d", m.n) }

// tones are those of each team's five voices, chosen so that neither a harmonic
// of one, as companding makes them, nor the sum or difference of two sounds like
// another's.
var tones = [][5]int{
	{571, 771, 901, 1279, 1457},
	{963, 1023, 1051, 1519, 1797},
	{649, 843, 979, 1331, 1591},
	{409, 1011, 1039, 1529, 1563},
	{611, 639, 1429, 1547, 1751},
	{949, 1097, 1197, 1651, 1773},
	{857, 1091, 1173, 1741, 1891},
	{869, 1409, 1483, 1703, 1791},
	{997, 1067, 1103, 1447, 1841},
	{447, 497, 629, 1219, 1297},
}

func hz(team, voice int) int { return tones[team][voice] }

// change is what a test wants otherwise in the plan.
type change func(*plan.Doc)

// open starts a company of so many teams.
func open(t testing.TB, teams int, changes ...change) *house {
	t.Helper()
	return openWith(t, teams, nil, changes...)
}

// openWith is open with more words on the program's command line.
func openWith(t testing.TB, teams int, args []string, changes ...change) *house {
	t.Helper()
	h := &house{
		t: t, beat: newMetronome(), sessions: map[string]string{}, extensions: map[string]*extension{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}, Timeout: 0},
	}
	t.Cleanup(h.beat.stop)
	h.phones()
	dir := t.TempDir()
	h.fill(dir, teams, changes)
	h.Program = test.Serve(t, dir, args...)
	h.admin = h.page("admin", 0)
	h.admin.user = "usr_ada"
	var all sync.WaitGroup
	for n := range teams {
		m := &team{h: h, n: n}
		m.agent, m.colleague = h.page(fmt.Sprintf("a%02d", n), hz(n, 0)), h.page(fmt.Sprintf("c%02d", n), hz(n, 1))
		m.phone = h.extension(fmt.Sprintf("p%02d", n), hz(n, 2), fmt.Sprintf("p%02d", n))
		m.own = h.extension("the agent's phone", hz(n, 0), m.extension())
		m.outside = h.extension("the number outside", hz(n, 3), m.far())
		h.teams = append(h.teams, m)
		for _, p := range []*page{m.agent, m.colleague} {
			t.Cleanup(p.leave)
			all.Go(func() { p.open(t) })
		}
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return h
}

// phones starts the phones of everybody outside.
func (h *house) phones() {
	h.t.Helper()
	ip, log := netip.MustParseAddr("127.0.0.1"), slog.New(slog.DiscardHandler)
	var err error
	if h.audio, err = media.New(media.Options{
		PortLow: 30000, PortHigh: 39998, BindIP: ip, DataDir: h.t.TempDir(), Tell: func(core.Event) {}, Log: log,
	}); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(h.audio.Close)
	if h.phone, err = sip.NewPhone(context.Background(), sip.PhoneOptions{Media: h.audio, Log: log, Incoming: h.called}); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { h.phone.Close(); h.work.Wait() })
}

// fill writes the company into an empty data folder.
func (h *house) fill(dir string, teams int, changes []change) {
	h.t.Helper()
	doc := demo.Doc()
	at := netip.MustParseAddrPort(h.phone.Addr())
	doc.Trunks = []plan.Trunk{{ID: "trk_out", Name: "out", Host: "127.0.0.1", Port: int(at.Port()), Ping: -1}}
	for n := range teams {
		add(doc, &team{n: n}, h.phone.Addr())
	}
	for _, c := range changes {
		c(doc)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		h.t.Fatal(err)
	}
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(dir, "belfry.db"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer s.Close()
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	_, err = s.SavePlan(ctx, doc.Company.ID, 0, text)
	must(err)
	must(s.SetPassword(ctx, "usr_sam", "sam", demo.Password))
	for _, u := range doc.Users {
		h.sessions[u.Login], err = s.OpenSession(ctx, u.ID, "a test", core.At(time.Now().Add(time.Hour)))
		must(err)
	}
	for n := range teams {
		m := &team{n: n}
		must(s.SetPhoneSecret(ctx, core.UserID(fmt.Sprintf("usr_a%02d", n)), m.extension(), demo.Password+"-"+m.extension()))
		must(s.SaveContact(ctx, store.Contact{ID: core.ContactID(fmt.Sprintf("con_%02d", n)), Name: fmt.Sprintf("Firm %d", n), Numbers: []string{m.far()}, Source: "directory"}))
	}
}

// add adds a team to the plan.
func add(doc *plan.Doc, m *team, phones string) {
	n, a, b := m.n, core.QueueID(m.queue()), core.QueueID(m.otherQueue())
	id := func(prefix string) string { return fmt.Sprintf("%s%02d", prefix, n) }
	rights := []plan.Right{plan.TakeCalls, plan.CallOut, plan.Transfer, plan.SeePool, plan.RecordCall}
	dials := []core.NumberClass{core.ClassNational, core.ClassMobile}
	for _, q := range []core.QueueID{a, b} {
		doc.Queues = append(doc.Queues, plan.Queue{
			ID: q, Name: string(q), Ring: 5, PostMode: "none", Music: "snd_music_default", Recording: "automatic",
			NoAnswerDelay: -1, RejectDelay: -1, BusyDelay: -1, MaxMisses: -1,
		})
	}
	doc.Profiles = append(doc.Profiles,
		plan.Profile{ID: core.ProfileID(id("pro_a")), Name: id("a"), Queues: []core.QueueID{a}, Supervises: []core.QueueID{a, b}, Rights: rights, Dials: dials},
		plan.Profile{ID: core.ProfileID(id("pro_b")), Name: id("b"), Queues: []core.QueueID{b}, Supervises: []core.QueueID{b}, Rights: rights, Dials: dials},
		plan.Profile{ID: core.ProfileID(id("pro_p")), Name: id("p"), Rights: []plan.Right{plan.TakeCalls}},
	)
	user := func(letter, profile string) plan.User {
		login := id(letter)
		return plan.User{ID: core.UserID("usr_" + login), Login: login, Name: login, Extension: fmt.Sprintf("%d%03d", letter[0]-'a'+4, n), Profile: core.ProfileID(id(profile)), RingSeconds: 5}
	}
	phone := user("p", "pro_p")
	phone.Phone = "sip:" + phone.Login + "@" + phones
	doc.Users = append(doc.Users, user("a", "pro_a"), user("c", "pro_b"), phone)
	doc.Groups = append(doc.Groups, plan.Group{ID: core.GroupID(id("grp_")), Name: id("group"), Shares: []plan.Share{{Queue: b, Percent: 100}}})
	for tree, q := range map[string]core.QueueID{id("tre_a"): a, id("tre_b"): b} {
		doc.Trees = append(doc.Trees, plan.Tree{ID: core.TreeID(tree), Name: tree, Version: 1, Nodes: []plan.Node{
			{ID: "start", Kind: plan.Starts, Outputs: map[string]string{"next": "queue"}},
			{ID: "queue", Kind: "queue", Settings: json.RawMessage(`{"queue":"` + string(q) + `"}`), Outputs: map[string]string{"default": "later"}},
			{ID: "later", Kind: "hangup", Settings: json.RawMessage(`{"sounds":["snd_busy_later"]}`)},
		}})
	}
	doc.Numbers = append(doc.Numbers, plan.Number{Number: m.number(), Tree: core.TreeID(id("tre_a"))})
}

// begin has a caller of the team come in and talk with its agent.
func (m *team) begin(t testing.TB, codecs ...codec.Codec) (caller *line, call deskCall) {
	t.Helper()
	m.agent.will("answer")
	caller = m.h.reach(t, "the caller", hz(m.n, 4), m.number(), codecs...)
	call = m.agent.call(t, "talking")
	m.talk(t, &caller.voice, &m.agent.voice)
	var r record
	m.h.admin.ask(t, "GET", "/api/v1/interactions/"+call.Interaction, nil, &r)
	if r.Outcome != "" || r.EndedBy != "" || r.Ended != nil {
		t.Errorf("the record of a call that lives says %+v", r)
	}
	return caller, call
}

// voices are all who could be heard in the team.
func (m *team) voices() []*voice {
	all := []*voice{}
	for n := range 5 {
		all = append(all, &voice{name: []string{"the agent", "the colleague", "the colleague's phone", "the number outside", "the caller"}[n], hz: hz(m.n, n)})
	}
	return all
}

// talk waits until those named hear each other and nobody else, not even
// themselves.
func (m *team) talk(t testing.TB, who ...*voice) {
	t.Helper()
	all := m.voices()
	said := ""
	until(t, func() string { return said }, func() bool {
		for _, v := range who {
			var others, known []*voice
			for _, x := range all {
				for _, w := range who {
					if w.hz == x.hz && w != v {
						others = append(others, x)
					}
				}
				known = append(known, x)
			}
			if said = v.hears(known, others...); said != "" {
				return false
			}
		}
		return true
	})
}

// music waits until somebody hears music, and nobody of the team.
func (m *team) music(t testing.TB, v *voice) {
	t.Helper()
	said := ""
	until(t, func() string { return said }, func() bool { said = v.hearsMusic(m.voices()); return said == "" })
}

// silence waits until somebody hears nothing.
func (m *team) silence(t testing.TB, v *voice) {
	t.Helper()
	said := ""
	until(t, func() string { return said }, func() bool { said = v.hears(nil); return said == "" })
}

// until waits until something holds.
func until(t testing.TB, what func() string, holds func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	late := time.After(patience)
	for !holds() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("waited %v in vain: %s", patience, what())
		}
	}
}

// read fetches raw bytes.
func (p *page) read(t testing.TB, path string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, p.h.HTTP+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "belfry_session", Value: p.cookie})
	res, err := p.h.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", path, res.Status, err)
	}
	return b
}

// still says that nothing is left of any call, and that all invariants hold.
func (h *house) still(t testing.TB) {
	t.Helper()
	until(t, func() string {
		return fmt.Sprintf("nothing is left: %v legs, %v ports, %v rooms", h.Metric("sip_legs"), h.Metric("audio_ports_in_use"), h.Metric("audio_rooms"))
	}, func() bool {
		return h.Metric("sip_legs")+h.Metric("audio_ports_in_use")+h.Metric("audio_rooms") == 0
	})
	h.Sound()
	if n := h.Metric("floor_panics_total"); n != 0 {
		t.Errorf("the floor panicked %v times", n)
	}
}
