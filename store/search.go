package store

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"belfry/core"
)

// fold makes words comparable: lower case, no accents, one blank between. Both
// databases compare what is folded byte by byte.
func fold(words ...string) string {
	var b strings.Builder
	for _, w := range words {
		for _, r := range norm.NFD.String(clean(w)) {
			switch {
			case unicode.Is(unicode.Mn, r):
			case unicode.IsSpace(r):
				b.WriteByte(' ')
			default:
				b.WriteRune(unicode.ToLower(r))
			}
		}
		b.WriteByte(' ')
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// pattern is a LIKE pattern, with escape '\', for text that holds the words.
func pattern(words string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words) + "%"
}

// A cursor says after which row of a list to go on: its place in the order and
// its id. To the outside it is opaque.
func cursor(place, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(place + "\x00" + id))
}

func readCursor(after string) (place, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(after)
	place, id, found := strings.Cut(string(b), "\x00")
	if err != nil || !found {
		return "", "", core.FieldErrorf("after", "bad-cursor", "this is not a cursor of such a list")
	}
	return place, id, nil
}

// timeCursor is a cursor in a list ordered by instant, newest first.
func timeCursor(at int64, id string) string { return cursor(strconv.FormatInt(at, 10), id) }

// readTimeCursor gives the end of time for an empty cursor.
func readTimeCursor(after string) (at int64, id string, err error) {
	if after == "" {
		return 1<<63 - 1, "", nil
	}
	place, id, err := readCursor(after)
	if err != nil {
		return 0, "", err
	}
	if at, err = strconv.ParseInt(place, 10, 64); err != nil {
		return 0, "", core.FieldErrorf("after", "bad-cursor", "this is not a cursor of such a list")
	}
	return at, id, nil
}

// mostRows bounds a list's length.
func mostRows(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 500)
}
