package floor

import (
	"strconv"
	"time"

	"belfry/core"
)

// Sentences of numbers are put together from short sounds that are built in, in
// the company's language. French says twenty-one and a feminine minute in its own
// way.

// word is a built-in sound in the company's language.
func (f *Floor) word(id string) core.SoundID {
	if f.plan.Doc.Company.Language == "fr" {
		id += "_fr"
	}
	return core.SoundID("snd_" + id)
}

func (f *Floor) wordList(ids ...string) []core.SoundID {
	out := make([]core.SoundID, len(ids))
	for i, id := range ids {
		out[i] = f.word(id)
	}
	return out
}

// number are the words of 0 to 69.
func (f *Floor) number(n int, feminine bool) []core.SoundID {
	french := f.plan.Doc.Company.Language == "fr"
	one := func(s string) string {
		if french && feminine {
			return s + "f"
		}
		return s
	}
	switch {
	case n == 1:
		return f.wordList(one("n1"))
	case n < 20:
		return f.wordList("n" + strconv.Itoa(n))
	case n%10 == 0:
		return f.wordList("n" + strconv.Itoa(n))
	case french && n%10 == 1 && n > 60:
		return f.wordList("n60", "n_and11")
	case french && n > 60:
		return f.wordList("n60", "n"+strconv.Itoa(n-60))
	case french && n%10 == 1:
		return f.wordList("n"+strconv.Itoa(n-1), one("n_and1"))
	}
	return f.wordList("n"+strconv.Itoa(n-n%10), "n"+strconv.Itoa(n%10))
}

// digits are the words of a telephone number, key by key.
func (f *Floor) digits(number string) []core.SoundID {
	number = f.plan.National(number)
	var out []core.SoundID
	for _, r := range number {
		if r >= '0' && r <= '9' {
			out = append(out, f.word("n"+string(r)))
		}
	}
	return out
}

// placeWords say the place in line.
func (f *Floor) placeWords(n int) []core.SoundID {
	if n == 1 {
		return f.wordList("say_next")
	}
	return append(f.wordList("say_place"), f.number(n, false)...)
}

// beyondWords say that there are more than so many callers ahead.
func (f *Floor) beyondWords(n int) []core.SoundID {
	out := append(f.wordList("say_more_than"), f.number(n, true)...)
	return append(out, f.word("say_callers"))
}

// waitWords say an expected wait, as rounded gives it.
func (f *Floor) waitWords(d time.Duration) []core.SoundID {
	out := f.wordList("say_wait")
	switch n := int(d / time.Minute); {
	case d <= 30*time.Second:
		return append(out, f.word("say_half_minute"))
	case d == 90*time.Second:
		return append(out, f.word("say_minute_and_half"))
	case n == 1:
		return append(append(out, f.number(1, true)...), f.word("say_minute"))
	case n <= 60:
		return append(append(out, f.number(n, true)...), f.word("say_minutes"))
	}
	return append(out, f.word("say_hour"))
}
