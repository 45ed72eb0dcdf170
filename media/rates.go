package media

import "belfry/media/mix"

// rates brings frames from one sample rate to another on one leg and in one
// direction. The zero value works. Most legs never need it, and its filters are
// half of what a leg keeps in memory: they are made when they are wanted.
type rates struct {
	up   *mix.Doubler
	down *mix.Halver
	buf  []int16
}

// to returns pcm at the rate wanted: pcm itself, or a buffer that the next call
// writes over.
func (r *rates) to(want int, pcm []int16, have int) []int16 {
	switch {
	case want > have:
		if r.up == nil {
			r.up = &mix.Doubler{}
		}
		r.buf = r.up.Next(r.buf[:0], pcm)
	case want < have:
		if r.down == nil {
			r.down = &mix.Halver{}
		}
		r.buf = r.down.Next(r.buf[:0], pcm)
	default:
		return pcm
	}
	return r.buf
}
