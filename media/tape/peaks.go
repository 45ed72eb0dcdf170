package tape

// A .peaks file is what a player draws: for 400 points and then for 1200, each
// the lowest and the highest sample of the left and of the right channel, as
// int8. Points share the recording's length evenly.
const (
	Coarse    = 400
	Fine      = 1200
	PointSize = 4 // left low, left high, right low, right high
	fold      = Fine / Coarse
)

type peaks struct {
	total  int64
	points [Fine][PointSize]int8
}

func newPeaks(total int64) peaks { return peaks{total: max(1, total)} }

func (p *peaks) push(i int64, left, right int16) {
	x := &p.points[min(i*Fine/p.total, Fine-1)]
	l, r := int8(left>>8), int8(right>>8)
	x[0], x[1] = min(x[0], l), max(x[1], l)
	x[2], x[3] = min(x[2], r), max(x[3], r)
}

func (p *peaks) bytes() []byte {
	b := make([]byte, 0, (Coarse+Fine)*PointSize)
	for i := 0; i < Fine; i += fold {
		var x [PointSize]int8
		for _, y := range p.points[i : i+fold] {
			x[0], x[1] = min(x[0], y[0]), max(x[1], y[1])
			x[2], x[3] = min(x[2], y[2]), max(x[3], y[3])
		}
		b = append(b, byte(x[0]), byte(x[1]), byte(x[2]), byte(x[3]))
	}
	for _, x := range p.points {
		b = append(b, byte(x[0]), byte(x[1]), byte(x[2]), byte(x[3]))
	}
	return b
}
