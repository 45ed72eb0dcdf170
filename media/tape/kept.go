package tape

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"belfry/core"
)

// keptSuffix is of a note that a tape was finished. It stands beside the log, and
// both stay until whoever was told has surely kept it.
const keptSuffix = ".kept"

// Remember puts a note of what was told beside the log at path. Should a power
// cut take the note, the log is there to be finished once more.
func Remember(path string, news core.TapeKept) error {
	text, err := json.Marshal(news)
	if err != nil {
		return err
	}
	return put(path+keptSuffix, text, false)
}

// Remembered reads the notes.
func Remembered(data string) []core.TapeKept {
	var all []core.TapeKept
	for _, path := range notes(data) {
		var news core.TapeKept
		if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &news) == nil && news.Tape != "" {
			all = append(all, news)
		}
	}
	return all
}

// Forget removes the logs that were finished before an instant, and their notes.
func Forget(data string, before time.Time) {
	for _, path := range notes(data) {
		if info, err := os.Stat(path); err == nil && info.ModTime().Before(before) {
			os.Remove(strings.TrimSuffix(path, keptSuffix))
			os.Remove(path)
		}
	}
}

func notes(data string) []string {
	files, _ := filepath.Glob(filepath.Join(data, Folder, openFolder, "*"+suffix+keptSuffix))
	return files
}
