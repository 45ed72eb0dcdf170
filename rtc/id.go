package rtc

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// newID returns the prefix and a ULID: 48 bits of milliseconds and 80 random
// ones in Crockford's base 32, so that names sort by age.
func newID(prefix string, now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // never fails: crypto/rand ends the process instead
	// Base 32 writes 130 bits in 26 letters; two leading zero bits make it 128.
	var w [17]byte
	var carry byte
	for i, v := range b {
		w[i] = carry | v>>2
		carry = v << 6
	}
	w[16] = carry
	enc := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)
	return prefix + enc.EncodeToString(w[:])[:26]
}
