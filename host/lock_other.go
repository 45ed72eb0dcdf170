//go:build !unix

package host

import (
	"os"
	"path/filepath"
)

// lock opens the lock file; on this system it keeps nobody else out.
func lock(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
}
