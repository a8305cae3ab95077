package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Links between the documents and into the code lead somewhere, and files that
// are named in a table of files exist.
func TestDocumentsLeadSomewhere(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	found := 0
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			found++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
	if found < 10 {
		t.Errorf("%d links; the documents cannot be that lonely", found)
	}
	text, err := os.ReadFile("docs/MAP.md")
	if err != nil {
		t.Fatal(err)
	}
	_, wiring, _ := strings.Cut(string(text), "## The wiring")
	for _, m := range regexp.MustCompile("`([a-z_*]+\\.go)`").FindAllStringSubmatch(wiring, -1) {
		if files, err := filepath.Glob(m[1]); err != nil || len(files) == 0 {
			t.Errorf("docs/MAP.md names %s, which is not there", m[1])
		}
	}
	own, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range own {
		if !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "signals_") && !strings.Contains(wiring, "`"+name+"`") {
			t.Errorf("docs/MAP.md does not name %s", name)
		}
	}
}
