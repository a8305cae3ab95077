package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "a b?c#.db")
	db, err := Open(path, "the test", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE x (y TEXT)`); err != nil {
		t.Fatal(err)
	}
	mode := ""
	if err := db.QueryRow(`PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("the journal is %q, %v", mode, err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		if i, err := os.Stat(name); err != nil || i.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", filepath.Base(name), i.Mode(), err, want)
		}
	}
}

func TestOpenInMemory(t *testing.T) {
	db, err := Open("", "the test", 5)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{`CREATE TABLE x (y TEXT)`, `INSERT INTO x VALUES ('z')`} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if n := db.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections to memory", n)
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir, "the test", 1); err == nil || !strings.Contains(err.Error(), "cannot open the test") {
		t.Errorf("a directory: %v", err)
	}
}
