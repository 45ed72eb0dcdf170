package talk

import (
	"fmt"
	"math"
	"sync"
	"time"

	"belfry/media/codec"

	"github.com/pion/rtp"
)

// frame is what a packet of sound lasts.
const frame = 20 * time.Millisecond

// What an ear goes by: a tone that is heard is loud (what is spoken has -11 dB),
// one that is not is 50 dB below that.
const (
	spoken = 9000
	loud   = -20.0
	gone   = -61.0
	window = 300 * time.Millisecond
)

// voice is one's mouth and ear in a conversation. What it says is a tone.
type voice struct {
	name string
	hz   int
	mouth
	ear
}

// mouth says a tone, fifty packets a second, while it is open.
type mouth struct {
	mu    sync.Mutex
	enc   *codec.Encoder
	send  func(*rtp.Packet) // nil: it is shut
	hush  bool              // it says silence
	seq   uint16
	stamp uint32
	at    int // samples said, so that the tone goes on where it was
}

// open begins to speak in a codec, or goes over to another.
func (m *mouth) open(c codec.Codec, send func(*rtp.Packet)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.enc == nil || m.enc.Codec() != c {
		m.enc = codec.NewEncoder(c)
	}
	m.send = send
}

// shut stops the packets.
func (m *mouth) shut() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.send = nil
}

// quiet has it say silence, or its tone again.
func (m *mouth) quiet(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hush = on
}

// beat says one packet.
func (v *voice) beat() {
	m := &v.mouth
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stamp += 160
	if m.send == nil {
		return
	}
	c := m.enc.Codec()
	pcm := make([]int16, c.FrameSamples())
	for i := range pcm {
		if !m.hush {
			pcm[i] = int16(spoken * math.Sin(2*math.Pi*float64(v.hz)*float64(m.at+i)/float64(c.SampleRate())))
		}
	}
	m.at += len(pcm)
	m.seq++
	m.send(&rtp.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: c.PT(), SequenceNumber: m.seq, Timestamp: m.stamp, SSRC: 7},
		Payload: m.enc.Encode(nil, pcm),
	})
}

// ear keeps the last moments of what is heard.
type ear struct {
	mu   sync.Mutex
	dec  *codec.Decoder
	pcm  []int16
	last time.Time
	kept []moment // all of it, once keep was said
	keep bool
}

// moment is one packet of what was heard.
type moment struct {
	at   time.Time
	pcm  []int16
	rate int
}

// record keeps all that is heard from now on.
func (e *ear) record() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keep, e.kept = true, nil
}

// first is when, after an instant, there was first a packet that is, or is not,
// mostly the tone; and false when there was none. Silence is neither.
func (e *ear) first(after time.Time, hz int, is bool) (time.Time, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, m := range e.kept {
		all := loudness(m.pcm)
		if m.at.After(after) && all > -45 && (level(m.pcm, hz, m.rate) > all-3) == is {
			return m.at, true
		}
	}
	return time.Time{}, false
}

// WriteRTP is what the voice's line is sent.
func (e *ear) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	e.hear(h.PayloadType, payload)
	return len(payload), nil
}

func (e *ear) hear(pt uint8, payload []byte) {
	c, ok := codec.ByPT(pt)
	if !ok {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.dec == nil || e.dec.Codec() != c {
		e.dec, e.pcm = codec.NewDecoder(c), nil
	}
	e.last = time.Now()
	before := len(e.pcm)
	e.pcm = e.dec.Decode(e.pcm, payload)
	if e.keep {
		e.kept = append(e.kept, moment{e.last, append([]int16(nil), e.pcm[before:]...), c.SampleRate()})
	}
	if keep := e.size(); len(e.pcm) > keep {
		e.pcm = append(e.pcm[:0], e.pcm[len(e.pcm)-keep:]...)
	}
}

func (e *ear) size() int { return int(window.Seconds() * float64(e.dec.Codec().SampleRate())) }

// sounds is what was heard in the last moments, nil for silence.
func (e *ear) sounds() (pcm []int16, rate int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.dec == nil || len(e.pcm) < e.size() || time.Since(e.last) > 150*time.Millisecond {
		return nil, 8000
	}
	return append(pcm, e.pcm...), e.dec.Codec().SampleRate()
}

// forget drops what was heard.
func (e *ear) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pcm = nil
}

// level is how loud a tone is, in dB below full scale (Goertzel under a Hann
// window, so that other tones do not count).
func level(pcm []int16, hz, rate int) float64 {
	k := 2 * math.Cos(2*math.Pi*float64(hz)/float64(rate))
	var a, b float64
	for i, v := range pcm {
		x := float64(v) / 32768 * (1 - math.Cos(2*math.Pi*float64(i)/float64(len(pcm))))
		a, b = x+k*a-b, a
	}
	return 10 * math.Log10(max(1e-12, 4*(a*a+b*b-k*a*b)/float64(len(pcm))/float64(len(pcm))))
}

// loudness is that of all there is, as a tone of the same energy would have it.
func loudness(pcm []int16) float64 {
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v) * float64(v) / (32768 * 32768)
	}
	return 10 * math.Log10(max(1e-12, 2*sum/float64(max(1, len(pcm)))))
}

// hears says whether the tones of the voices are all that is heard; what is
// wrong is said in words. With no voices it wants silence.
func (v *voice) hears(all []*voice, of ...*voice) string {
	pcm, rate := v.sounds()
	if len(of) == 0 {
		if l := loudness(pcm); pcm != nil && l > gone {
			return fmt.Sprintf("%s does not hear silence but %.0f dB", v.name, l)
		}
		return ""
	}
	if pcm == nil {
		return v.name + " hears nothing"
	}
	for _, x := range all {
		l := level(pcm, x.hz, rate)
		switch wanted := contains(of, x); {
		case wanted && l < loud:
			return fmt.Sprintf("%s hears %s at %.0f dB only", v.name, x.name, l)
		case !wanted && l > gone:
			return fmt.Sprintf("%s hears %s at %.0f dB", v.name, x.name, l)
		}
	}
	return ""
}

// gap is the longest time, after an instant, in which the tone was not heard.
func (e *ear) gap(after time.Time, hz int) (longest time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	last := after
	for _, m := range e.kept {
		if all := loudness(m.pcm); m.at.After(after) && all > -45 && level(m.pcm, hz, m.rate) > all-3 {
			longest, last = max(longest, m.at.Sub(last)), m.at
		}
	}
	return max(longest, time.Since(last))
}

// hearsTone says whether a tone is most of what is heard. It asks less than
// hears: what has gone through a browser is not clean.
func (v *voice) hearsTone(hz int) string {
	pcm, rate := v.sounds()
	if tone, all := level(pcm, hz, rate), loudness(pcm); pcm == nil || tone < loud || tone < all-3 {
		return fmt.Sprintf("%s hears %d Hz at %.0f dB of %.0f", v.name, hz, tone, all)
	}
	return ""
}

// hearsMusic says whether something is heard that is nobody's tone.
func (v *voice) hearsMusic(all []*voice) string {
	pcm, rate := v.sounds()
	l := loudness(pcm)
	if pcm == nil || l < -45 {
		return fmt.Sprintf("%s hears no music (%.0f dB)", v.name, l)
	}
	for _, x := range all {
		if t := level(pcm, x.hz, rate); t > loud && t > l-3 {
			return fmt.Sprintf("%s hears %s and no music", v.name, x.name)
		}
	}
	return ""
}

func contains(all []*voice, v *voice) bool {
	for _, x := range all {
		if x == v {
			return true
		}
	}
	return false
}

// metronome has all who speak do so at the same instants.
type metronome struct {
	mu     sync.Mutex
	voices map[*voice]bool
	quit   chan struct{}
	over   sync.WaitGroup
}

func newMetronome() *metronome {
	m := &metronome{voices: map[*voice]bool{}, quit: make(chan struct{})}
	m.over.Go(m.run)
	return m
}

func (m *metronome) run() {
	tick := time.NewTicker(frame)
	defer tick.Stop()
	began, n := time.Now(), 0
	for {
		select {
		case <-m.quit:
			return
		case <-tick.C:
		}
		m.mu.Lock()
		for due := int(time.Since(began) / frame); n < due; n++ { // a busy machine comes late
			for v := range m.voices {
				v.beat()
			}
		}
		m.mu.Unlock()
	}
}

func (m *metronome) with(v *voice, on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if on {
		m.voices[v] = true
	} else {
		delete(m.voices, v)
	}
}

// quiet has all of them say silence from the same beat on, or speak again.
func (m *metronome) quiet(on bool, voices ...*voice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range voices {
		v.mouth.quiet(on)
	}
}

func (m *metronome) stop() {
	close(m.quit)
	m.over.Wait()
}
