package acd

import "slices"

// line keeps items in order and finds, adds and removes one in O(log n)
// comparisons. Nearly all that is done to it happens at its ends (the longest
// waiting leaves, the newest joins), so an array whose shorter side is moved
// beats a tree: at 10,000 items an operation in the middle moves 40 kB at most,
// one at an end moves nothing.
type line[T comparable] struct {
	items []T // the live part of the array
	room  []T // the array from its start: room[:spare] is free in front
	spare int
	less  func(a, b T) int
}

func newLine[T comparable](less func(a, b T) int) *line[T] { return &line[T]{less: less} }

func (l *line[T]) len() int { return len(l.items) }

// add puts the item in its place. It must not be in the line yet.
func (l *line[T]) add(it T) {
	i, _ := slices.BinarySearchFunc(l.items, it, l.less)
	if i < len(l.items)/2 && l.spare > 0 {
		l.spare--
		l.items = l.room[l.spare : l.spare+len(l.items)+1]
		copy(l.items[:i], l.items[1:i+1])
		l.items[i] = it
		return
	}
	if l.spare > 32 && l.spare > len(l.items) && len(l.items) == cap(l.items) {
		l.shift()
	}
	l.items = slices.Insert(l.items, i, it)
	if len(l.items) == 1 || &l.room[l.spare] != &l.items[0] { // the array was grown
		l.room, l.spare = l.items, 0
	}
	l.room = l.room[:l.spare+len(l.items)]
}

// ahead is how many come before the item, which need not be there.
func (l *line[T]) ahead(it T) int {
	i, _ := slices.BinarySearchFunc(l.items, it, l.less)
	return i
}

// shift moves the items to the start of the array, to reuse the room in front.
func (l *line[T]) shift() {
	n := copy(l.room, l.items)
	clear(l.room[n:])
	l.items, l.spare = l.room[:n], 0
}

// remove takes the item out; it says whether it was there.
func (l *line[T]) remove(it T) bool {
	i, found := slices.BinarySearchFunc(l.items, it, l.less)
	if !found || l.items[i] != it {
		return false
	}
	var none T
	if i < len(l.items)/2 {
		copy(l.items[1:i+1], l.items[:i])
		l.items[0] = none
		l.items = l.items[1:]
		l.spare++
		return true
	}
	l.items = slices.Delete(l.items, i, i+1)
	l.room = l.room[:l.spare+len(l.items)]
	return true
}
