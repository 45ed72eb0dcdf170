package media

import "belfry/media/codec"

// silences holds one frame of silence for each codec, encoded.
type silences map[Codec][]byte

func newSilences() silences {
	s := silences{}
	for _, c := range codec.All() {
		s[c] = codec.NewEncoder(c).Encode(nil, make([]int16, c.FrameSamples()))
	}
	return s
}

// over writes silence over a payload: a leg that is muted keeps its pace, so
// that the far end does not take the line for dead.
func (s silences) over(c Codec, payload []byte) {
	hush := s[c]
	for len(payload) > 0 && len(hush) > 0 {
		payload = payload[copy(payload, hush):]
	}
}
