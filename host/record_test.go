package host

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"testing"

	"belfry/core"
)

// fill puts something into every field, so that one that is lost is seen.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString("é \"<&>\" " + string(rune('a'+*n%26)))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n) << 33)
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	case reflect.Uint64:
		v.SetUint(uint64(*n) << 40)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" { // not recorded: made of what is
				fill(v.Field(i), n)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			fill(v.Index(i), n)
		}
	case reflect.Interface: // a compiled plan, which is not recorded
	default:
		panic("fill: what is a " + v.Kind().String() + "?")
	}
}

func filled(zero any) any {
	n := 0
	v := reflect.New(reflect.TypeOf(zero)).Elem()
	if a, ok := zero.(core.Asked); ok {
		if a.Want != nil {
			a.Want = filled(a.Want).(core.Want)
		}
		a.Ask, a.Agent = 77, "usr_ann"
		return a
	}
	fill(v, &n)
	return v.Interface()
}

func everyEvent() []core.Event {
	var all []core.Event
	for _, ev := range eventNames {
		all = append(all, ev, filled(ev).(core.Event))
	}
	for _, w := range wantNames {
		all = append(all, core.Asked{Want: w}, filled(core.Asked{Want: w}).(core.Event))
	}
	return all
}

func TestEveryEventGoesThereAndBack(t *testing.T) {
	t.Parallel()
	enc := newEncoder()
	for i, ev := range everyEvent() {
		n := core.News{Seq: uint64(i) + 1, At: core.Time(i) << 40, Event: ev}
		b, err := enc.event(n, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(b, []byte("\n")) != 1 {
			t.Errorf("%T is not one line: %q", ev, b)
		}
		l, err := parseLine(b[:len(b)-1])
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if !reflect.DeepEqual(l.news, n) {
			t.Errorf("wrote %+v\n read %+v\n from %s", n, l.news, b)
		}
	}
}

// The tables must know every type that core declares with event() or want().
func TestTablesAreComplete(t *testing.T) {
	t.Parallel()
	for file, c := range map[string]struct {
		method string
		known  map[string]reflect.Type
	}{"../core/event.go": {"event", eventReaders}, "../core/want.go": {"want", wantReaders}} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name != c.method || fn.Recv == nil {
				continue
			}
			if name := fn.Recv.List[0].Type.(*ast.Ident).Name; c.known[name] == nil {
				t.Errorf("core.%s cannot be recorded: add it to the table", name)
			}
		}
	}
}

func TestSkipGoesThereAndBack(t *testing.T) {
	t.Parallel()
	b, err := newEncoder().skip(9, 5, "index out of range")
	if err != nil {
		t.Fatal(err)
	}
	l, err := parseLine(b[:len(b)-1])
	if err != nil || !l.skipped || l.news.Seq != 9 || l.why != "index out of range" {
		t.Errorf("got %+v, %v", l, err)
	}
}

func TestWhatIsNoUTF8IsSeenToChange(t *testing.T) {
	t.Parallel()
	enc := newEncoder()
	for name, want := range map[string]bool{"Zo\xeb": true, "Zoë": false, "\ufffd": false} {
		b, err := enc.event(core.News{Event: core.CallCame{From: core.Party{Name: name}}}, nil)
		if err != nil || changed(b) != want {
			t.Errorf("%q: changed %v, %v", name, changed(b), err)
		}
	}
}

func TestAnEventWithoutANameIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := newEncoder().event(core.News{}, nil); err == nil {
		t.Error("no event at all was written")
	}
}

func FuzzParseLine(f *testing.F) {
	enc := newEncoder()
	for _, ev := range everyEvent() {
		b, err := enc.event(core.News{Seq: 3, At: 4, Event: ev}, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(b[:len(b)-1]))
	}
	for _, s := range []string{"", "{}", `{"seq":1,"at":2,"type":"Woke","data":{},"crc":"00000000"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := parseLine(b)
		if err != nil || l.skipped {
			return
		}
		again, err := newEncoder().event(l.news, nil)
		if err != nil {
			t.Fatalf("%q was read but cannot be written: %v", b, err)
		}
		m, err := parseLine(again[:len(again)-1])
		if err != nil || !reflect.DeepEqual(l, m) {
			t.Fatalf("%q\n%+v\n%+v\n%v", b, l, m, err)
		}
	})
}

// typical is what a call of the demo writes.
func typical() []core.Event {
	return []core.Event{
		core.CallCame{
			Call: "cal_01JABCDEFGHJKMNPQRSTVWXYZ0", Leg: "leg_s01JABCDEFGHJKMNPQRSTVWXYZ0", To: "+33100000001",
			From: core.Party{Number: "+33612345678", Name: "Claire Fontaine"}, Trunk: "demo", SIPCallID: "a84b4c76e66710@pc33.example.com", Codec: "PCMA",
		},
		core.LegUp{Leg: "leg_s01JABCDEFGHJKMNPQRSTVWXYZ0", Codec: "PCMA"},
		core.Woke{},
		core.RingDrawn{Agent: "usr_ann", Offer: "off_01JABCDEFGHJKMNPQRSTVWXYZ0"},
		core.Asked{Ask: 12, Agent: "usr_ann", Want: core.Accept{Offer: "off_01JABCDEFGHJKMNPQRSTVWXYZ0"}},
		core.LegGone{Leg: "leg_s01JABCDEFGHJKMNPQRSTVWXYZ0", Cause: core.Cause{Why: core.HungUp}, Quality: &core.Quality{MOSIn: 441}},
	}
}

func BenchmarkEncode(b *testing.B) {
	enc, evs := newEncoder(), typical()
	b.ReportAllocs()
	for i := range b.N {
		if _, err := enc.event(core.News{Seq: uint64(i), At: 1790000000000000000, Event: evs[i%len(evs)]}, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	enc := newEncoder()
	var lines [][]byte
	for _, ev := range typical() {
		l, _ := enc.event(core.News{Seq: 123456, At: 1790000000000000000, Event: ev}, nil)
		lines = append(lines, bytes.Clone(l[:len(l)-1]))
	}
	b.ReportAllocs()
	for i := range b.N {
		if _, err := parseLine(lines[i%len(lines)]); err != nil {
			b.Fatal(err)
		}
	}
}
