package sip

import (
	"testing"
	"unsafe"
)

// Transactions over UDP live for 32 s: at 800 calls a second, 100,000 of them.
func TestTransactionsAreSmall(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]uintptr{"server": unsafe.Sizeof(serverTx{}), "client": unsafe.Sizeof(clientTx{}), "alarm": unsafe.Sizeof(alarm{})} {
		if size > 256 {
			t.Errorf("a %s is %d bytes", name, size)
		}
		t.Log(name, size)
	}
}
