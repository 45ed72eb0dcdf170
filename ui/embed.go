// Package ui holds the built pages. It is not the server of them: package api
// decides who sees which, and under which headers.
package ui

import (
	"embed"
	"io/fs"
)

// The pages are built by Node into dist, which is not in the repository. The
// pattern also matches default.html beside it, so that the program compiles
// without Node; it then shows that one page.
//
//go:embed all:d*
var files embed.FS

// Pages returns the built pages: login.html, banner.html and assets/. Names in
// assets/ carry a hash of their content and may be cached for ever; the pages
// may not. Without a build it returns a tree with the one page default.html and
// says false.
func Pages() (pages fs.FS, built bool) {
	if _, err := fs.Stat(files, "dist/banner.html"); err == nil {
		if sub, err := fs.Sub(files, "dist"); err == nil {
			return sub, true
		}
	}
	return files, false
}
