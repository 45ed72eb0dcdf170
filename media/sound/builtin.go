package sound

import (
	"bytes"
	"embed"
	"slices"
	"time"

	"belfry/core"
)

//go:generate ./make.sh

//go:embed voice/*.wav
var voices embed.FS

// builtIns are the sounds that are made rather than spoken.
var builtIns = []struct {
	id    core.SoundID
	loops bool
	pcm   func() ([]int16, error)
}{
	{"snd_beep", false, made(beep)},
	{"snd_zip", false, made(zip)},
	{"snd_ringback", true, made(ringback)},
	{"snd_busy", true, made(busy)},
	{"snd_music_sales", true, played(salesTune)},
	{"snd_music_support", true, played(supportTune)},
	{"snd_music_default", true, played(defaultTune)},
	{"snd_music_comfort", true, played(comfortTune)},
	{"snd_comfort", false, comfort("snd_moment")},
	{"snd_comfort_fr", false, comfort("snd_moment_fr")},
}

func made(f func() []int16) func() ([]int16, error) {
	return func() ([]int16, error) { return f(), nil }
}

func played(f func() *tune) func() ([]int16, error) {
	return func() ([]int16, error) { return f().render(), nil }
}

// comfort asks for a moment and then plays one turn of soft music: for a caller
// whose agent's line is lost. Looped, it asks again every twenty seconds.
func comfort(words core.SoundID) func() ([]int16, error) {
	return func() ([]int16, error) {
		pcm, err := spoken(words)
		if err != nil {
			return nil, err
		}
		return append(append(pcm, pause(300*time.Millisecond)...), comfortTune().render()...), nil
	}
}

// spoken reads a prompt that is built in.
func spoken(id core.SoundID) ([]int16, error) {
	b, err := voices.ReadFile("voice/" + string(id) + ".wav")
	if err != nil {
		return nil, missing(id)
	}
	a, err := ReadWAV(bytes.NewReader(b), Limits{})
	if err != nil {
		return nil, err
	}
	normalise(a.PCM)
	return a.PCM, nil
}

// builtIn makes the sound of that name, or gives a Missing error.
func builtIn(id core.SoundID) (*Sound, error) {
	for _, b := range builtIns {
		if b.id == id {
			pcm, err := b.pcm()
			if err != nil {
				return nil, err
			}
			s := fromPCM(id, pcm)
			s.loops = b.loops
			return s, nil
		}
	}
	pcm, err := spoken(id)
	if err != nil {
		return nil, err
	}
	return fromPCM(id, pcm), nil
}

// BuiltIn lists what is always there, sorted.
func BuiltIn() []core.SoundID {
	var ids []core.SoundID
	for _, b := range builtIns {
		ids = append(ids, b.id)
	}
	files, err := voices.ReadDir("voice")
	if err != nil {
		return ids // cannot be: the folder is in the binary
	}
	for _, f := range files {
		ids = append(ids, core.SoundID(f.Name()[:len(f.Name())-len(".wav")]))
	}
	slices.Sort(ids)
	return ids
}

func missing(id core.SoundID) error {
	return core.Errorf(core.Missing, "sound-missing", "no sound is called %q", string(id))
}
