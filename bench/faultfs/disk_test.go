package faultfs

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"testing"

	"asbru/bench/leak"
	"asbru/core/ledger"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

func write(t *testing.T, f ledger.File, text string, at int64) {
	t.Helper()
	if n, err := f.WriteAt([]byte(text), at); n != len(text) || err != nil {
		t.Fatalf("WriteAt: %d, %v", n, err)
	}
}

// Synced data survives. Other data is lost in some lives and kept in others, and in some partly.
func TestCut(t *testing.T) {
	long := bytes.Repeat([]byte{'x'}, 3*sector)
	lost, kept, torn := 0, 0, 0
	for seed := range uint64(200) {
		d := NewDisk(rand.New(rand.NewPCG(seed, 1)))
		f, err := d.Open("a", ledger.Create)
		if err != nil {
			t.Fatal(err)
		}
		write(t, f, "safe", 0)
		if err := errors.Join(f.Sync(), d.SyncDir()); err != nil {
			t.Fatal(err)
		}
		write(t, f, string(long), sector)
		d.CutAfter(0)
		if err := f.Sync(); !errors.Is(err, ErrCut) || !d.Off() {
			t.Fatalf("Sync without power: %v", err)
		}
		d.Restore()
		if _, err := f.ReadAt(make([]byte, 1), 0); !errors.Is(err, ErrCut) {
			t.Fatalf("a file of an earlier life: %v", err)
		}
		data := d.Files()["a"]
		if string(data[:4]) != "safe" {
			t.Fatalf("seed %d: %q was synced and is lost", seed, data)
		}
		switch n := bytes.Count(data, []byte{'x'}); n {
		case 0:
			lost++
		case len(long):
			kept++
		default:
			torn++
			if n%sector != 0 {
				t.Errorf("seed %d: a sector was torn", seed)
			}
		}
	}
	if lost == 0 || kept == 0 || torn == 0 {
		t.Errorf("lost %d, kept %d, torn %d: each should happen", lost, kept, torn)
	}
}

// A rename that was not synced has happened or not; one of the two names always exists.
func TestRename(t *testing.T) {
	old, renamed := 0, 0
	for seed := range uint64(50) {
		d := NewDisk(rand.New(rand.NewPCG(seed, 2)))
		f, _ := d.Open("a", ledger.Create)
		if err := errors.Join(f.Resize(10), f.Sync(), d.SyncDir(), d.Rename("a", "b")); err != nil {
			t.Fatal(err)
		}
		d.Restore()
		list, err := d.List()
		if err != nil || len(list) != 1 || list[0].Size != 10 {
			t.Fatalf("seed %d: %v, %v", seed, list, err)
		}
		if list[0].Name == "a" {
			old++
		} else {
			renamed++
		}
	}
	if old == 0 || renamed == 0 {
		t.Errorf("old %d, renamed %d: each should happen", old, renamed)
	}
}

func TestFailing(t *testing.T) {
	d := NewDisk(rand.New(rand.NewPCG(1, 3)))
	x := &Failing{FS: d}
	f, err := x.Open("a", ledger.Create)
	if err != nil {
		t.Fatal(err)
	}
	bad := errors.New("bad")
	x.Fail(WriteAt|Sync, 1, bad, 2)
	write(t, f, "1", 0)
	if _, err := f.WriteAt([]byte("22"), 1); err != bad {
		t.Errorf("second call: %v; want %v", err, bad)
	}
	if err := f.Sync(); err != bad {
		t.Errorf("third call: %v; want %v", err, bad)
	}
	if err := f.Sync(); err != nil {
		t.Errorf("fourth call: %v; want none", err)
	}
	if x.Failed() != 2 {
		t.Errorf("%d failed; want 2", x.Failed())
	}
	if got := d.Files()["a"]; string(got) != "12" {
		t.Errorf("%q; want a half of the write that failed", got)
	}
}
