package floor

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

func usr(name string) core.UserID { return core.UserID("usr_" + name) }

// caller is the leg of a call: c1 is cal_c1, its leg leg_s_c1.
func caller(call string) core.LegID { return core.LegID("leg_s_" + call) }

// events are what a story's word means.
func (s *teller) events(verb string, args []string) []core.Event {
	s.t.Helper()
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	ask := func(w core.Want) []core.Event {
		return []core.Event{core.Asked{Ask: core.AskID(s.seq + 1), Agent: usr(arg(0)), Want: w}}
	}
	mine := func() core.CallID { return s.f.agents[usr(arg(0))].Call }
	switch verb {
	case "ready": // a page, a line, a shift
		return append(s.events("line", args), ask(core.StartShift{})...)
	case "line":
		s.line[arg(0)] = fmt.Sprintf("leg_b_%s%d", arg(0), s.seq)
		return []core.Event{
			core.PageCame{Agent: usr(arg(0))},
			core.StationUp{Agent: usr(arg(0)), Station: core.StationID("sta_" + s.line[arg(0)]), Kind: core.BrowserStation, Leg: core.LegID(s.line[arg(0)])},
		}
	case "line-gone":
		return []core.Event{core.StationGone{Agent: usr(arg(0)), Station: core.StationID("sta_" + s.line[arg(0)]), Why: "closed"}}
	case "page":
		return []core.Event{core.PageCame{Agent: usr(arg(0))}}
	case "page-gone":
		return []core.Event{core.PageGone{Agent: usr(arg(0))}}
	case "frozen":
		return []core.Event{core.PageFroze{Agent: usr(arg(0))}}
	case "thawed":
		return []core.Event{core.PageThawed{Agent: usr(arg(0))}}
	case "checked": // checked ann no_mic: what the page finds of its sound
		return []core.Event{core.SoundChecked{Agent: usr(arg(0)), Fault: arg(1)}}
	case "shift":
		return ask(core.StartShift{Activity: core.ActivityID(arg(1))})
	case "end-shift":
		return ask(core.EndShift{})
	case "activity":
		return ask(core.SetActivity{Activity: core.ActivityID("act_" + arg(1))})
	case "drawn":
		return []core.Event{core.RingDrawn{Agent: usr(arg(0)), Offer: s.off[arg(0)]}}
	case "accept":
		return ask(core.Accept{Offer: s.off[arg(0)]})
	case "decline":
		return ask(core.Decline{Offer: s.off[arg(0)]})
	case "return":
		return ask(core.Return{})
	case "hold":
		return ask(core.Hold{Call: mine()})
	case "resume":
		return ask(core.Resume{Call: mine()})
	case "mute":
		return ask(core.MuteMic{Call: mine()})
	case "unmute":
		return ask(core.UnmuteMic{Call: mine()})
	case "hangup":
		return ask(core.Hangup{Call: mine()})
	case "keys":
		return ask(core.Keys{Call: mine(), Digits: arg(1)})
	case "dial": // dial ann b1 201|+33… [via TREE]
		w := core.PlaceCall{Call: core.CallID("cal_" + arg(1)), To: s.target(arg(2))}
		if arg(3) == "via" {
			w.Routing = core.TreeID(arg(4))
		}
		return ask(w)
	case "send", "consult": // send ann c1 TARGET [note words]; the transfer is named t_c1
		w := core.Transfer{Call: core.CallID("cal_" + arg(1)), Transfer: core.TransferID(fmt.Sprintf("tra_%d", s.seq)), To: s.target(arg(2))}
		s.transfer = w.Transfer
		if w.Attended = verb == "consult"; w.Attended {
			w.Consult = core.CallID("cal_" + arg(3))
		} else {
			w.Note = strings.Join(args[3:], " ")
			switch arg(3) { // send ann c1 que_support anew, or +120s
			case "anew":
				w.Fresh, w.Note = true, ""
			default:
				if d, err := time.ParseDuration(strings.TrimPrefix(arg(3), "+")); err == nil {
					w.Raise, w.Note = d, ""
				}
			}
		}
		return ask(w)
	case "complete":
		return ask(core.CompleteTransfer{Transfer: s.transfer})
	case "cancel":
		return ask(core.CancelTransfer{Transfer: s.transfer})
	case "swap":
		return ask(core.Resume{Call: s.f.agents[usr(arg(0))].Other})
	case "merge":
		return ask(core.Merge{Call: core.CallID("cal_" + arg(1)), With: core.CallID("cal_" + arg(2))})
	case "mute-party", "unmute-party":
		return ask(core.MuteParty{Call: core.CallID("cal_" + arg(1)), Leg: s.party(arg(2)), On: verb == "mute-party"})
	case "remove":
		return ask(core.RemoveParty{Call: core.CallID("cal_" + arg(1)), Leg: s.party(arg(2))})
	case "tape":
		return ask(core.SetTape{Call: mine(), State: core.TapeState(arg(1))})
	case "station":
		return ask(core.UseStation{Kind: core.StationKind(arg(1)), Number: arg(2), Class: core.ClassNational})
	case "registered":
		return []core.Event{core.StationUp{Agent: usr(arg(0)), Station: core.StationID("sta_p_" + arg(0)), Kind: core.PhoneStation}}
	case "unregistered":
		return []core.Event{core.StationGone{Agent: usr(arg(0)), Station: core.StationID("sta_p_" + arg(0)), Why: "expired"}}
	case "repair":
		return ask(core.Repair{Call: mine()})
	case "take":
		return ask(core.Take{Call: core.CallID("cal_" + arg(1))})
	case "assign":
		return ask(core.Assign{Call: core.CallID("cal_" + arg(1)), Agent: usr(arg(2))})
	case "activity-of":
		return ask(core.SetActivityOf{Agent: usr(arg(1)), Activity: core.ActivityID("act_" + arg(2))})
	case "return-of":
		return ask(core.ReturnOf{Agent: usr(arg(1))})
	case "take-small":
		return ask(core.Take{Call: core.CallID("cal_" + arg(1)), Small: true})
	case "extend":
		return ask(core.ExtendPost{})
	case "end-post":
		w := core.EndPost{}
		if arg(1) != "" {
			w.Interaction = core.InteractionID("int_" + arg(1))
		}
		return ask(w)
	case "qualify": // qualify ann c1 VALUE
		return ask(core.Qualify{Interaction: core.InteractionID("int_" + arg(1)), Value: strings.Join(args[2:], " ")})
	case "profile":
		return ask(core.UseProfile{Profile: core.ProfileID("pro_" + arg(1))})
	case "status":
		return ask(core.SetStatus{Status: core.Status{Kind: arg(1), Text: strings.Join(args[min(2, len(args)):], " ")}})
	case "missed": // says what is on the agent's list
		w := ""
		for _, m := range s.f.Desk(usr(arg(0))).Missed {
			w += fmt.Sprintf(" %s %s;", m.From.Number, m.Cause)
		}
		fmt.Fprintf(&s.out, "  :: missed:%s\n", w)
		return nil
	case "skip":
		return ask(core.SkipWhisper{Call: mine()})
	case "pops", "claim", "press", "replied":
		return s.popEvents(verb, args, ask)
	}
	return s.lineEvents(verb, args, arg)
}

// party is the leg of a call, an agent's line, or a number that was called.
func (s *teller) party(name string) core.LegID {
	if l := s.leg[name]; l != "" {
		return l
	}
	if l := s.line[name]; l != "" {
		return core.LegID(l)
	}
	return caller(name)
}

// lineEvents are the words about calls and legs.
func (s *teller) lineEvents(verb string, args []string, arg func(int) string) []core.Event {
	s.t.Helper()
	leg := func() core.LegID {
		if name, line := strings.CutSuffix(arg(0), "-line"); line {
			return core.LegID(s.line[name])
		}
		if l := s.leg[arg(0)]; l != "" {
			return l
		}
		return caller(arg(0))
	}
	switch verb {
	case "call", "announced": // call c1 NUMBER [from NUMBER]
		ev := core.CallCame{Call: core.CallID("cal_" + arg(0)), Leg: caller(arg(0)), To: arg(1), Codec: "PCMU", Announce: verb == "announced"}
		if arg(4) == "class" {
			ev.Class = core.NumberClass(arg(5))
		}
		ev.From = core.Party{Number: arg(3), Anonymous: arg(3) == ""}
		if strings.HasPrefix(arg(3), "usr_") {
			ev.User, ev.From = core.UserID(arg(3)), core.Party{Number: "230"}
		}
		return []core.Event{ev}
	case "up":
		ev := core.LegUp{Leg: leg()}
		if strings.HasPrefix(arg(0), "+") {
			ev.Class = classOf(arg(0))
		}
		return []core.Event{ev}
	case "in": // a call that is answered and acknowledged at once
		return append(s.lineEvents("call", args, arg), core.LegUp{Leg: caller(arg(0))})
	case "rang":
		return []core.Event{core.LegRang{Leg: leg()}}
	case "gone":
		return []core.Event{core.LegGone{Leg: leg(), Cause: core.Cause{Why: core.Why(arg(1)), Reason: arg(2)}}}
	case "held":
		return []core.Event{core.LegHeld{Leg: leg(), Held: true}}
	case "unheld":
		return []core.Event{core.LegHeld{Leg: leg()}}
	case "rang-early":
		return []core.Event{core.LegRang{Leg: leg(), Early: true}}
	case "missed-sound":
		return []core.Event{core.SoundMissed{Leg: leg(), On: arg(1) != "again"}}
	case "refer": // refer pat TARGET [replaces LEG]
		ev := core.Referred{Leg: leg(), To: arg(1), Class: s.target(arg(1)).Class}
		if arg(2) == "replaces" {
			ev.Replaces = s.party(arg(3))
		}
		return []core.Event{ev}
	case "rolled":
		c := s.f.calls[core.CallID("cal_"+arg(0))]
		return []core.Event{core.TapeRolled{Call: c.ID, Tape: c.Tape.ID, On: arg(1) != "off"}}
	case "tape-failed":
		c := s.f.calls[core.CallID("cal_"+arg(0))]
		return []core.Event{core.TapeFailed{Call: c.ID, Tape: c.Tape.ID, Why: arg(1)}}
	case "digit":
		return []core.Event{core.DigitCame{Leg: leg(), Digit: arg(1)[0]}}
	case "played":
		var missing []core.SoundID
		if arg(1) != "" {
			missing = append(missing, core.SoundID(arg(1)))
		}
		return []core.Event{core.PlayEnded{Leg: leg(), Play: s.play[string(leg())], Missing: missing}}
	case "zipped":
		return []core.Event{core.PlayEnded{Leg: core.LegID(s.line[arg(0)]), Play: s.play[s.line[arg(0)]]}}
	case "recorded":
		d, err := time.ParseDuration(arg(1))
		if err != nil {
			s.t.Fatal(err)
		}
		r := s.rec[string(leg())]
		return []core.Event{core.RecordEnded{Leg: leg(), Record: r, Length: d, Why: arg(2), File: "voice/" + string(r) + ".wav"}}
	case "silent":
		return []core.Event{core.AudioLost{Leg: core.LegID(s.line[arg(0)])}}
	case "sound":
		return []core.Event{core.AudioBack{Leg: core.LegID(s.line[arg(0)])}}
	case "contact": // contact c1 Claire Fontaine [vip] [7 earlier]
		ev := core.ContactCame{Call: core.CallID("cal_" + arg(0)), Contact: "con_1"}
		words := args[1:]
		if n := len(words); n > 1 && words[n-1] == "earlier" {
			ev.Earlier, _ = strconv.Atoi(words[n-2])
			words = words[:n-2]
		}
		if n := len(words); n > 1 && words[n-1] == "vip" {
			ev.VIP, words = true, words[:n-1]
		}
		ev.Name = strings.Join(words, " ")
		return []core.Event{ev}
	case "restart":
		return s.restarted(args)
	case "failed":
		return []core.Event{core.CallFailed{Call: core.CallID("cal_" + arg(0)), What: "a step panicked"}}
	case "removed": // the queue leaves the plan
		d := company()
		d.Queues = d.Queues[1:]
		for i := range d.Profiles {
			d.Profiles[i].Queues, d.Profiles[i].Supervises = nil, nil
		}
		d.Company.CallerID = ""
		d.Groups, d.Trees, d.Numbers = nil, nil, nil
		for i := range d.Users {
			d.Users[i].Busy = nil
		}
		return []core.Event{core.PlanChanged{Revision: 2, Doc: doc(s.t, d)}}
	case "limits": // limits 2 1: calls in an hour, paid minutes in a day, of an agent
		d := company()
		d.Company.AgentCallsHour, _ = strconv.Atoi(arg(0))
		d.Company.AgentPaidMinutes, _ = strconv.Atoi(arg(1))
		for i := range d.Profiles {
			d.Profiles[i].Dials = append(d.Profiles[i].Dials, core.ClassInternational)
		}
		return []core.Event{core.PlanChanged{Revision: 2, Doc: doc(s.t, d)}}
	case "consent": // callers are told that they are recorded
		d := company()
		d.Company.Consent = "snd_consent"
		d.Sounds = append(d.Sounds, plan.Sound{ID: "snd_consent", Name: "consent", File: "consent.wav"})
		return []core.Event{core.PlanChanged{Revision: 2, Doc: doc(s.t, d)}}
	case "set": // set que_sales {"strategy":"ring_all"}: an administrator saves
		return s.set(arg(0), strings.Join(args[1:], " "))
	case "unset": // unset que_sales: an administrator removes a queue or a user
		return s.unset(arg(0))
	case "erased": // erased +33612345678: somebody wants to be forgotten
		return []core.Event{core.NumbersErased{Numbers: args}}
	case "tick":
		return []core.Event{core.Woke{}}
	}
	return s.asked(verb, args)
}

// words are an effect as a story writes it.
func (s *teller) words(e core.Effect) string {
	short := strings.NewReplacer("leg_s_", "", "leg_b_", "", "usr_", "", "cal_", "", "que_", "", "snd_", "", "box_", "").Replace
	list := func(ids []core.SoundID) string {
		var ws []string
		for _, id := range ids {
			ws = append(ws, short(string(id)))
		}
		return strings.Join(ws, ", ")
	}
	switch e := e.(type) {
	case core.Dial:
		if e.Number != "" {
			s.leg[e.Number] = e.Leg
			from := e.From.Number
			if e.From.Anonymous {
				from = "nobody"
			}
			w := fmt.Sprintf("call %s for %s, shown as %s", e.Number, e.Call, from)
			if len(e.Classes) > 0 {
				w += fmt.Sprintf(", only %v", e.Classes)
			}
			return short(w)
		}
		s.leg[short(string(e.Agent))], s.off[short(string(e.Agent))] = e.Leg, e.Offer
		return short(fmt.Sprintf("dial %s's phone for %s", e.Agent, e.Call))
	case core.Ring:
		return short(fmt.Sprintf("ring back %s", e.Leg))
	case core.Early:
		return short(fmt.Sprintf("early media %s", e.Leg))
	case core.Answer:
		return short(fmt.Sprintf("answer %s", e.Leg))
	case core.Reject:
		return short(fmt.Sprintf("reject %s: %d %s", e.Leg, e.Cause.Code, e.Cause.Reason))
	case core.Drop:
		return short(fmt.Sprintf("drop %s: %s", s.legName(e.Leg), e.Cause.Why))
	case core.Join:
		return short(fmt.Sprintf("join %s into %s", s.legName(e.Leg), e.Room))
	case core.Part:
		return short(fmt.Sprintf("part %s", s.legName(e.Leg)))
	case core.Play:
		s.play[string(e.Leg)] = e.Play
		if e.Loop {
			return short(fmt.Sprintf("loop %s: %s%s", s.legName(e.Leg), list(e.Sounds), heard(e.From)))
		}
		return short(fmt.Sprintf("play %s: %s", s.legName(e.Leg), list(e.Sounds)))
	case core.Stop:
		return short(fmt.Sprintf("stop %s", e.Leg))
	case core.Mute:
		return short(fmt.Sprintf("mute %s %v", s.legName(e.Leg), e.On))
	case core.SendDigits:
		return short(fmt.Sprintf("press %d keys to %s", len(e.Digits), s.legName(e.Leg)))
	case core.Tape:
		return short(fmt.Sprintf("tape of %s: %s", e.Room, e.State))
	case core.Refresh:
		return short(fmt.Sprintf("offer %s anew", s.legName(e.Leg)))
	case core.ReferDone:
		return short(fmt.Sprintf("refer of %s: %d", s.legName(e.Leg), e.Code))
	case core.Record:
		s.rec[string(e.Leg)] = e.Record
		return short(fmt.Sprintf("record %s at most %v", e.Leg, e.Longest))
	case core.StopRecord:
		return short(fmt.Sprintf("stop recording %s", e.Leg))
	case core.Show:
		return s.shown(e, short)
	case core.Fetch:
		return "fetch " + e.Number
	case core.ReadNumber:
		return fmt.Sprintf("read %s: %s", e.Number, classOf(e.Number))
	case core.Request:
		return s.requested(e)
	case core.Note:
		return s.fact(e.Fact, short)
	case core.Reply:
		if e.Err != nil {
			return fmt.Sprintf("no: %s", e.Err.Text)
		}
		return ""
	}
	return fmt.Sprintf("%T", e)
}

// legName is the agent's name for a phone's leg and for a line.
func (s *teller) legName(id core.LegID) string {
	for name, l := range s.leg {
		if l == id {
			if name[0] == '+' || name[0] == '1' {
				return name
			}
			return name + "'s phone"
		}
	}
	if a := s.f.agentOfLine(id); a != nil {
		return string(a.ID)
	}
	for name, l := range s.line {
		if l == string(id) {
			return name
		}
	}
	return string(id)
}

// shown says in short what an agent sees.
func (s *teller) shown(e core.Show, short func(string) string) string {
	d := s.f.Desk(e.Agent)
	if d.Offer != nil {
		s.off[short(string(e.Agent))] = d.Offer.ID
	}
	if !e.Now {
		return ""
	}
	parts := []string{string(d.Agent.State)}
	if o := d.Offer; o != nil {
		w := fmt.Sprintf("%s offer of %s", o.Colour, o.Call) + knownOf(o)
		if x := o.Transfer; x != nil {
			w += " by " + string(x.By)
			if x.Attended {
				w += ", attended"
			}
			if x.Returned {
				w += ", back from " + x.Target + ": " + x.Reason
			}
			if x.Note != "" {
				w += fmt.Sprintf(" %q", x.Note)
			}
		}
		if o.AssignedBy != "" {
			w += ", assigned by " + o.AssignedBy
		}
		parts = append(parts, w)
	}
	for _, c := range d.Calls {
		w := fmt.Sprintf("%s with %s", c.State, c.ID)
		if c.Muted {
			w += " muted"
		}
		for _, p := range c.Parties {
			if len(c.Parties) > 1 {
				w += " +" + cmp.Or(strings.Fields(p.Name + " x")[0], p.Number)
			}
		}
		if c.Recording.State != "none" && c.Recording.State != "" {
			w += ", tape " + c.Recording.State
			if c.Recording.Writing {
				w += " blinks"
			}
		}
		if x := c.Transferring; x != nil {
			w += fmt.Sprintf(" (to %s: %s %s)", x.Target, x.State, x.Reason)
		}
		if c.Silent != "" {
			w += ", silent: " + c.Silent
		}
		parts = append(parts, w)
	}
	for i, p := range d.Posts {
		w := fmt.Sprintf("post %v, ended by %s", p.Ends.Sub(s.now), p.EndedBy)
		if i > 0 || len(d.Posts) > 1 {
			w += " of " + string(p.Call)
		}
		if p.UntilClosed {
			w += ", until closed"
		}
		if p.Required && !p.Qualified {
			w += ", to be qualified"
		}
		parts = append(parts, w)
	}
	parts = append(parts, day(&d.Agent)...)
	if len(d.ToQualify) > 0 {
		parts = append(parts, fmt.Sprintf("owes %d", len(d.ToQualify)))
	}
	if d.Failure != nil && len(d.Calls) == 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("no answer from %s: %s %s", d.Failure.To, d.Failure.Reason, d.Failure.Node)))
	}
	if d.Back != nil {
		parts = append(parts, "back after "+d.Back.Reason)
	}
	if d.Last != nil && d.Offer == nil && len(d.Calls) == 0 && d.Post == nil {
		parts = append(parts, "last "+d.Last.Outcome)
	}
	return short(fmt.Sprintf("show %s: %s", e.Agent, strings.Join(parts, "; ")))
}
