package control

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWatchSettles(t *testing.T) {
	b := newBench(t)
	b.write(text("a"))
	if err := b.reload(); err != nil {
		t.Fatal(err)
	}
	b.poll(3)
	b.serves(1, "a") // nothing changed

	b.write(text("bb"))
	b.poll(1)
	b.serves(1, "a") // seen once
	b.poll(1)
	b.serves(2, "bb") // seen twice
	b.poll(5)
	b.serves(2, "bb")

	when := time.Now().Add(time.Hour)
	if err := os.Chtimes(b.path, when, when); err != nil {
		t.Fatal(err)
	}
	b.poll(3)
	b.serves(2, "bb") // touched only
}

func TestWatchTruncatedWrite(t *testing.T) {
	b := newBench(t)
	b.write(text("a"))
	if err := b.reload(); err != nil {
		t.Fatal(err)
	}
	// A slow writer: empty, then half, then all. Each look sees another file.
	whole := text("bb") + "models:\n  - {alias: x, provider: bb}\n"
	for n := 0; n < len(whole); n += 7 {
		b.write(whole[:n])
		b.poll(1)
		b.serves(1, "a")
	}
	b.write(whole)
	b.poll(2)
	b.serves(2, "bb")
	if s := b.plane.Status(); s.Refused != 0 {
		t.Errorf("%d half files were tried", s.Refused)
	}
	// Changed and changed back between looks, or for one look.
	b.write(text("ccc"))
	b.poll(1)
	b.write(whole)
	b.poll(4)
	b.serves(2, "bb")
}

func TestWatchBrokenFile(t *testing.T) {
	b := newBench(t)
	b.write(text("a"))
	if err := b.reload(); err != nil {
		t.Fatal(err)
	}
	b.write("lisen: x\n")
	b.poll(10)
	b.serves(1, "a")
	s := b.plane.Status()
	if s.Refused != 1 || len(s.Problems) == 0 || s.FailedBy.String() != "file "+b.path {
		t.Errorf("status %+v", s) // told once, not at each look
	}
	b.write(text("bb"))
	b.poll(2)
	b.serves(2, "bb")
}

func TestWatchRename(t *testing.T) {
	b := newBench(t)
	b.write(text("a"))
	if err := b.reload(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(b.path)
	if err != nil {
		t.Fatal(err)
	}
	// An editor's rename into place, here with the size and time of the old
	// file, so that only the inode tells.
	draft := b.path + "~"
	if err := os.WriteFile(draft, []byte(text("b")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(draft, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(draft, b.path); err != nil {
		t.Fatal(err)
	}
	b.poll(2)
	b.serves(2, "b")
}

func TestWatchSymlinks(t *testing.T) {
	b := newBench(t)
	dir := filepath.Dir(b.path)
	// What Kubernetes does: asbru.yaml → ..data/asbru.yaml, ..data → a dated
	// folder, and the link ..data is replaced by rename.
	put := func(folder, provider string) {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, folder, "asbru.yaml"), []byte(text(provider)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(folder, filepath.Join(dir, "..new")); err != nil {
			t.Skipf("no symlinks here: %v", err)
		}
		if err := os.Rename(filepath.Join(dir, "..new"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	put("..1", "a")
	if err := os.Symlink("..data/asbru.yaml", b.path); err != nil {
		t.Fatal(err)
	}
	b.poll(2)
	b.serves(1, "a") // never read before: the first sight is a change
	put("..2", "b")
	b.poll(2)
	b.serves(2, "b")
}

func TestWatchMissingFile(t *testing.T) {
	b := newBench(t)
	b.write(text("a"))
	if err := b.reload(); err != nil {
		t.Fatal(err)
	}
	remove := func() {
		t.Helper()
		if err := os.Remove(b.path); err != nil {
			t.Fatal(err)
		}
	}
	remove()
	b.poll(1)
	b.write(text("bb")) // an editor that deletes and writes
	b.poll(2)
	b.serves(2, "bb")
	if s := b.plane.Status(); s.Refused != 0 {
		t.Errorf("a moment's absence was told: %s", s.LastError)
	}
	remove()
	b.poll(10)
	b.serves(2, "bb")
	if s := b.plane.Status(); s.Refused != 1 || !strings.Contains(s.LastError, "no such file") {
		t.Errorf("status %+v", s)
	}
	b.write(text("bb"))
	b.poll(3)
	b.serves(3, "bb")
	if s := b.plane.Status(); s.LastError != "" {
		t.Errorf("still says %s", s.LastError)
	}
}

func TestWatchEnds(t *testing.T) {
	b := newBench(t)
	b.write(text("a"))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.plane.Watch(ctx)
	}()
	deadline := time.After(10 * time.Second)
	for b.plane.Status().Version == 0 {
		select {
		case <-deadline:
			t.Fatal("the file was not applied")
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	select {
	case <-done:
	case <-deadline:
		t.Fatal("Watch did not return")
	}
	b.serves(1, "a")
}
