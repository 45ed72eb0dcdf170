package store

import (
	"context"
	"crypto/md5" // phones that know nothing better; SHA-256 is offered first
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"belfry/core"
	"belfry/store/q"
)

// PhoneRealm is what phones are told that they log in to. The hashes are of it
// too, so it never changes.
const PhoneRealm = "belfry"

// PhoneSecret is what a user's SIP phones log in with: the hash of extension,
// realm and password (RFC 7616 §3.4.2), in both kinds.
type PhoneSecret struct {
	User        core.UserID
	Extension   string
	MD5, SHA256 string // hexadecimal
}

// SetPhoneSecret sets the password of a user's SIP phones. The password is kept
// nowhere; with another extension the phones need a new one.
func (s *Store) SetPhoneSecret(ctx context.Context, user core.UserID, extension, password string) error {
	company, err := s.company()
	if err != nil {
		return err
	}
	if extension == "" {
		return core.FieldErrorf("extension", "extension-missing", "a phone logs in with an extension, and %s has none", user)
	}
	if password == "" || len(password) > longestPassword {
		return core.FieldErrorf("password", "bad-password", "a phone's password has between 1 and %d bytes", longestPassword)
	}
	a1 := []byte(strings.Join([]string{extension, PhoneRealm, password}, ":"))
	m, sum := md5.Sum(a1), sha256.Sum256(a1)
	p := q.PutPhoneSecretParams{
		Company: company, UserID: string(user), Extension: extension, Realm: PhoneRealm,
		Md5: hex.EncodeToString(m[:]), Sha256: hex.EncodeToString(sum[:]), Changed: ms(core.At(s.now())),
	}
	err = s.writer.do(ctx, func(ctx context.Context, w *q.Queries) error { return w.PutPhoneSecret(ctx, p) })
	if err != nil {
		return fmt.Errorf("set the phone password of %s: %w", user, err)
	}
	return nil
}

// PhoneSecrets are those of all users who may log in.
func (s *Store) PhoneSecrets(ctx context.Context) ([]PhoneSecret, error) {
	company, err := s.company()
	if err != nil {
		return nil, err
	}
	rows, err := s.ask.PhoneSecrets(ctx, company)
	if err != nil {
		return nil, fmt.Errorf("list the phones' passwords: %w", err)
	}
	all := make([]PhoneSecret, 0, len(rows))
	for _, r := range rows {
		if r.Realm == PhoneRealm {
			all = append(all, PhoneSecret{core.UserID(r.UserID), r.Extension, r.Md5, r.Sha256})
		}
	}
	return all, nil
}
