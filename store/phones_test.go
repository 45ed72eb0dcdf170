package store

import (
	"testing"

	"belfry/core"
)

func TestPhoneSecrets(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.SetPhoneSecret(b.ctx, "usr_ann", "201", "demo-201"))
		b.must(b.SetPhoneSecret(b.ctx, "usr_bob", "202", "first"))
		b.must(b.SetPhoneSecret(b.ctx, "usr_bob", "202", "demo-202"))
		// The hashes of 201:belfry:demo-201, as md5sum and sha256sum have them.
		want := PhoneSecret{
			"usr_ann", "201", "6bb8f353b41216abf007bf48467e7148",
			"513d62dfa445274b37271b40db841fd391b099f67b229e1f24da094eec464437",
		}
		got, err := b.PhoneSecrets(b.ctx)
		b.must(err)
		if len(got) != 2 || got[0] != want || got[1].Extension != "202" || got[1].MD5 == want.MD5 {
			b.t.Fatalf("got %+v", got)
		}
		b.is(b.SetPhoneSecret(b.ctx, "usr_ann", "", "x"), core.Invalid, "extension-missing")
		b.is(b.SetPhoneSecret(b.ctx, "usr_ann", "201", ""), core.Invalid, "bad-password")
		// Who is gone from the plan has no phone.
		_, err = b.SavePlan(b.ctx, "com_a", 1, doc(ann))
		b.must(err)
		got, err = b.PhoneSecrets(b.ctx)
		b.must(err)
		if len(got) != 1 || got[0] != want {
			b.t.Errorf("got %+v", got)
		}
	})
}
