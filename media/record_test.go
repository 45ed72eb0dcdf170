package media

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"belfry/core"
	"belfry/media/mix"
)

// pcmOf reads the samples of a 16-bit WAV of ours, as a player would.
func pcmOf(t *testing.T, path string) (pcm []int16, rate int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte("data"))
	if !bytes.HasPrefix(b, []byte("RIFF")) || i < 0 || binary.LittleEndian.Uint16(b[20:]) != 1 || binary.LittleEndian.Uint16(b[34:]) != 16 {
		t.Fatalf("%s is no linear WAV", path)
	}
	size := int(binary.LittleEndian.Uint32(b[i+4:]))
	if int(binary.LittleEndian.Uint32(b[4:])) != len(b)-8 || size != len(b)-i-8 {
		t.Errorf("%s: the header says %d of %d bytes", path, size, len(b)-i-8)
	}
	pcm = make([]int16, size/2)
	if _, err := binary.Decode(b[i+8:], binary.LittleEndian, pcm); err != nil {
		t.Fatal(err)
	}
	return pcm, int(binary.LittleEndian.Uint32(b[24:]))
}

// TestRecord keeps what a caller says and ends in each of the ways there are.
func TestRecord(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why   string
		order core.Record
		hz    float64
		codec Codec
		end   func(s *stage, l *Leg, f *far)
		least time.Duration
	}{
		{"longest", core.Record{Longest: time.Second}, 440, PCMU, nil, time.Second},
		{"silence", core.Record{Silence: 500 * time.Millisecond}, 0, PCMA, nil, 500 * time.Millisecond},
		{"key", core.Record{Keys: "*#"}, 440, G722, func(s *stage, _ *Leg, f *far) { s.recorded(f); f.press('#') }, 0},
		{"stopped", core.Record{}, 440, PCMU, func(s *stage, l *Leg, f *far) { s.recorded(f); s.do(core.StopRecord{Leg: l.ID()}) }, 0},
		{"hangup", core.Record{}, 440, PCMU, func(s *stage, l *Leg, f *far) { s.recorded(f); l.Close() }, 0},
	} {
		t.Run(row.why, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := newStage(t, Options{DataDir: dir})
			l, f := s.call("leg_s1", row.codec, row.hz)
			row.order.Leg, row.order.Record = "leg_s1", "vm_1"
			f.until(3*time.Second, "packets", func() bool { return s.Stats().PacketsIn > 5 })
			s.do(row.order, row.order)
			if row.end != nil {
				row.end(s, l, f)
			}
			ended := wait(s, 5*time.Second, func(core.RecordEnded) bool { return true })
			if ended.Why != row.why || ended.Record != "vm_1" || ended.File != "voice/vm_1.wav" || ended.Length < row.least {
				t.Errorf("%+v", ended)
			}
			pcm, rate := pcmOf(t, filepath.Join(dir, ended.File))
			if rate != row.codec.SampleRate() {
				t.Errorf("%d Hz", rate)
			}
			if got := time.Duration(len(pcm)) * time.Second / time.Duration(rate); got != ended.Length {
				t.Errorf("%v in the file, told %v", got, ended.Length)
			}
			if row.hz != 0 {
				if level := mix.ToneLevel(pcm[len(pcm)/4:], rate, row.hz); level < -30 {
					t.Errorf("the voice is at %.1f dB", level)
				}
			}
		})
	}
}

// recorded waits until there is a second of sound to end.
func (s *stage) recorded(f *far) {
	before := s.Stats().PacketsIn
	f.until(3*time.Second, "sound", func() bool { return s.Stats().PacketsIn > before+50 })
}

// TestRecordOnDiskAtOnce: a crash in the middle loses a second at most.
func TestRecordOnDiskAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	_, f := s.call("leg_s1", PCMU, 440)
	s.do(core.Record{Leg: "leg_s1", Record: "vm_1"})
	path := filepath.Join(dir, "voice", "vm_1.wav")
	f.until(5*time.Second, "a sound file on disk", func() bool {
		b, err := os.ReadFile(path)
		return err == nil && len(b) > 8000 && binary.LittleEndian.Uint32(b[4:]) > 8000
	})
}

// TestRecordCannot: what cannot be written is said, and the call goes on.
func TestRecordCannot(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"no folder": {}, "a file in the way": {DataDir: filepath.Join(t.TempDir(), "x")}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if o.DataDir != "" {
				if err := os.WriteFile(o.DataDir, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := newStage(t, o)
			_, _ = s.call("leg_s1", PCMU, 440)
			_, bob := s.call("leg_s2", PCMU, 1000)
			s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
			s.do(core.Record{Leg: "leg_s1", Record: "vm_1", Longest: 200 * time.Millisecond})
			ended := wait(s, 3*time.Second, func(core.RecordEnded) bool { return true })
			if ended.Why != "failed" || ended.File != "" {
				t.Errorf("%+v", ended)
			}
			bob.hears(440)
		})
	}
}

// TestMend: a message that a crash left open is mended at the next start.
func TestMend(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	l, f := s.call("leg_s1", PCMU, 440)
	s.do(core.Record{Leg: "leg_s1", Record: "vm_1"})
	s.recorded(f)
	l.Close()
	path := filepath.Join(dir, "voice", "vm_1.wav")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, make([]byte, 3200)...) // written after the last patch
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	again := newStage(t, Options{DataDir: dir})
	again.work.Wait()
	if pcm, _ := pcmOf(t, path); len(pcm) < 1600 {
		t.Errorf("%d samples", len(pcm))
	}
}

// TestRecordWhileRelayed: a recording does not turn a relay into a mix.
func TestRecordWhileRelayed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStage(t, Options{DataDir: dir})
	_, ann := s.call("leg_s1", PCMU, 440)
	_, bob := s.call("leg_s2", PCMU, 1000)
	s.do(core.Join{Room: "r", Leg: "leg_s1"}, core.Join{Room: "r", Leg: "leg_s2"})
	s.do(core.Record{Leg: "leg_s1", Record: "rec_1", Longest: 2 * time.Second})
	ann.hears(1000)
	bob.hears(440)
	if s.Stats().Mixes != 0 {
		t.Error("it is mixed")
	}
	ended := wait(s, 5*time.Second, func(core.RecordEnded) bool { return true })
	pcm, rate := pcmOf(t, filepath.Join(dir, ended.File))
	if mix.ToneLevel(pcm[len(pcm)/4:], rate, 440) < -30 || mix.ToneLevel(pcm, rate, 1000) > -40 {
		t.Error("the recording is not the caller's voice alone")
	}
}
