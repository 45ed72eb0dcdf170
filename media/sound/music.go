package sound

import "math"

// A tune is a loop of ours: what is played at which beat, as numbers. It is
// rendered around a circle, so that what still rings at the end is heard at the
// beginning of the next turn.
type tune struct {
	beat  float64 // seconds
	beats int     // of one turn
	echo  float64 // beats after which a soft echo follows
	notes []note
}

// note is one pitch of one instrument.
type note struct {
	at, long float64 // beats
	pitch    int     // as MIDI counts: 69 is 440 Hz
	loud     float64
	with     *instrument
}

// instrument is a sum of harmonics, each with its own decay.
type instrument struct {
	harmonics []float64 // amplitudes
	attack    float64   // seconds
	release   float64   // seconds after the note's length
	decay     float64   // of the first harmonic, a second; 0 holds
	damp      float64   // how much faster the higher ones fade
	detune    float64   // of a second voice, as a part of the pitch
}

var (
	pad   = instrument{harmonics: []float64{1, .45, .22, .12, .05}, attack: .6, release: .9, detune: .0021}
	pluck = instrument{harmonics: []float64{1, .55, .3, .18, .1, .05}, attack: .004, release: .25, decay: 2.2, damp: 1.1}
	chime = instrument{harmonics: []float64{1, .08, .35, .04, .12}, attack: .003, release: .6, decay: 1.5, damp: .6}
	bass  = instrument{harmonics: []float64{.8, .7, .3, .1}, attack: .02, release: .15, decay: .9, damp: .4}
)

// musicLevel is soft enough to wait by: 6 dB below a voice.
const musicLevel = -25.0

// render plays one turn at 16 kHz.
func (t *tune) render() []int16 {
	n := int(t.beat * float64(t.beats) * inner)
	n -= n % innerFrame
	out := make([]float64, n)
	for _, v := range t.notes {
		v.play(out, t.beat)
	}
	if t.echo > 0 {
		t.repeat(out)
	}
	return settle(out)
}

// repeat adds a soft echo, around the circle.
func (t *tune) repeat(out []float64) {
	late := int(t.echo*t.beat*inner) % len(out)
	dry := append([]float64(nil), out...)
	for i := range out {
		j, k := (i-late+len(dry))%len(dry), (i-2*late+2*len(dry))%len(dry)
		out[i] += 0.22*dry[j] + 0.07*dry[k]
	}
}

// play adds the note to a circle of samples. Each harmonic is a turning pointer:
// four products a sample, no sine.
func (v note) play(out []float64, beat float64) {
	w := v.with
	hz := 440 * math.Pow(2, float64(v.pitch-69)/12)
	from := int(v.at*beat*inner) % len(out)
	shape := w.envelope(int(v.long * beat * inner))
	voices := []float64{hz}
	if w.detune > 0 {
		voices = []float64{hz * (1 - w.detune), hz * (1 + w.detune)}
	}
	for _, f := range voices {
		for h, amplitude := range w.harmonics {
			f := f * float64(h+1)
			if f > 7000 {
				break
			}
			fade := math.Exp(-w.decay * (1 + w.damp*float64(h)) / inner)
			turnS, turnC := math.Sincos(2 * math.Pi * f / inner)
			turnS, turnC = turnS*fade, turnC*fade
			s, c := math.Sincos(float64(v.pitch*7 + h*3))
			level := v.loud * amplitude / float64(len(voices))
			s, c = s*level, c*level
			i := from
			for _, e := range shape {
				s, c = s*turnC+c*turnS, c*turnC-s*turnS
				out[i] += s * e
				if i++; i == len(out) {
					i = 0
				}
			}
		}
	}
}

// envelope rises in the attack and falls after so many samples.
func (w *instrument) envelope(held int) []float64 {
	shape := make([]float64, held+int(w.release*inner))
	for i := range shape {
		g := min(1, float64(i)/(w.attack*inner))
		if i > held {
			left := float64(len(shape)-i) / float64(len(shape)-held)
			g *= left * left
		}
		shape[i] = g
	}
	return shape
}

// settle brings the turn to its level; were a peak then too high, all is softer.
func settle(out []float64) []int16 {
	sum, peak := 0.0, 0.0
	for _, v := range out {
		sum += v * v
		peak = max(peak, math.Abs(v))
	}
	if peak == 0 {
		return make([]int16, len(out))
	}
	gain := 32768 * math.Pow(10, musicLevel/20) / math.Sqrt(sum/float64(len(out)))
	gain = min(gain, 16000/peak)
	pcm := make([]int16, len(out))
	for i, v := range out {
		pcm[i] = int16(math.Round(v * gain))
	}
	return pcm
}
