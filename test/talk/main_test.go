package talk

import (
	"testing"

	"belfry/test"
)

// TestMain takes the built program away again.
func TestMain(m *testing.M) { test.TestMain(m) }
