package api

import (
	"crypto/rand"
	"time"
)

// newName makes the name of something that begins here: a prefix and a ULID (48
// bits of milliseconds, 80 of chance, in Crockford's base 32), so that names
// sort by age.
func newName(prefix string, now time.Time) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var chance [16]byte
	_, _ = rand.Read(chance[:]) // never fails: crypto/rand ends the process instead
	name := make([]byte, 26)
	ms := uint64(now.UnixMilli())
	for i := 9; i >= 0; i-- {
		name[i] = letters[ms&31]
		ms >>= 5
	}
	for i := range 16 {
		name[10+i] = letters[chance[i]&31]
	}
	return prefix + string(name)
}
