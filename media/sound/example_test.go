package sound_test

import (
	"fmt"

	"belfry/core"
	"belfry/media/codec"
	"belfry/media/sound"
)

// A library needs no folder: prompts, tones and music are in the binary.
func ExampleLibrary() {
	lib := sound.NewLibrary("")
	zip, err := lib.Sound("snd_zip")
	if err != nil {
		fmt.Println(err)
		return
	}
	frames := zip.Frames(codec.PCMU).Frames
	fmt.Println(zip.Length(), len(frames), "frames of", len(frames[0]), "octets")

	_, err = lib.Sound("snd_lost")
	fmt.Println(core.KindOf(err) == core.Missing, err)
	// Output:
	// 400ms 20 frames of 160 octets
	// true no sound is called "snd_lost"
}
