package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What is linked has to be in docs/licences.md, so that its licence has been looked at.
func TestEveryModuleHasItsLicenceLookedAt(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/licences.md")
	if err != nil {
		t.Fatal(err)
	}
	listed, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	modules := strings.Fields(string(listed))
	slices.Sort(modules)
	for _, m := range slices.Compact(modules) {
		if !strings.Contains(string(text), "| "+m+" |") {
			t.Errorf("%s is linked and not in docs/licences.md", m)
		}
	}
}
