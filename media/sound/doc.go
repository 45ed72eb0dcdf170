// Package sound holds what a line can play: files an administrator brought,
// prompts, tones and music that are built in. It reads and writes WAV, makes
// every sound equally loud, and encodes each once for all who listen.
//
// It knows no leg and no clock: who plays what to whom is the engine's.
package sound
