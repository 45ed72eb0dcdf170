package store

import (
	"context"
	"fmt"

	"belfry/core"
	"belfry/store/q"
)

// SetSecret keeps a password of ours at somebody else's server under a name that
// the plan calls it by. It is kept as it is: to prove that we know it takes the
// password itself.
func (s *Store) SetSecret(ctx context.Context, name, secret string) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	if name == "" {
		return core.FieldErrorf("name", "name-missing", "a secret needs a name")
	}
	if secret == "" || len(secret) > longestPassword {
		return core.FieldErrorf("secret", "bad-secret", "a secret has between 1 and %d bytes", longestPassword)
	}
	p := q.PutSecretParams{Company: company, Name: name, Secret: secret, Changed: ms(core.At(s.now()))}
	if err := s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error { return w.PutSecret(ctx, p) }); err != nil {
		return fmt.Errorf("set the secret %s: %w", name, err)
	}
	return nil
}

// Secret gives it back; an error of kind Missing when there is none of the name.
func (s *Store) Secret(ctx context.Context, name string) (string, error) {
	company, err := s.company()
	if err != nil {
		return "", err
	}
	secret, err := s.ask.Secret(ctx, q.SecretParams{Company: company, Name: name})
	if err != nil {
		return "", missing(err, "no-such-secret", "There is no secret called %s.", name)
	}
	return secret, nil
}
