// Package test holds the whole program to its promises: who may import whom,
// and, with real phones and browsers, what it does. It is no part of the product.
package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// file is one Go file of ours, as far as these rules look.
type file struct {
	path    string // from the root, with slashes
	lines   int
	test    bool // a _test.go file
	tagged  bool // made by a tool: sqlc's
	imports []string
	ast     *ast.File
}

// pkg is the folder, "." for the root.
func (f file) pkg() string { return path.Dir(f.path) }

// sources reads all our Go files once.
func sources(t *testing.T) []file {
	t.Helper()
	var files []file
	root := ".."
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); p != root && (name == "node_modules" || name == "testdata" || name == "bin" ||
				name == "data" || name == "tmp" || strings.HasPrefix(name, ".") || isFile(filepath.Join(p, "go.mod"))) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), p, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		f := file{
			path: filepath.ToSlash(rel), lines: strings.Count(string(text), "\n"), ast: syntax,
			test: strings.HasSuffix(p, "_test.go"), tagged: ast.IsGenerated(syntax),
		}
		for _, i := range syntax.Imports {
			f.imports = append(f.imports, strings.Trim(i.Path.Value, `"`))
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func isFile(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}

// pure are the packages of the standard library that the core may use. None of
// them reads a clock, a file, a socket or a random source when used as the core
// does: time is for durations and calendars, and the time zone of a company is
// read once, when a plan is compiled.
var pure = []string{
	"bytes", "cmp", "container/heap", "encoding/binary", "encoding/json", "errors", "fmt", "hash", "hash/fnv", "hash/maphash", "io", "iter", "maps",
	"math", "math/bits", "net/netip", "regexp", "slices", "sort", "strconv", "strings", "time", "unicode", "unicode/utf8",
}

// testing of the core may use these besides.
var pureTests = []string{
	"bufio", "flag", "math/rand/v2", "os", "path/filepath", "reflect", "runtime", "testing", "testing/fstest", "embed", "context",
	"time/tzdata", "sync", "testing/quick",
}

// mayImport says what a part may import of ours, by the first folder of its
// path, or its whole path where that is listed. Everything may import itself.
var mayImport = map[string][]string{
	"core":       {},
	"core/plan":  {"core"},
	"core/flow":  {"core", "core/plan"},
	"core/acd":   {"core", "core/plan"},
	"core/floor": {"core", "core/plan", "core/flow", "core/acd"},
	"host":       {"core/..."},
	"media":      {"core/..."},
	"number":     {"core"},
	"sip":        {"core/...", "media/...", "number"},
	"rtc":        {"core/...", "media/..."},
	"store":      {"core/..."},
	"speech":     {"core/..."},
	"mail":       {"core/..."},
	"hook":       {"core/..."},
	"bus":        {"core/..."},
	"api":        {"core/...", "number"},
	"ui":         {"core/..."},
	"sim":        {"core/...", "host/..."},
	"caller":     {"core/...", "sip/...", "media/..."},
	"cmd":        {"app", "core/..."},
	"app/demo":   {"core/..."},
}

// anything may import all there is.
var anything = []string{"app", "test", "bench"}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		pkg := f.pkg()
		for _, i := range f.imports {
			ours, mine := strings.CutPrefix(i, "belfry/")
			switch {
			case mine:
				if ours != pkg && !allowed(pkg, ours) {
					t.Errorf("%s imports %s: %s may not", f.path, i, pkg)
				}
			case pkg == "core" || strings.HasPrefix(pkg, "core/"):
				if !slices.Contains(pure, i) && (!f.test || !slices.Contains(pureTests, i)) {
					t.Errorf("%s imports %s, which is not on the core's short list", f.path, i)
				}
			}
		}
	}
}

// allowed looks the rule up by the longest path that has one.
func allowed(pkg, imported string) bool {
	for p := pkg; p != "."; p = path.Dir(p) {
		if slices.Contains(anything, p) {
			return true
		}
		// A part's inner packages are its own business.
		if (imported == p || strings.HasPrefix(imported, p+"/")) && !strings.HasPrefix(p, "core") {
			return true
		}
		rule, found := mayImport[p]
		if !found {
			continue
		}
		return slices.ContainsFunc(rule, func(r string) bool {
			under, all := strings.CutSuffix(r, "/...")
			return imported == under || all && strings.HasPrefix(imported, under+"/")
		})
	}
	return false
}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	docs := map[string]string{}
	for _, f := range sources(t) {
		if f.tagged {
			continue
		}
		if _, seen := docs[f.pkg()]; !seen {
			docs[f.pkg()] = ""
		}
		if f.ast.Doc != nil {
			docs[f.pkg()] += f.ast.Doc.Text()
		}
	}
	for pkg, doc := range docs {
		if generated := strings.HasSuffix(pkg, "/q"); generated {
			continue
		}
		if len(doc) < 60 {
			t.Errorf("%s has no package doc that says what it is", pkg)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.lines > 500 && !f.tagged {
			t.Errorf("%s has %d lines, more than 500", f.path, f.lines)
		}
	}
}

// Whatever runs before main, or can be changed by anybody, is a surprise.
func TestNoInitAndNoPackageState(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.test || f.tagged || f.pkg() == "test" || strings.HasPrefix(f.pkg(), "test/") {
			continue
		}
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" && d.Recv == nil {
					t.Errorf("%s has an init", f.path)
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					for _, s := range d.Specs {
						if v, ok := s.(*ast.ValueSpec); ok && !constant(v, d) {
							t.Errorf("%s: var %s is neither an error, a table nor an embedded file", f.path, v.Names[0].Name)
						}
					}
				}
			}
		}
	}
}

// constant says whether a package variable may stand: it is written once, where
// it is declared, as a table, an error, a compiled pattern or an embedded file,
// or it asserts that a type fits an interface.
func constant(v *ast.ValueSpec, d *ast.GenDecl) bool {
	if v.Names[0].Name == "_" {
		return true
	}
	for _, doc := range []*ast.CommentGroup{v.Doc, d.Doc} {
		if doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed") }) {
			return true
		}
	}
	if len(v.Values) == 0 {
		return false
	}
	return !slices.ContainsFunc(v.Values, func(e ast.Expr) bool { return !fixed(e) })
}

// fixed says whether an expression can be the value of a table or an error.
func fixed(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CompositeLit, *ast.BasicLit, *ast.FuncLit:
		return true
	case *ast.UnaryExpr:
		return fixed(e.X)
	case *ast.CallExpr: // errors.New, regexp.MustCompile, strings.NewReplacer, a table that a function of ours computes
		return true
	}
	return false
}
