package tape

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"belfry/core"
)

// keptSuffix is of a note that a tape was finished. It stands in the log's place
// until whoever was told has surely kept it.
const keptSuffix = ".kept"

// Remember puts a note of what was told in the place of the log at path.
func Remember(path string, news core.TapeKept) error {
	text, err := json.Marshal(news)
	if err != nil {
		return err
	}
	if err := put(path+keptSuffix, text); err != nil {
		return err
	}
	settle(filepath.Dir(path))
	return os.Remove(path)
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

// Forget drops the notes that are older than before.
func Forget(data string, before time.Time) {
	for _, path := range notes(data) {
		if info, err := os.Stat(path); err == nil && info.ModTime().Before(before) {
			os.Remove(path)
		}
	}
}

func notes(data string) []string {
	files, _ := filepath.Glob(filepath.Join(data, Folder, openFolder, "*"+suffix+keptSuffix))
	return files
}
