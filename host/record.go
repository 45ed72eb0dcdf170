package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"reflect"
	"strconv"

	"belfry/core"
)

// The flight record is text, one line an event:
//
//	{"seq":7,"at":1790000000000000000,"type":"LegUp","data":{…},"crc":"1a2b3c4d"}
//
// The checksum is CRC-32C over all that stands before `,"crc"`. A line of type
// Skipped takes back the event of the same seq: its step panicked.

// line is one line of the record as it was read.
type line struct {
	news    core.News
	skipped bool
	why     string // of a skip
}

var errLine = errors.New("not a line of a flight record")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const skippedName = "Skipped"

// skip is the data of a Skipped line.
type skip struct{ Why string }

// asked is how an Asked is written: the want's name beside the want.
type asked struct {
	Ask   core.AskID
	Agent core.UserID
	Want  string
	With  core.Want
}

// encoder turns events into lines. It is for one goroutine.
type encoder struct {
	buf bytes.Buffer
	enc *json.Encoder
}

func newEncoder() *encoder {
	e := &encoder{}
	e.enc = json.NewEncoder(&e.buf)
	e.enc.SetEscapeHTML(false)
	return e
}

// written is the JSON of an event that was made before.
type written []byte

// event returns the line of the news, with its end; good until the next call.
// Ready is the event's JSON where it was made before.
func (e *encoder) event(n core.News, ready []byte) ([]byte, error) {
	var data any = n.Event
	if ready != nil {
		data = written(ready)
	}
	if a, ok := n.Event.(core.Asked); ok {
		data = asked{a.Ask, a.Agent, wantName(a.Want), a.Want}
	}
	return e.line(n.Seq, n.At, eventName(n.Event), data)
}

// skip returns the line that takes an event back.
func (e *encoder) skip(seq uint64, at core.Time, why string) ([]byte, error) {
	return e.line(seq, at, skippedName, skip{why})
}

func (e *encoder) line(seq uint64, at core.Time, name string, data any) ([]byte, error) {
	if name == "" {
		return nil, fmt.Errorf("record: %T has no name", data)
	}
	e.buf.Reset()
	b := e.buf.AvailableBuffer()
	b = append(b, `{"seq":`...)
	b = strconv.AppendUint(b, seq, 10)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, int64(at), 10)
	b = append(b, `,"type":"`...)
	b = append(b, name...)
	b = append(b, `","data":`...)
	e.buf.Write(b)
	if ready, ok := data.(written); ok {
		e.buf.Write(ready)
	} else if err := e.enc.Encode(data); err != nil {
		return nil, fmt.Errorf("record %s: %w", name, err)
	} else {
		e.buf.Truncate(e.buf.Len() - 1) // the encoder ends with a newline
	}
	sum := crc32.Checksum(e.buf.Bytes(), castagnoli)
	b = e.buf.AvailableBuffer()
	b = append(b, `,"crc":"`...)
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[sum>>shift&15])
	}
	b = append(b, "\"}\n"...)
	e.buf.Write(b)
	return e.buf.Bytes(), nil
}

// changed says whether writing has changed the event: text that was not UTF-8
// is mended by it. The floor is then stepped with what the record says.
func changed(written []byte) bool { return bytes.Contains(written, []byte(`\ufffd`)) }

// parseLine reads a line without its newline. It is strict: what it takes, the
// encoder has written, but for the order and spelling inside of data.
func parseLine(b []byte) (line, error) {
	const tail = len(`,"crc":"00000000"}`)
	if len(b) < tail {
		return line{}, errLine
	}
	body, end := b[:len(b)-tail], b[len(b)-tail:]
	if string(end[:8]) != `,"crc":"` || string(end[16:]) != `"}` {
		return line{}, errLine
	}
	sum, err := strconv.ParseUint(string(end[8:16]), 16, 32)
	if err != nil || uint32(sum) != crc32.Checksum(body, castagnoli) {
		return line{}, fmt.Errorf("%w: the checksum does not fit", errLine)
	}
	p := cursor{rest: body, ok: true}
	seq := p.until(`{"seq":`, ',')
	at := p.until(`"at":`, ',')
	name := p.until(`"type":"`, '"')
	p.expect(`,"data":`)
	if !p.ok {
		return line{}, errLine
	}
	var l line
	if l.news.Seq, err = strconv.ParseUint(string(seq), 10, 64); err != nil {
		return line{}, fmt.Errorf("%w: seq: %w", errLine, err)
	}
	when, err := strconv.ParseInt(string(at), 10, 64)
	if err != nil {
		return line{}, fmt.Errorf("%w: at: %w", errLine, err)
	}
	l.news.At = core.Time(when)
	if string(name) == skippedName {
		var s skip
		err = json.Unmarshal(p.rest, &s)
		l.skipped, l.why = true, s.Why
	} else {
		l.news.Event, err = readEvent(string(name), p.rest)
	}
	if err != nil {
		return line{}, fmt.Errorf("%w: %s: %w", errLine, name, err)
	}
	return l, nil
}

type cursor struct {
	rest []byte
	ok   bool
}

func (p *cursor) expect(word string) {
	if p.ok = p.ok && bytes.HasPrefix(p.rest, []byte(word)); p.ok {
		p.rest = p.rest[len(word):]
	}
}

// until takes the word and returns what stands before the mark.
func (p *cursor) until(word string, mark byte) []byte {
	p.expect(word)
	i := bytes.IndexByte(p.rest, mark)
	if p.ok = p.ok && i >= 0; !p.ok {
		return nil
	}
	found := p.rest[:i]
	p.rest = p.rest[i+1:]
	return found
}

// eventNames and wantNames are the complete tables of what can be recorded. A
// name, once released, is never given to something else.
var (
	eventNames = []core.Event{
		core.CallCame{},
		core.LegRang{},
		core.LegUp{},
		core.LegGone{},
		core.LegHeld{},
		core.DigitCame{},
		core.PlayEnded{},
		core.RecordEnded{},
		core.AudioLost{},
		core.AudioBack{},
		core.SoundMissed{},
		core.Referred{},
		core.TapeRolled{},
		core.TapeFailed{},
		core.TapeKept{},
		core.QualityCame{},
		core.StationUp{},
		core.StationGone{},
		core.PageCame{},
		core.PageGone{},
		core.PageFroze{},
		core.PageThawed{},
		core.SoundChecked{},
		core.RingDrawn{},
		core.Asked{},
		core.ContactCame{},
		core.NumberRead{},
		core.NumbersErased{},
		core.RequestEnded{},
		core.PlanChanged{},
		core.Woke{},
		core.CallFailed{},
		core.FloorStarted{},
	}
	wantNames = []core.Want{
		core.StartShift{},
		core.EndShift{},
		core.SetActivity{},
		core.Return{},
		core.Accept{},
		core.Decline{},
		core.Hold{},
		core.Resume{},
		core.MuteMic{},
		core.UnmuteMic{},
		core.Hangup{},
		core.Keys{},
		core.PlaceCall{},
		core.Transfer{},
		core.CompleteTransfer{},
		core.CancelTransfer{},
		core.Merge{},
		core.MuteParty{},
		core.RemoveParty{},
		core.SetTape{},
		core.Repair{},
		core.UseStation{},
		core.Take{},
		core.Assign{},
		core.SetActivityOf{},
		core.ReturnOf{},
		core.ExtendPost{},
		core.EndPost{},
		core.Qualify{},
		core.UseProfile{},
		core.SetStatus{},
		core.SkipWhisper{},
		core.ClaimPop{},
		core.Press{},
	}
	eventReaders = readers(eventNames)
	wantReaders  = readers(wantNames)
)

func readers[T any](all []T) map[string]reflect.Type {
	m := make(map[string]reflect.Type, len(all))
	for _, v := range all {
		t := reflect.TypeOf(v)
		m[t.Name()] = t
	}
	return m
}

func eventName(ev core.Event) string {
	if ev == nil {
		return ""
	}
	name := reflect.TypeOf(ev).Name()
	if eventReaders[name] == nil {
		return ""
	}
	return name
}

func wantName(w core.Want) string {
	if w == nil {
		return ""
	}
	return reflect.TypeOf(w).Name()
}

func readEvent(name string, data []byte) (core.Event, error) {
	if name == "Asked" {
		return readAsked(data)
	}
	v, err := read(eventReaders, name, data)
	if err != nil {
		return nil, err
	}
	return v.(core.Event), nil
}

func readAsked(data []byte) (core.Event, error) {
	var a struct {
		Ask   core.AskID
		Agent core.UserID
		Want  string
		With  json.RawMessage
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if a.Want == "" {
		return core.Asked{Ask: a.Ask, Agent: a.Agent}, nil
	}
	w, err := read(wantReaders, a.Want, a.With)
	if err != nil {
		return nil, err
	}
	return core.Asked{Ask: a.Ask, Agent: a.Agent, Want: w.(core.Want)}, nil
}

func read(table map[string]reflect.Type, name string, data []byte) (any, error) {
	t := table[name]
	if t == nil {
		return nil, fmt.Errorf("nothing is called %q", name)
	}
	v := reflect.New(t)
	if err := json.Unmarshal(data, v.Interface()); err != nil {
		return nil, err
	}
	return v.Elem().Interface(), nil
}
