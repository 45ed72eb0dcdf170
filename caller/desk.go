package caller

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"

	"belfry/core"
	"belfry/media"
	"belfry/media/sound"
	"belfry/sip"
)

// Ports of the callers' audio: apart from those of the program they call.
const portLow, portHigh = 30000, 39998

// phone is one SIP phone with an audio engine of its own.
type phone struct {
	audio  *media.Engine
	phone  *sip.Phone
	sounds *sounds

	mu   sync.Mutex
	news map[core.LegID]chan core.Event // of the audio, by leg
}

// open starts a phone on a free port of the address (an IP). called is told of
// calls that come in; nil: they are refused.
func open(ctx context.Context, ip, dir string, log *slog.Logger, called func(*sip.PhoneCall)) (*phone, error) {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return nil, core.FieldErrorf("--to", "bad-address", "%q is not an IP address", ip)
	}
	p := &phone{sounds: &sounds{lib: sound.NewLibrary(dir), own: map[core.SoundID]*sound.Sound{}}, news: map[core.LegID]chan core.Event{}}
	p.audio, err = media.New(media.Options{
		PortLow: portLow, PortHigh: portHigh, BindIP: addr,
		Sounds: p.sounds, DataDir: dir, Tell: p.tell, Log: log,
	})
	if err != nil {
		return nil, fmt.Errorf("start the audio: %w", err)
	}
	p.phone, err = sip.NewPhone(ctx, sip.PhoneOptions{Listen: netip.AddrPortFrom(addr, 0).String(), Media: p.audio, Log: log, Incoming: called})
	if err != nil {
		p.audio.Close()
		return nil, fmt.Errorf("start the phone: %w", err)
	}
	return p, nil
}

// Close ends its calls.
func (p *phone) Close() {
	p.phone.Close()
	p.audio.Close()
}

// tell sorts the audio's news by leg. What nobody listens to is dropped: a call
// that is over has no use for it.
func (p *phone) tell(ev core.Event) {
	var leg core.LegID
	switch ev := ev.(type) {
	case core.PlayEnded:
		leg = ev.Leg
	case core.DigitCame:
		leg = ev.Leg
	case core.RecordEnded:
		leg = ev.Leg
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.news[leg] <- ev: // a leg without a listener is nil, and never ready
	default:
	}
}

// listen gives the audio's news of a leg, until hush.
func (p *phone) listen(leg core.LegID) <-chan core.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	ch := make(chan core.Event, 32)
	p.news[leg] = ch
	return ch
}

func (p *phone) hush(leg core.LegID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.news, leg)
}

// do gives an order to the audio.
func (p *phone) do(e core.Effect) { p.audio.Do(core.Order{Epoch: 1, Effect: e}) }

// sounds are the built-in ones, and files that a caller brought.
type sounds struct {
	lib *sound.Library
	mu  sync.Mutex
	own map[core.SoundID]*sound.Sound
}

// Sound finds one.
func (s *sounds) Sound(id core.SoundID) (*sound.Sound, error) {
	s.mu.Lock()
	own := s.own[id]
	s.mu.Unlock()
	if own != nil {
		return own, nil
	}
	return s.lib.Sound(id)
}

// put adds one.
func (s *sounds) put(own *sound.Sound) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own[own.ID] = own
}
