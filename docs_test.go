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

// Every package has its row among the rooms, by its own name, beside a sibling's, or with all below
// its folder.
func TestMapHasEveryRoom(t *testing.T) {
	text, err := os.ReadFile("docs/MAP.md")
	if err != nil {
		t.Fatal(err)
	}
	rooms := map[string]bool{".": true}
	for _, row := range regexp.MustCompile("(?m)^\\| ((?:`[^`]+`(?:, )?)+) \\|").FindAllStringSubmatch(string(text), -1) {
		beside := ""
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			if i := strings.LastIndexByte(name[1], '/'); i >= 0 {
				beside = name[1][:i+1]
				rooms[name[1]] = true
			} else {
				rooms[name[1]], rooms[beside+name[1]] = true, true
			}
		}
	}
	err = filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (path != "." && d.Name()[0] == '.' || d.Name() == "testdata" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if _, own := os.Stat(filepath.Join(path, "go.mod")); d.IsDir() && path != "." && own == nil {
			return filepath.SkipDir // a module of its own
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || rooms[dir] || rooms[dir[:strings.LastIndexByte("/"+dir, '/')]+"*"] {
			return nil
		}
		rooms[dir] = true // told once
		t.Errorf("docs/MAP.md has no row for %s", dir)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
