package store

import (
	"reflect"
	"testing"
	"time"

	"belfry/core"
)

// taped is a recording of a call in which Ann talked and that Bob let ring.
func taped(b *bench) core.RecordingKept {
	b.must(b.Keep(b.ctx, []core.Fact{core.Interaction{
		ID: "int_1", Call: "cal_1", Direction: "inbound", Mode: "smart", Came: core.At(noon), Ended: core.At(noon.Add(time.Minute)),
		Queue: "que_sales", Outcome: "answered", Parent: "int_0", CallerID: "+33100000001", Forwarded: "+33100000009",
		Talks:         []core.TalkRecord{{Agent: "usr_ann", Leg: "leg_b1", Queue: "que_sales", Role: "owner", Began: core.At(noon), Ended: core.At(noon.Add(time.Minute))}},
		Transfers:     []core.TransferRecord{{ID: "tra_1", By: "usr_ann", To: core.Target{Queue: "que_support"}, State: "failed", Reason: "no_answer"}},
		Offers:        []core.OfferRecord{{ID: "off_1", Agent: "usr_bob", Queue: "que_sales", Outcome: "ignored"}},
		Distributions: []core.Distribution{{Queue: "que_first"}, {Queue: "que_sales", Outcome: "answered", Agent: "usr_ann"}},
		Recording:     &core.Recording{ID: "rec_1", Began: core.At(noon), Segments: []core.Segment{{Kind: "talk", Rule: "automatic"}}},
	}}))
	return core.RecordingKept{
		ID: "rec_1", Interaction: "int_1", Queue: "que_sales", At: core.At(noon.Add(2 * time.Minute)),
		Length: time.Minute, File: "recordings/2026/03/01/rec_1.wav", Rate: 8000, Tracks: 2,
	}
}

func TestRecordings(t *testing.T) {
	each(t, func(b *bench) {
		r := taped(b)
		b.must(b.Keep(b.ctx, []core.Fact{r}))
		again := r
		again.At, again.File = r.At.Add(time.Hour), "elsewhere"
		b.must(b.Keep(b.ctx, []core.Fact{again})) // told again after a crash
		for name, row := range map[string]struct {
			seen Scope
			sees bool
		}{
			"an administrator":                   {Scope{All: true}, true},
			"who talked":                         {Scope{Agent: "usr_ann"}, true},
			"who let it ring":                    {Scope{Agent: "usr_bob"}, false},
			"a supervisor of its queue":          {Scope{Agent: "usr_sam", Queues: []core.QueueID{"que_x", "que_sales"}}, true},
			"a supervisor of one that it passed": {Scope{Agent: "usr_sam", Queues: []core.QueueID{"que_first"}}, true},
			"a supervisor of another":            {Scope{Agent: "usr_sam", Queues: []core.QueueID{"que_x"}, Trees: true}, false},
			"nobody":                             {Scope{}, false},
		} {
			got, err := b.Recording(b.ctx, row.seen, "rec_1")
			if !row.sees {
				b.is(err, core.Missing, "no-such-recording")
				continue
			}
			b.must(err)
			if got.RecordingKept != r {
				b.t.Errorf("%s sees %+v", name, got)
			}
		}
		of, err := b.RecordingsOf(b.ctx, []core.InteractionID{"int_1", "int_2"})
		b.must(err)
		if len(of) != 1 || len(of["int_1"]) != 1 {
			b.t.Errorf("of the calls: %+v", of)
		}
		for n := range 3 {
			x := r
			x.ID, x.Interaction, x.At = core.RecordID("rec_"+string(rune('a'+n))), "", r.At.Add(time.Second)
			b.must(b.Keep(b.ctx, []core.Fact{x}))
		}
		var ids []core.RecordID
		for after := ""; ; {
			page, next, err := b.Recordings(b.ctx, RecordingFilter{Seen: Scope{All: true}, Queue: "que_sales", After: after, Limit: 1})
			b.must(err)
			for _, x := range page {
				ids = append(ids, x.ID)
			}
			if after = next; next == "" {
				break
			}
		}
		if !reflect.DeepEqual(ids, []core.RecordID{"rec_c", "rec_b", "rec_a", "rec_1"}) {
			b.t.Errorf("in order: %v", ids)
		}
		mine, _, err := b.Recordings(b.ctx, RecordingFilter{Seen: Scope{Agent: "usr_ann"}, Agent: "usr_ann", Since: core.At(noon), Before: r.At.Add(time.Minute)})
		b.must(err)
		if len(mine) != 1 {
			b.t.Errorf("Ann's: %+v", mine)
		}
		i, err := b.Interaction(b.ctx, "int_1")
		b.must(err)
		if i.Parent != "int_0" || len(i.Talks) != 1 || len(i.Transfers) != 1 || i.Recording == nil || i.CallerID == "" || i.Forwarded == "" {
			b.t.Errorf("the call: %+v", i)
		}
	})
}

func TestRecordingCustody(t *testing.T) {
	each(t, func(b *bench) {
		r := taped(b)
		b.must(b.Keep(b.ctx, []core.Fact{r}))
		for _, part := range []string{"", "bytes=0-99", "bytes=100-"} {
			b.must(b.Played(b.ctx, Play{Recording: "rec_1", At: core.At(noon), User: "usr_ann", Address: "127.0.0.1", Part: part}))
		}
		page, next, err := b.Plays(b.ctx, "rec_1", "", 2)
		b.must(err)
		rest, end, err := b.Plays(b.ctx, "rec_1", next, 2)
		b.must(err)
		if len(page) != 2 || page[0].Part != "bytes=100-" || page[0].N != 3 || len(rest) != 1 || rest[0].Part != "" || rest[0].User != "usr_ann" || end != "" {
			b.t.Errorf("plays: %+v %q, %+v %q", page, next, rest, end)
		}
		_, _, err = b.Plays(b.ctx, "rec_1", "x", 2)
		b.is(err, core.Invalid, "bad-cursor")

		b.is(b.HoldRecording(b.ctx, "rec_x", true, "usr_ada", core.At(noon)), core.Missing, "no-such-recording")
		b.must(b.HoldRecording(b.ctx, "rec_1", true, "usr_ada", core.At(noon)))
		b.must(b.HoldRecording(b.ctx, "rec_1", true, "usr_bob", core.At(noon.Add(time.Hour))))
		got, err := b.Recording(b.ctx, Scope{All: true}, "rec_1")
		b.must(err)
		if got.HeldBy != "usr_ada" || got.HeldAt != core.At(noon) {
			b.t.Errorf("held: %+v", got)
		}
		b.is(b.DeleteRecording(b.ctx, "rec_1", "usr_ada", "asked", "abc", core.At(noon)), core.Conflict, "recording-held")
		year := core.At(noon.Add(365 * 24 * time.Hour))
		old, _, err := b.OldRecordings(b.ctx, year, "")
		b.must(err)
		if len(old) != 0 {
			b.t.Errorf("a rule may delete %+v under hold", old)
		}
		b.must(b.HoldRecording(b.ctx, "rec_1", false, "usr_ada", core.At(noon)))
		old, _, err = b.OldRecordings(b.ctx, year, "")
		b.must(err)
		if len(old) != 1 || !reflect.DeepEqual(old[0].Queues, []core.QueueID{"que_sales", "que_first", "que_sales"}) {
			b.t.Errorf("old: %+v", old)
		}
		if none, _, err := b.OldRecordings(b.ctx, r.At, ""); err != nil || len(none) != 0 {
			b.t.Errorf("not old yet: %+v, %v", none, err)
		}
		b.must(b.DeleteRecording(b.ctx, "rec_1", "", "30 days", "abc", core.At(noon)))
		b.must(b.DeleteRecording(b.ctx, "rec_1", "usr_ada", "asked", "", core.At(noon.Add(time.Hour))))
		b.must(b.Keep(b.ctx, []core.Fact{r}))
		got, err = b.Recording(b.ctx, Scope{All: true}, "rec_1")
		b.must(err)
		if got.DeletedAt != core.At(noon) || got.DeletedBy != "" || got.DeletedWhy != "30 days" || got.SHA256 != "abc" {
			b.t.Errorf("deleted: %+v", got)
		}
		b.is(b.HoldRecording(b.ctx, "rec_1", true, "usr_ada", core.At(noon)), core.Conflict, "recording-deleted")
		files, err := b.RecordingsToRemove(b.ctx)
		b.must(err)
		if len(files) != 1 || files["rec_1"] != r.File {
			b.t.Errorf("to remove: %v", files)
		}
		b.must(b.RecordingRemoved(b.ctx, "rec_1"))
		if files, err = b.RecordingsToRemove(b.ctx); err != nil || len(files) != 0 {
			b.t.Errorf("still to remove: %v, %v", files, err)
		}
	})
}

func TestNotices(t *testing.T) {
	each(t, func(b *bench) {
		n := core.Notice{Kind: "recording_failed", Call: "cal_1", What: "disk_full", At: core.At(noon)}
		b.must(b.Keep(b.ctx, []core.Fact{n, n, core.Notice{Kind: "emergency_call", Agent: "usr_ann", Call: "cal_2", What: "112", At: core.At(noon.Add(time.Hour))}}))
		all, err := b.Notices(b.ctx, 0)
		b.must(err)
		if len(all) != 2 || all[1] != n || all[0].What != "112" {
			b.t.Errorf("%+v", all)
		}
	})
}
