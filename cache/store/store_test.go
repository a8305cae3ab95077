package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

func key(n int) (k [32]byte) {
	binary.LittleEndian.PutUint64(k[:], uint64(n))
	return k
}

// body is what stands under n: it can be told whole by itself.
func body(n, version int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%d/%d,", n, version), 20+n%50)
}

const forever = int64(1) << 62

var secret = bytes.Repeat([]byte("k"), 32)

func opened(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func loaded(t *testing.T, s *Store) map[[32]byte]string {
	t.Helper()
	got := map[[32]byte]string{}
	if err := s.Load(func(k *[32]byte, _ uint64, _ int64, b []byte) {
		if _, twice := got[*k]; twice {
			t.Errorf("%x is handed out twice", k[:4])
		}
		got[*k] = string(b)
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func put(t *testing.T, s *Store, n, version int) uint64 {
	t.Helper()
	k := key(n)
	v, err := s.Put(&k, forever, body(n, version))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What was put is there after the process ended, sealed or not: the last of each key.
func TestReopened(t *testing.T) {
	for _, secret := range [][]byte{nil, secret} {
		o := Options{Dir: t.TempDir(), Key: secret}
		s := opened(t, o)
		for n := range 500 {
			put(t, s, n, 1)
		}
		for n := range 100 {
			put(t, s, n, 2)
		}
		k := key(400)
		if n, err := s.Delete(func(at *[32]byte, _ []byte) bool { return *at == k }); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = opened(t, o)
		got := loaded(t, s)
		if len(got) != 499 {
			t.Errorf("%d records, want 499", len(got))
		}
		for n := range 500 {
			version := 1
			if n < 100 {
				version = 2
			}
			if b, ok := got[key(n)]; ok != (n != 400) || ok && b != string(body(n, version)) {
				t.Errorf("record %d: %v %q", n, ok, b)
			}
		}
		s.Close()
	}
}

func TestBusyAndKeys(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	s := opened(t, o)
	if _, err := Open(o); !errors.Is(err, ErrBusy) {
		t.Errorf("opened twice: %v", err)
	}
	put(t, s, 1, 1)
	s.Close()
	if _, err := Open(Options{Dir: o.Dir, Key: []byte("short")}); !errors.Is(err, ErrKey) {
		t.Errorf("%v", err)
	}
	// What another key sealed, or none, is thrown away and not left lying about.
	s = opened(t, Options{Dir: o.Dir, Key: secret})
	if c := s.Counts(); c.Foreign != 1 || len(loaded(t, s)) != 0 {
		t.Errorf("%+v", c)
	}
	if left, _ := filepath.Glob(filepath.Join(o.Dir, "*"+suffix)); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

// Nothing of a body or its key can be read in a sealed directory.
func TestSealed(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, Options{Dir: dir, Key: secret})
	k := [32]byte([]byte("the key of this record, 32 bytes"))
	if _, err := s.Put(&k, forever, []byte("what nobody may read")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, raw := range files(t, dir) {
		if bytes.Contains(raw, []byte("nobody")) || bytes.Contains(raw, k[:8]) {
			t.Errorf("%q", raw)
		}
	}
}

func files(t *testing.T, dir string) (all [][]byte) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "*"+suffix))
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, raw)
	}
	return all
}

// Wherever a segment is cut, and whichever byte is another, what is read is whole.
func TestTorn(t *testing.T) {
	for _, secret := range [][]byte{nil, secret} {
		o := Options{Dir: t.TempDir(), Key: secret}
		s := opened(t, o)
		for n := range 6 {
			put(t, s, n, 1)
		}
		s.Close()
		whole := files(t, o.Dir)[0]
		name := filepath.Join(o.Dir, fmt.Sprintf("%016x%s", 1, suffix))
		f := func(what string, raw []byte) {
			t.Helper()
			if err := os.WriteFile(name, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			s := opened(t, o)
			for k, b := range loaded(t, s) {
				if n := int(binary.LittleEndian.Uint64(k[:])); b != string(body(n, 1)) {
					t.Fatalf("%s: record %d is %q", what, n, b)
				}
			}
			put(t, s, 7, 1) // and goes on
			s.Close()
			os.Remove(filepath.Join(o.Dir, fmt.Sprintf("%016x%s", 2, suffix)))
		}
		for n := 0; n < len(whole); n += 7 {
			f(fmt.Sprintf("cut at %d", n), whole[:n])
		}
		for n := 0; n < len(whole); n += 11 {
			raw := bytes.Clone(whole)
			raw[n] ^= 0x41
			f(fmt.Sprintf("byte %d", n), raw)
		}
	}
}

// Records that nobody can ask for any more leave the disk, and the others stay.
func TestCompact(t *testing.T) {
	var now atomic.Int64
	o := Options{Dir: t.TempDir(), Clock: now.Load}
	s := opened(t, o)
	r := rand.New(rand.NewPCG(1, 2))
	want := map[[32]byte]string{}
	for round := range 40 {
		for range 100 {
			n := r.IntN(300)
			v := put(t, s, n, round)
			want[key(n)] = string(body(n, round))
			if r.IntN(3) == 0 {
				k := key(n)
				s.Forget(&k, v+1) // another one: nothing happens
				s.Forget(&k, v)
				delete(want, k)
			}
		}
		s.mu.Lock()
		err := s.seal()
		s.mu.Unlock()
		if err == nil {
			err = s.Compact()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c := s.Counts()
	if c.Records != len(want) || c.Bytes > 3*c.Live || c.Anew == 0 {
		t.Errorf("%+v, %d wanted", c, len(want))
	}
	s.Close()
	s = opened(t, o)
	got := loaded(t, s)
	for k, b := range want {
		if got[k] != b {
			t.Errorf("record %x is %q, want %q", k[:4], got[k], b)
		}
	}
	k := key(1000)
	s.Put(&k, 50, []byte("soon over"))
	now.Store(60)
	for range 2 {
		s.mu.Lock()
		s.seal()
		s.mu.Unlock()
		s.Compact()
	}
	for _, raw := range files(t, o.Dir) {
		if bytes.Contains(raw, []byte("soon over")) {
			t.Error("what expired is on disk")
		}
	}
}

// What is deleted is in no file any more: not the record that counted, not those it
// replaced, and not those that were forgotten.
func TestDeleted(t *testing.T) {
	o := Options{Dir: t.TempDir()}
	s := opened(t, o)
	for round := range 5 {
		for n := range 50 {
			k := key(n)
			v, err := s.Put(&k, forever, fmt.Appendf(nil, "tenant%d round%d secret", n%5, round))
			if err != nil {
				t.Fatal(err)
			}
			if n%10 == 3 && round == 4 {
				s.Forget(&k, v)
			}
		}
		s.mu.Lock()
		s.seal()
		s.mu.Unlock()
	}
	n, err := s.Delete(func(_ *[32]byte, b []byte) bool { return bytes.HasPrefix(b, []byte("tenant3")) })
	if err != nil || n != 5 {
		t.Errorf("%d, %v", n, err)
	}
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	for _, raw := range files(t, o.Dir) {
		if bytes.Contains(raw, []byte("tenant3")) {
			t.Error("a file holds what was deleted")
		}
	}
	s.Close()
	s = opened(t, o)
	if got := loaded(t, s); len(got) != 40 {
		t.Errorf("%d records are left, want 40", len(got))
	}
}

func TestWritingFails(t *testing.T) {
	failed := make(chan error, 1)
	dir := filepath.Join(t.TempDir(), "cache")
	s := opened(t, Options{Dir: dir, Failed: func(err error) { failed <- err }})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	k := key(1)
	if _, err := s.Put(&k, forever, nil); err == nil {
		t.Fatal("put into nowhere")
	}
	if err := <-failed; err == nil || s.Err() == nil {
		t.Error("nobody is told")
	}
}

func FuzzSegment(f *testing.F) {
	head, _, _ := newHead(nil)
	f.Add(appendRecord(bytes.Clone(head), &record{kindPut, key(1), 5, []byte("body")}, int64(headSize), nil))
	f.Add(head)
	f.Fuzz(func(t *testing.T, raw []byte) {
		end, err := readSegment(bytes.NewReader(raw), nil, func(r *record, at, size int64) error {
			if again := appendRecord(nil, r, at, nil); !bytes.Equal(again, raw[at:at+size]) {
				t.Errorf("%q is read as %q", raw[at:at+size], again)
			}
			return nil
		})
		if err == nil && end != int64(len(raw)) {
			t.Errorf("ended at %d of %d", end, len(raw))
		}
	})
}
