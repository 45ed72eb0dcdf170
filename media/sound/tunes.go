package sound

// The tunes are written for a telephone: nothing that matters below 250 Hz, air
// between the notes, no beat that hurries.

// chord adds a pad of the pitches.
func (t *tune) chord(at, long, loud float64, pitches ...int) {
	for _, p := range pitches {
		t.notes = append(t.notes, note{at, long, p, loud, &pad})
	}
}

// line adds notes of one instrument, one every step beats; 0 is a rest.
func (t *tune) line(with *instrument, at, step, loud float64, pitches ...int) {
	for i, p := range pitches {
		if p == 0 {
			continue
		}
		accent := 1.0
		if i%4 != 0 {
			accent = 0.72 + 0.06*float64(i*5%4)
		}
		t.notes = append(t.notes, note{at + float64(i)*step, step * 0.9, p, loud * accent, with})
	}
}

// salesTune: C major, four to the bar at 100, sixteen bars, bright. 38.4 s.
func salesTune() *tune {
	t := &tune{beat: 0.6, beats: 64, echo: 0.75}
	bars := [][]int{{60, 64, 67, 71}, {57, 64, 67, 72}, {65, 69, 72, 76}, {62, 67, 71, 74}}
	for bar := range 16 {
		at := float64(4 * bar)
		c := bars[bar%4]
		t.chord(at, 3.6, 0.20, c[0], c[1], c[2])
		t.line(&bass, at, 2, 0.30, c[0]-12, c[2]-12)
		up := []int{c[0], c[2], c[1] + 12, c[2], c[3], c[2], c[1] + 12, c[3]}
		if bar%4 == 3 {
			up = []int{c[3], c[2] + 12, c[1] + 12, c[3], c[2], c[1], c[2], 0}
		}
		t.line(&pluck, at, 0.5, 0.5, up...)
	}
	for part, melody := range [][]int{
		{76, 0, 79, 0, 83, 81, 79, 0, 76, 0, 0, 74, 72, 0, 0, 0},
		{81, 0, 79, 0, 77, 0, 76, 77, 79, 0, 0, 74, 71, 0, 74, 0},
		{76, 0, 79, 0, 84, 83, 79, 0, 81, 0, 0, 79, 76, 0, 0, 0},
		{77, 79, 81, 0, 84, 0, 81, 0, 79, 0, 77, 74, 72, 0, 0, 0},
	} {
		t.line(&chime, float64(16*part), 1, 0.34, melody...)
	}
	return t
}

// supportTune: D minor, four to the bar at 76, twelve bars, calm. 37.92 s.
func supportTune() *tune {
	t := &tune{beat: 0.79, beats: 48, echo: 1.5}
	bars := [][]int{{62, 65, 69, 76}, {58, 65, 69, 74}, {55, 62, 70, 74}, {60, 64, 67, 74}, {65, 69, 72, 76}, {57, 64, 67, 73}}
	for bar := range 12 {
		at := float64(4 * bar)
		c := bars[bar%6]
		t.chord(at, 3.9, 0.30, c...)
		t.line(&bass, at, 4, 0.28, c[0]-12)
		if bar%2 == 0 {
			t.line(&pluck, at, 1, 0.38, c[0]+12, c[1]+12, c[2]+12, c[3])
		} else {
			t.line(&pluck, at, 1, 0.38, c[3], c[2]+12, c[1]+12, 0)
		}
	}
	t.line(&chime, 2, 2, 0.30, 81, 0, 77, 76, 74, 0, 0, 72, 74, 0, 69, 0, 0, 72, 76, 0, 79, 77, 0, 73)
	return t
}

// defaultTune: G major, three to the bar at 90, twenty bars, a slow waltz. 40 s.
func defaultTune() *tune {
	t := &tune{beat: 60.0 / 90, beats: 60, echo: 1}
	bars := [][]int{{55, 62, 67, 71}, {52, 59, 67, 71}, {60, 64, 67, 72}, {62, 66, 69, 72}, {59, 62, 67, 74}}
	for bar := range 20 {
		at := float64(3 * bar)
		c := bars[bar%5]
		t.chord(at, 2.8, 0.17, c[1], c[2], c[3])
		t.line(&bass, at, 3, 0.32, c[0])
		t.line(&pluck, at+1, 0.5, 0.36, c[1]+12, c[2]+12, c[3]+12, c[2]+12)
	}
	t.line(&chime, 0, 3, 0.36, 79, 83, 81, 78, 79, 86, 84, 83, 81, 78, 74, 79, 76, 74, 79, 83, 79, 76, 78, 74)
	t.notes = append(t.notes, note{55.5, 1.4, 81, 0.25, &chime}, note{27, 1.4, 86, 0.22, &chime})
	return t
}

// comfortTune: two chords that breathe, for a line that will be back. 19.2 s.
func comfortTune() *tune {
	t := &tune{beat: 0.8, beats: 24, echo: 1}
	for part, c := range [][]int{{65, 69, 72, 76}, {62, 69, 72, 77}, {60, 67, 70, 74}, {60, 64, 67, 72}} {
		at := float64(6 * part)
		t.chord(at, 5.6, 0.35, c...)
		t.line(&chime, at+1, 1, 0.22, c[3]+12, 0, c[2]+12, 0, c[1]+12)
	}
	return t
}
