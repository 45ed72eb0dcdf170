package store

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The generated queries must be those of query/. Where a parameter has a name of
// its own, sqlc numbers it, so the texts are compared without parameters.
func TestGeneratedQueriesAreFresh(t *testing.T) {
	t.Parallel()
	parameter := regexp.MustCompile(`sqlc\.arg\(\w+\)|\$\d+|\s+`)
	bare := func(text string) string { return parameter.ReplaceAllString(text, "") }
	query := regexp.MustCompile(`(?m)^-- name: (\w+ :\w+)$`)
	split := func(text string) map[string]string {
		all := map[string]string{}
		at := query.FindAllStringSubmatchIndex(text, -1)
		for i, m := range at {
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			body, _, _ := strings.Cut(text[m[1]:end], "`")
			all[text[m[2]:m[3]]] = bare(strings.TrimRight(strings.TrimSpace(body), ";"))
		}
		return all
	}
	files, err := filepath.Glob("query/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no queries", err)
	}
	for _, file := range files {
		written, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		made, err := os.ReadFile(filepath.Join("q", filepath.Base(file)+".go"))
		if err != nil {
			t.Fatal(err)
		}
		want, got := split(string(written)), split(strings.ReplaceAll(string(made), "= `-- name:", "\n-- name:"))
		if len(want) != len(got) {
			t.Errorf("%s has %d queries, the generated file %d: run make gen", file, len(want), len(got))
		}
		for name, text := range want {
			if got[name] != text {
				t.Errorf("%s: %s is stale, run make gen\n%s\n%s", file, name, text, got[name])
			}
		}
	}
}
