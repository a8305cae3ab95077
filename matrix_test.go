//go:build !race

package main

import (
	"bytes"
	"io"
	"os"
	"testing"

	"asbru/selftest"
)

// The committed matrix and docs/COMPATIBILITY.md say what this version does; nothing in it fails.
// Under the race detector it would take half a minute: TestSelftestCommand runs rows enough for that.
func TestMatrix(t *testing.T) {
	s := &selftesting{stdout: io.Discard, stderr: io.Discard}
	cells, err := s.cells(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := selftest.Committed()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range selftest.Compare(cells, want, true) {
		t.Errorf("the matrix is stale (asbru selftest --update): %s", d)
	}
	for i := range cells {
		if cells[i].Grade == selftest.Failed {
			t.Error(cells[i].String())
		}
	}
	page, err := os.ReadFile("docs/COMPATIBILITY.md")
	if err != nil || !bytes.Equal(page, selftest.Markdown(cells)) {
		t.Errorf("docs/COMPATIBILITY.md is stale: asbru selftest --update writes it (%v)", err)
	}
}
