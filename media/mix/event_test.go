package mix

import (
	"bytes"
	"strings"
	"testing"

	"belfry/core"
)

func TestEventPayload(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		payload []byte
		want    Event
		ok      bool
		digit   byte
	}{
		{"a key goes down", []byte{5, 0x0a, 0, 160}, Event{5, false, 10, 160}, true, '5'},
		{"a key is up", []byte{11, 0x8a, 3, 32}, Event{11, true, 10, 800}, true, '#'},
		{"the reserved bit is ignored", []byte{10, 0xc0, 0, 0}, Event{10, true, 0, 0}, true, '*'},
		{"D", []byte{15, 0, 255, 255}, Event{15, false, 0, 65535}, true, 'D'},
		{"flash is no key", []byte{16, 0, 0, 160}, Event{16, false, 0, 160}, true, 0},
		{"two in a packet", []byte{1, 0, 0, 160, 2, 0, 0, 160}, Event{1, false, 0, 160}, true, '1'},
		{"too short", []byte{1, 0, 0}, Event{}, false, 0},
		{"empty", nil, Event{}, false, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e, ok := ParseEvent(row.payload)
			if e != row.want || ok != row.ok {
				t.Errorf("%+v, %v", e, ok)
			}
			if d, isKey := e.Digit(); ok && (d != row.digit || isKey != (row.digit != 0)) {
				t.Errorf("the key is %q, %v", d, isKey)
			}
		})
	}
}

func TestEventCode(t *testing.T) {
	t.Parallel()
	for i, key := range []byte(keys) {
		if code, ok := EventCode(key); !ok || int(code) != i {
			t.Errorf("%q is %d, %v", key, code, ok)
		}
	}
	if code, ok := EventCode('c'); !ok || code != 14 {
		t.Errorf("c is %d, %v", code, ok)
	}
	if _, ok := EventCode('e'); ok {
		t.Error("e is no key")
	}
}

func FuzzEvent(f *testing.F) {
	f.Add(uint32(0), []byte{5, 0x8a, 0, 160})
	f.Add(uint32(1<<32-1), []byte{16, 0xff, 0xff, 0xff, 0})
	f.Add(uint32(7), []byte{})
	f.Fuzz(func(t *testing.T, ts uint32, payload []byte) {
		e, ok := ParseEvent(payload)
		if ok != (len(payload) >= 4) {
			t.Fatalf("%d octets: %v", len(payload), ok)
		}
		if ok {
			back := e.Append(nil)
			payload[1] &^= 0x40 // the reserved bit
			if !bytes.Equal(back, payload[:4]) {
				t.Fatalf("%x became %x", payload[:4], back)
			}
		}
		var k KeysIn
		_, first := k.Push(ts, payload)
		if _, second := k.Push(ts, payload); second {
			t.Fatal("one press was told twice")
		}
		if _, isKey := e.Digit(); ok && first != isKey {
			t.Fatalf("told: %v, a key: %v", first, isKey)
		}
	})
}

type keyed struct {
	ts       uint32
	code     uint8
	end      bool
	duration uint16
}

func TestKeysIn(t *testing.T) {
	t.Parallel()
	const s = 8000
	for _, row := range []struct {
		name string
		in   []keyed
		want string
	}{
		{"one press", []keyed{{s, 1, false, 160}, {s, 1, false, 320}, {s, 1, true, 480}, {s, 1, true, 480}, {s, 1, true, 480}}, "1"},
		{"only an end came", []keyed{{s, 2, true, 480}}, "2"},
		{"only one in the middle came", []keyed{{s, 2, false, 320}}, "2"},
		{"the same key twice", []keyed{{s, 3, false, 160}, {s, 3, true, 480}, {s + 1600, 3, false, 160}, {s + 1600, 3, true, 480}}, "33"},
		{"the same key twice, ends lost", []keyed{{s, 3, false, 160}, {s + 1600, 3, false, 160}}, "33"},
		{"packets of the last press come late", []keyed{{s, 4, false, 160}, {s + 1600, 5, false, 160}, {s, 4, true, 480}, {s + 1600, 5, true, 480}}, "45"},
		{"duration out of order", []keyed{{s, 6, true, 480}, {s, 6, false, 160}}, "6"},
		{"the timestamp turns over", []keyed{{1<<32 - 100, 7, false, 160}, {700, 8, false, 160}}, "78"},
		{"held for more than eight seconds", []keyed{{s, 9, false, 160}, {s, 9, false, 65440}, {s + 65440, 9, false, 160}, {s + 65440, 9, true, 800}}, "9"},
		{"pressed again after it was held", []keyed{{s, 9, false, 65440}, {s, 9, true, 65440}, {s + 65500, 9, false, 160}}, "99"},
		{"another stream, far back", []keyed{{90 * s, 1, true, 480}, {s, 1, false, 160}}, "11"},
		{"flash", []keyed{{s, 16, false, 160}, {s, 1, false, 160}}, "1"},
		{"all keys", []keyed{{1 * s, 0, false, 1}, {2 * s, 10, false, 1}, {3 * s, 11, false, 1}, {4 * s, 12, false, 1}, {5 * s, 15, false, 1}}, "0*#AD"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var k KeysIn
			var got []byte
			for _, p := range row.in {
				e := Event{Code: p.code, End: p.end, Duration: p.duration}
				if d, ok := k.Push(p.ts, e.Append(nil)); ok {
					got = append(got, d)
				}
			}
			if string(got) != row.want {
				t.Errorf("told %q, want %q", got, row.want)
			}
		})
	}
}

func TestKeysOut(t *testing.T) {
	t.Parallel()
	var k KeysOut
	if err := k.Press("1#"); err != nil {
		t.Fatal(err)
	}
	var trace strings.Builder
	var in KeysIn
	var told []byte
	ts := uint32(1000)
	for ; k.Busy(); ts += 160 {
		p, ok := k.Next(ts)
		if !ok {
			trace.WriteByte('.')
			continue
		}
		e, _ := ParseEvent(p.Payload[:])
		switch {
		case p.Marker && e.Duration == 160 && p.TS == ts && !e.End:
			trace.WriteByte('m')
		case e.End && e.Duration == 800:
			trace.WriteByte('e')
		case !p.Marker && !e.End && uint32(e.Duration) == ts-p.TS+160:
			trace.WriteByte('k')
		default:
			t.Fatalf("%+v %+v", p, e)
		}
		if d, ok := in.Push(p.TS, p.Payload[:]); ok {
			told = append(told, d)
		}
	}
	if got, want := trace.String(), "mkkkeee...mkkkeee..."; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	if string(told) != "1#" {
		t.Errorf("heard %q", told)
	}
}

func TestKeysOutPauses(t *testing.T) {
	t.Parallel()
	var k KeysOut
	if err := k.Press(",5"); err != nil {
		t.Fatal(err)
	}
	n := 0
	for ts := uint32(0); ; ts += 160 {
		if _, ok := k.Next(ts); ok {
			break
		}
		n++
	}
	if n != 25 {
		t.Errorf("the pause is %d frames", n)
	}
}

func TestKeysOutRefuses(t *testing.T) {
	t.Parallel()
	var k KeysOut
	if err := k.Press("12x"); core.KindOf(err) != core.Invalid || k.Busy() {
		t.Errorf("a letter: %v", err)
	}
	if err := k.Press(strings.Repeat("1", 65)); core.KindOf(err) != core.Busy || k.Busy() {
		t.Errorf("too many: %v", err)
	}
	if err := k.Press(strings.Repeat("d", 64)); err != nil || !k.Busy() {
		t.Errorf("as many as may wait: %v", err)
	}
}
