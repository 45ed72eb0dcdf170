package acd

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// The line against a slice that is sorted again after every change.
func TestLineKeepsOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		l := newLine(cmp.Compare[int])
		var want []int
		for range 2000 {
			switch n := rnd.IntN(10); {
			case n < 4: // mostly at the end
				v := rnd.IntN(100000) + len(want)*1000
				if !slices.Contains(want, v) {
					l.add(v)
					want = append(want, v)
				}
			case n < 6:
				v := rnd.IntN(1000)
				if !slices.Contains(want, v) {
					l.add(v)
					want = append(want, v)
				}
			case n < 9 && len(want) > 0: // mostly the head
				if !l.remove(want[0]) {
					t.Fatalf("seed %d: %d was not found", seed, want[0])
				}
				want = want[1:]
			case len(want) > 0:
				i := rnd.IntN(len(want))
				l.remove(want[i])
				want = slices.Delete(want, i, i+1)
			}
			slices.Sort(want)
			if !slices.Equal(l.items, want) {
				t.Fatalf("seed %d: have %v, want %v", seed, l.items, want)
			}
		}
		if l.remove(-1) {
			t.Error("removed what was never there")
		}
	}
}

func BenchmarkLine10000(b *testing.B) {
	l := newLine(cmp.Compare[int])
	for i := range 10000 {
		l.add(i)
	}
	n := 10000
	for b.Loop() { // the head leaves, a new one joins
		l.remove(l.items[0])
		l.add(n)
		n++
	}
}
