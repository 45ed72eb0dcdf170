package store

import (
	"testing"

	"belfry/core"
)

func TestSecrets(t *testing.T) {
	each(t, func(b *bench) {
		_, err := b.Secret(b.ctx, "carrier")
		b.is(err, core.Missing, "no-such-secret")
		b.must(b.SetSecret(b.ctx, "carrier", "first"))
		b.must(b.SetSecret(b.ctx, "carrier", "sésame"))
		b.must(b.SetSecret(b.ctx, "other", "x"))
		got, err := b.Secret(b.ctx, "carrier")
		b.must(err)
		if got != "sésame" {
			b.t.Errorf("got %q", got)
		}
		b.is(b.SetSecret(b.ctx, "", "x"), core.Invalid, "name-missing")
		b.is(b.SetSecret(b.ctx, "carrier", ""), core.Invalid, "bad-secret")
	})
}
