package codec

// Encoder turns linear sound into octets of one codec. G.722 has a memory: use
// one Encoder for one direction of one leg, from one goroutine at a time.
type Encoder struct {
	codec Codec
	g722  g722Encoder
}

// NewEncoder returns an encoder at rest.
func NewEncoder(c Codec) *Encoder {
	e := &Encoder{}
	e.Reset(c)
	return e
}

// Reset forgets what was said and goes on with the codec c.
func (e *Encoder) Reset(c Codec) {
	e.codec = c
	e.g722.reset()
}

// Codec returns what the encoder writes.
func (e *Encoder) Codec() Codec { return e.codec }

// Encode appends pcm, which is at the codec's sample rate, to dst. G.722 takes
// two samples for an octet; an odd last one is left out. It allocates nothing
// when dst has room.
func (e *Encoder) Encode(dst []byte, pcm []int16) []byte {
	switch e.codec {
	case PCMA:
		return appendALaw(dst, pcm)
	case G722:
		return e.g722.encode(dst, pcm)
	default:
		return appendMuLaw(dst, pcm)
	}
}

// Decoder turns octets of one codec into linear sound. What is said of Encoder
// holds for it too.
type Decoder struct {
	codec Codec
	g722  g722Decoder
}

// NewDecoder returns a decoder at rest.
func NewDecoder(c Codec) *Decoder {
	d := &Decoder{}
	d.Reset(c)
	return d
}

// Reset forgets what was heard and goes on with the codec c.
func (d *Decoder) Reset(c Codec) {
	d.codec = c
	d.g722.reset()
}

// Codec returns what the decoder reads.
func (d *Decoder) Codec() Codec { return d.codec }

// Decode appends the sound of payload to dst, at the codec's sample rate. Any
// octets are valid. It allocates nothing when dst has room.
func (d *Decoder) Decode(dst []int16, payload []byte) []int16 {
	switch d.codec {
	case PCMA:
		return decodeTable(dst, payload, &aLawToLinear)
	case G722:
		return d.g722.decode(dst, payload)
	default:
		return decodeTable(dst, payload, &muLawToLinear)
	}
}
