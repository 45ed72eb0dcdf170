//go:build linux || darwin

package tape

import "syscall"

// free is what a user without privileges may still write below dir.
func free(dir string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize) //nolint:unconvert // its type differs between systems
}
