package caller

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"belfry/core"
	"belfry/media"
	"belfry/media/sound"
	"belfry/sip"
)

// Options are one call from the terminal.
type Options struct {
	Number string // what to dial: E.164, an extension, or a SIP URI
	To     string // HOST:PORT of the SIP server
	From   string // who calls; empty: anonymous
	Play   string // WAV file, played from the answer on; empty: silence
	Digits []Key
	Record string        // WAV file to keep what is heard in; empty: none
	For    time.Duration // from the answer on; then we hang up
	Ring   time.Duration // how long to wait for the answer
	Codecs []media.Codec // in the order of preference
	Out    io.Writer     // what happens, a line each
	Log    *slog.Logger
}

// Key is one key pressed at a time after the answer.
type Key struct {
	Digit byte
	At    time.Duration
}

// ParseKeys reads "1@2s,#@4s": which key, and how long after the answer.
func ParseKeys(s string) ([]Key, error) {
	var ks []Key
	for _, w := range strings.Split(s, ",") {
		if w = strings.TrimSpace(w); w == "" {
			continue
		}
		k, at, ok := strings.Cut(w, "@")
		d, err := time.ParseDuration(at)
		if !ok || err != nil || len(k) != 1 || !strings.Contains("0123456789*#ABCD", k) || d < 0 {
			return nil, core.FieldErrorf("--digits", "bad-digits", "%q is not a key and a time such as 1@2s", w)
		}
		ks = append(ks, Key{Digit: k[0], At: d})
	}
	return ks, nil
}

// ParseCodecs reads "PCMU,G722"; nothing means all.
func ParseCodecs(s string) ([]media.Codec, error) {
	var cs []media.Codec
	for _, w := range strings.Split(s, ",") {
		switch w = strings.ToUpper(strings.TrimSpace(w)); w {
		case "":
		case "PCMU":
			cs = append(cs, media.PCMU)
		case "PCMA":
			cs = append(cs, media.PCMA)
		case "G722":
			cs = append(cs, media.G722)
		default:
			return nil, core.FieldErrorf("--codecs", "bad-codec", "%q is none of PCMU, PCMA, G722", w)
		}
	}
	return cs, nil
}

// Call makes one call and prints what happens. It returns nil when the call was
// answered and ended normally.
func Call(ctx context.Context, o Options) error {
	host, _, err := net.SplitHostPort(o.To)
	if err != nil {
		return core.FieldErrorf("--to", "bad-address", "%q is not an address such as 127.0.0.1:5060", o.To)
	}
	dir, err := os.MkdirTemp("", "belfry-call-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	p, err := open(context.WithoutCancel(ctx), sameFamily(host), dir, o.Log, nil) // an interrupted call is hung up, not cut off
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.bring(o.Play); err != nil {
		return err
	}
	uri := o.Number
	if !strings.HasPrefix(uri, "sip:") {
		uri = "sip:" + o.Number + "@" + o.To
	}
	c := p.phone.Dial(uri, sip.DialOptions{From: core.Party{Number: o.From, Anonymous: o.From == ""}, Codecs: o.Codecs})
	one := &one{o: o, p: p, c: c, began: time.Now(), audio: p.listen(c.Leg)}
	defer p.hush(c.Leg)
	one.say("calling %s as %s", uri, cmp.Or(o.From, "anonymous"))
	return one.run(ctx, dir)
}

// sameFamily is the address to call from: loopback calls loopback.
func sameFamily(host string) string {
	if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
		if c, err := net.Dial("udp", net.JoinHostPort(host, "9")); err == nil { //nolint:noctx // sends nothing: it asks the routing table
			defer c.Close()
			return c.LocalAddr().(*net.UDPAddr).IP.String()
		}
	}
	return "127.0.0.1"
}

// bring reads the caller's own sound.
func (p *phone) bring(path string) error {
	if path == "" {
		p.sounds.put(sound.FromPCM("snd_own", make([]int16, 16000), 16000))
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return core.FieldErrorf("--play", "unreadable", "the file cannot be read: %v", err)
	}
	defer f.Close()
	a, err := sound.ReadWAV(f, sound.Limits{})
	if err != nil {
		return core.FieldErrorf("--play", "no-wav", "%s: %v", path, err)
	}
	p.sounds.put(sound.FromPCM("snd_own", a.PCM, 16000))
	return nil
}

// one is a call on its way.
type one struct {
	o     Options
	p     *phone
	c     *sip.PhoneCall
	began time.Time
	audio <-chan core.Event
	up    bool

	quality *core.Quality
}

func (x *one) say(format string, args ...any) {
	fmt.Fprintf(x.o.Out, "%7.2fs  %s\n", time.Since(x.began).Seconds(), fmt.Sprintf(format, args...))
}

// run follows the call to its end.
func (x *one) run(ctx context.Context, dir string) error {
	limit := time.NewTimer(orLast(x.o.Ring, 3*time.Minute))
	defer limit.Stop()
	keys := x.o.Digits
	next := time.NewTimer(time.Hour)
	defer next.Stop()
	stop := ctx.Done()
	for {
		select {
		case ev, open := <-x.c.Events():
			if !open {
				return core.Errorf(core.Internal, "no-end", "the call ended without a word")
			}
			switch ev := ev.Event.(type) {
			case core.LegRang:
				x.say("%s", map[bool]string{false: "ringing", true: "ringing, with sound"}[ev.Early])
			case core.LegUp:
				x.answered(ev)
				limit.Reset(orLast(x.o.For, 10*time.Second))
				if len(keys) > 0 {
					next.Reset(keys[0].At)
				}
			case core.LegHeld:
				x.say("%s", map[bool]string{true: "put on hold", false: "taken off hold"}[ev.Held])
			case core.DigitCame:
				x.say("heard a key")
			case core.LegGone:
				x.quality = ev.Quality
				return x.over(ev.Cause, dir)
			default:
			}
		case ev := <-x.audio:
			if _, key := ev.(core.DigitCame); key {
				x.say("heard a key")
			}
		case <-next.C:
			x.p.do(core.SendDigits{Leg: x.c.Leg, Digits: string(keys[0].Digit)})
			x.say("pressed a key")
			if len(keys) > 1 {
				next.Reset(keys[1].At - keys[0].At)
			}
			keys = keys[1:]
		case <-limit.C:
			x.say("hanging up")
			x.c.Hangup()
		case <-stop:
			stop = nil
			x.say("interrupted: hanging up")
			x.c.Hangup()
		}
	}
}

func orLast(d, def time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return def
}

// answered begins to speak and to keep what is heard.
func (x *one) answered(ev core.LegUp) {
	x.up = true
	x.say("answered, %s", ev.Codec)
	x.p.do(core.Play{Leg: x.c.Leg, Play: "ply_own", Sounds: []core.SoundID{"snd_own"}, Loop: true})
	if x.o.Record != "" {
		x.p.do(core.Record{Leg: x.c.Leg, Record: "rec_own", Longest: 24 * time.Hour})
	}
}

// over says how it went, and puts the recording where it was asked for.
func (x *one) over(cause core.Cause, dir string) error {
	words := string(cause.Why)
	if cause.Code != 0 {
		words += fmt.Sprintf(" (%d)", cause.Code)
	}
	if cause.Reason != "" {
		words += ": " + cause.Reason
	}
	x.say("over: %s", words)
	if q := x.quality; q != nil {
		x.say("heard %d packets at MOS %d.%02d, sent %d", q.PacketsIn, q.MOSIn/100, q.MOSIn%100, q.PacketsOut)
	}
	if x.o.Record != "" && x.up {
		if err := keep(filepath.Join(dir, "voice", "rec_own.wav"), x.o.Record); err != nil {
			return err
		}
		x.say("recorded to %s", x.o.Record)
	}
	if !x.up {
		return core.Errorf(core.Busy, "not-answered", "the call was not answered: %s", words)
	}
	switch cause.Why {
	case core.HungUp, core.Ended:
		return nil
	default:
		return core.Errorf(core.Internal, "not-normal", "the call did not end normally: %s", words)
	}
}

// keep copies a recording to where the caller wants it.
func keep(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("read the recording: %w", err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		return core.FieldErrorf("--record", "unwritable", "the recording cannot be written: %v", err)
	}
	return nil
}
