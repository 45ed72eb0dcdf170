package tape

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"

	"belfry/core"
	"belfry/media/codec"
)

// A log is a line of blocks, each with its length and its checksum: one that a
// crash cut short ends the log, and all before it counts. A block holds records,
// and a record is a packet or a mark.
const (
	magic     = "BELFRY-TAPE-1\n"
	blockHead = 8
	soundHead = 19
	kindSound = 1
	kindMark  = 2
	mostBlock = 16 << 20
)

// Tick is the unit of a timeline: 1/8000 s, an octet of every codec.
const Tick = 125_000 // ns

// Sound is one packet with the tick at which it came.
type Sound struct {
	Track   uint8
	Codec   codec.Codec
	At      uint32
	Seq     uint16
	TS      uint32
	SSRC    uint32
	Payload []byte
}

// Mark is what a log says besides sound. One of its parts is set.
type Mark struct {
	At    uint32         `json:"at"`
	Head  *Head          `json:"head,omitempty"`
	Track *Track         `json:"track,omitempty"`
	State core.TapeState `json:"state,omitempty"`
	// Open and Shut name a track that is heard from here on, or no more.
	Open *uint8 `json:"open,omitempty"`
	Shut *uint8 `json:"shut,omitempty"`
	// Left says of Shut that the leg has gone: its last packet is heard to its end.
	Left bool `json:"left,omitempty"`
}

// Head is the first mark: what the tape belongs to.
type Head struct {
	Tape        core.RecordID      `json:"tape"`
	Call        core.CallID        `json:"call"`
	Interaction core.InteractionID `json:"interaction"`
	Queue       core.QueueID       `json:"queue,omitempty"`
	Began       core.Time          `json:"began"`
}

// Track is one leg on one side of the recording.
type Track struct {
	Number uint8       `json:"number"`
	Leg    core.LegID  `json:"leg"`
	Side   core.Side   `json:"side"`
	Codec  codec.Codec `json:"codec"`
}

// codecs are numbered in a log; the numbers never change.
var codecs = [...]codec.Codec{1: codec.PCMU, 2: codec.PCMA, 3: codec.G722}

// AppendSound adds a packet to the records of a block.
func AppendSound(b []byte, s *Sound) []byte {
	number := byte(1)
	for i, c := range codecs {
		if c == s.Codec {
			number = byte(i)
		}
	}
	le := binary.LittleEndian
	b = append(b, kindSound, s.Track, number, byte(len(s.Payload)), byte(len(s.Payload)>>8))
	b = le.AppendUint32(b, s.At)
	b = le.AppendUint16(b, s.Seq)
	b = le.AppendUint32(b, s.TS)
	b = le.AppendUint32(b, s.SSRC)
	return append(b, s.Payload...)
}

// AppendMark adds a mark to the records of a block.
func AppendMark(b []byte, m Mark) []byte {
	text, err := json.Marshal(m)
	if err != nil {
		panic("tape: a mark cannot be written: " + err.Error())
	}
	b = append(b, kindMark, byte(len(text)), byte(len(text)>>8))
	return append(b, text...)
}

// Block makes room for the head of a block; records are appended to what it
// returns.
func Block(b []byte) []byte { return append(b[:0], make([]byte, blockHead)...) }

// Empty says that a block has no record.
func Empty(b []byte) bool { return len(b) <= blockHead }

// Seal finishes a block, ready to be written.
func Seal(b []byte) {
	binary.LittleEndian.PutUint32(b, uint32(len(b)-blockHead))
	binary.LittleEndian.PutUint32(b[4:], crc32.ChecksumIEEE(b[blockHead:]))
}

// reader reads a log, as far as it is sound.
type reader struct {
	r     *bufio.Reader
	block []byte
	rest  []byte
	sound Sound
	mark  Mark
}

var errNotATape = errors.New("this is no log of a tape")

func newReader(r io.Reader) (*reader, error) {
	x := &reader{r: bufio.NewReaderSize(r, 64<<10)}
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(x.r, head); err != nil || string(head) != magic {
		return nil, errNotATape
	}
	return x, nil
}

// next returns a packet or a mark, valid until the next one; io.EOF where the
// log ends, in order or in the middle of a block.
func (x *reader) next() (*Sound, *Mark, error) {
	for len(x.rest) == 0 {
		if err := x.fill(); err != nil {
			return nil, nil, err
		}
	}
	switch b := x.rest; {
	case b[0] == kindSound && len(b) >= soundHead:
		n := int(b[3]) | int(b[4])<<8
		if len(b) < soundHead+n || int(b[2]) >= len(codecs) || b[2] == 0 {
			return nil, nil, io.EOF
		}
		le := binary.LittleEndian
		x.sound = Sound{
			Track: b[1], Codec: codecs[b[2]], At: le.Uint32(b[5:]), Seq: le.Uint16(b[9:]), TS: le.Uint32(b[11:]), SSRC: le.Uint32(b[15:]),
			Payload: b[soundHead:][:n],
		}
		x.rest = b[soundHead+n:]
		return &x.sound, nil, nil
	case b[0] == kindMark && len(b) >= 3:
		n := int(b[1]) | int(b[2])<<8
		if len(b) < 3+n {
			return nil, nil, io.EOF
		}
		x.mark = Mark{}
		if json.Unmarshal(b[3:3+n], &x.mark) != nil {
			return nil, nil, io.EOF
		}
		x.rest = b[3+n:]
		return nil, &x.mark, nil
	}
	return nil, nil, io.EOF
}

// fill reads the next block.
func (x *reader) fill() error {
	var head [blockHead]byte
	if _, err := io.ReadFull(x.r, head[:]); err != nil {
		return io.EOF
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > mostBlock {
		return io.EOF
	}
	if uint32(cap(x.block)) < n {
		x.block = make([]byte, n)
	}
	x.block = x.block[:n]
	if _, err := io.ReadFull(x.r, x.block); err != nil || crc32.ChecksumIEEE(x.block) != binary.LittleEndian.Uint32(head[4:]) {
		return io.EOF
	}
	x.rest = x.block
	return nil
}

// isZero says whether b holds nothing but zeros.
func isZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }
