//go:build !linux && !darwin

package tape

// free cannot be told here.
func free(string) int64 { return -1 }
