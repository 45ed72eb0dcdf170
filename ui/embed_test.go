package ui

import (
	"io/fs"
	"testing"
)

func TestPages(t *testing.T) {
	t.Parallel()
	pages, built := Pages()
	name := "default.html"
	if built {
		name = "banner.html"
	}
	if _, err := fs.Stat(pages, name); err != nil {
		t.Errorf("built=%v: %v", built, err)
	}
}
