package store

import (
	"testing"
	"time"

	"belfry/core"
)

func TestCommentsOnRecordings(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.Keep(b.ctx, []core.Fact{taped(b)}))
		b.must(b.AddComment(b.ctx, "rec_1", &Comment{"com_2", core.At(noon), "usr_ann", 7500 * time.Millisecond, "Monday"}))
		b.must(b.AddComment(b.ctx, "rec_1", &Comment{"com_1", core.At(noon), "usr_bob", 2 * time.Second, "friendly"}))
		got, err := b.Comments(b.ctx, "rec_1")
		b.must(err)
		if len(got) != 2 || got[1] != (Comment{"com_2", core.At(noon), "usr_ann", 7500 * time.Millisecond, "Monday"}) {
			b.t.Errorf("%+v", got)
		}
		b.is(b.AddComment(b.ctx, "rec_x", &Comment{ID: "com_3"}), core.Missing, "no-such-recording")
		b.is(b.DeleteComment(b.ctx, "rec_1", "com_3", ""), core.Missing, "no-such-comment")
		b.is(b.DeleteComment(b.ctx, "rec_1", "com_1", "usr_ann"), core.Denied, "not-your-comment")
		b.must(b.DeleteComment(b.ctx, "rec_1", "com_1", "usr_bob"))
		b.must(b.DeleteRecording(b.ctx, "rec_1", "", "asked", "abc", core.At(noon)))
		if got, err = b.Comments(b.ctx, "rec_1"); err != nil || len(got) != 0 {
			b.t.Errorf("what was said about what is deleted: %+v %v", got, err)
		}
		b.is(b.AddComment(b.ctx, "rec_1", &Comment{ID: "com_4"}), core.Conflict, "recording-deleted")
	})
}

func TestLinksToRecordings(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.Keep(b.ctx, []core.Fact{taped(b)}))
		hour := core.At(noon.Add(time.Hour))
		l := Link{ID: "lnk_1", Recording: "rec_1", Made: core.At(noon), By: "usr_sam", Expires: hour}
		token, err := b.AddLink(b.ctx, &l)
		b.must(err)
		if len(token) != 43 {
			b.t.Errorf("token %q", token)
		}
		if got, err := b.LinkOf(b.ctx, token, hour-1); err != nil || *got != l {
			b.t.Errorf("%+v %v", got, err)
		}
		_, err = b.LinkOf(b.ctx, token, hour)
		b.is(err, core.Missing, "no-such-link")
		_, err = b.LinkOf(b.ctx, token+"x", core.At(noon))
		b.is(err, core.Missing, "no-such-link")
		b.is(b.EndLink(b.ctx, "rec_2", "lnk_1", core.At(noon)), core.Missing, "no-such-link")
		b.must(b.EndLink(b.ctx, "rec_1", "lnk_1", core.At(noon)))
		b.must(b.EndLink(b.ctx, "rec_1", "lnk_1", hour)) // the first counts
		_, err = b.LinkOf(b.ctx, token, core.At(noon))
		b.is(err, core.Missing, "no-such-link")
		all, err := b.Links(b.ctx, "rec_1")
		if l.Ended = core.At(noon); err != nil || len(all) != 1 || all[0] != l {
			b.t.Errorf("%+v %v", all, err)
		}
		_, err = b.AddLink(b.ctx, &Link{ID: "lnk_2", Recording: "rec_2"})
		b.is(err, core.Missing, "no-such-recording")
	})
}
