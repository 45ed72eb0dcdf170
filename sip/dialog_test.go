package sip

import (
	"encoding/json"
	"reflect"
	"testing"

	"belfry/core"
)

// A leg written down and read back is the same leg, and nothing of a dialog is
// missing in the writing.
func TestDialogIsAPlainValue(t *testing.T) {
	t.Parallel()
	b, w := newPair(t, slow)
	k := w.talk()
	k.send("INVITE", "Supported: timer\r\nSession-Expires: 1800;refresher=uas\r\nAllow: UPDATE, INFO\r\nRecord-Route: <sip:one@"+w.host()+";lr>, <sip:two@x;lr>\r\n", plainSDP)
	leg := next[core.CallCame](b).Leg
	b.Do(core.Order{Epoch: 5, Effect: core.Answer{Leg: leg}})
	k.until(200)
	k.send("ACK", "", "")
	next[core.LegUp](b)
	k.send("INVITE", "Supported: timer\r\nSession-Expires: 1800;refresher=uas\r\n", plainSDP+"a=sendonly\r\n")
	k.until(200)
	k.send("ACK", "", "")
	next[core.LegHeld](b)
	d, ok := b.Dialog(leg)
	if !ok {
		t.Fatal("no such leg")
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back Dialog
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	d.Began, d.Session.Deadline = d.Began.Round(0), d.Session.Deadline.Round(0) // JSON has no monotonic clock
	back.Began, back.Session.Deadline = back.Began.Local(), back.Session.Deadline.Local()
	d.Began, d.Session.Deadline = d.Began.Local(), d.Session.Deadline.Local()
	if !reflect.DeepEqual(d, back) {
		t.Errorf("written\n%+v\nread\n%+v", d, back)
	}
	may := map[string]bool{"LocalSeq": true, "PT": true, "Stream": true, "Holding": true, "Version": true, "Secure": true, "Tag": true, "Proto": true, "TLS": true, "Trunk": true, "User": true} // zero in this dialog
	var look func(v reflect.Value, path string)
	look = func(v reflect.Value, path string) {
		for i := range v.NumField() {
			f, name := v.Field(i), v.Type().Field(i).Name
			if f.Kind() == reflect.Struct && f.Type().PkgPath() == v.Type().PkgPath() {
				look(f, path+name+".")
			} else if f.IsZero() && !may[name] {
				t.Errorf("%s%s is not known", path, name)
			}
		}
	}
	look(reflect.ValueOf(d), "")
	if len(d.Routes) != 2 {
		t.Errorf("routes %q", d.Routes)
	}
}

// Every way out of every state is in the table, and only there.
func TestMoves(t *testing.T) {
	t.Parallel()
	if len(moves) != len(legStates) {
		t.Fatal("a state without moves")
	}
	for s := range moves {
		if legState(s) != over && len(moves[s]) == 0 {
			t.Errorf("no way out of %v", legState(s))
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an impossible move did not panic")
		}
	}()
	g := &leg{state: over}
	g.move(up)
}
