package trail

import (
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"asbru/core/audit"
)

// taken waits until the next key is the one that signs, and stands in its place.
func (r *rig) taken() {
	r.t.Helper()
	wait(r.t, "the next key", func() bool {
		_, err := os.Stat(r.o.Key + nextSuffix)
		return errors.Is(err, fs.ErrNotExist)
	})
}

// verifies checks the files of the trail with a public key.
func (r *rig) verifies(pem []byte) (audit.Report, error) {
	r.t.Helper()
	path := filepath.Join(r.t.TempDir(), "named.pub")
	if err := os.WriteFile(path, pem, 0o600); err != nil {
		r.t.Fatal(err)
	}
	return Verify(r.t.Context(), r.o.Dir, Check{Key: path, Now: time.Now()})
}

func TestAnotherKeySigns(t *testing.T) {
	m := newMemory()
	dir := t.TempDir()
	r := newRigIn(t, Options{Key: filepath.Join(dir, "audit.key"), Records: 20, Keep: time.Hour, Sinks: []Sink{m}}, filepath.Join(dir, "audit"))
	first, _ := r.Public()
	publics := [][]byte{first}
	for turn := range 3 {
		for i := range 50 {
			r.call(turn*100+i, 1)
		}
		next, err := NextKey(r.o.Key)
		if err != nil {
			t.Fatal(err)
		}
		publics = append(publics, next)
		r.taken()
		for i := range 50 {
			r.call(turn*100+50+i, 1)
		}
		if turn == 1 { // who starts anew goes on with the key that signs
			r.Trail.Close()
			r.log.Close()
			r.open()
		}
	}
	r.has(m)
	r.Trail.Close()
	for i, pub := range publics {
		got, err := r.verifies(pub)
		if err != nil || got.Keys != 3 || got.Calls != 300 || got.Last != got.Signed {
			t.Errorf("with key %d: %v, %+v", i, err, got)
		}
		key, _ := audit.ParsePublic(pub)
		kept, err := os.ReadFile(filepath.Join(r.o.Dir, "audit-"+audit.KeyName(key)+".pub"))
		if err != nil || string(kept) != string(pub) {
			t.Errorf("public key %d is not beside the trail: %v", i, err)
		}
	}
	now, err := os.ReadFile(filepath.Join(r.o.Dir, publicName))
	if err != nil || string(now) != string(publics[3]) {
		t.Errorf("audit.pub is not the key that signs: %v", err)
	}
	if got := m.verify(t, r.Trail, m.pos); got.Keys != 3 {
		t.Errorf("the sink: %+v", got)
	}
}

// A process that dies anywhere in a hand-over leaves a trail that goes on.
func TestAHandOverThatIsCutShort(t *testing.T) {
	dir := t.TempDir()
	r := newRigIn(t, Options{Key: filepath.Join(dir, "audit.key"), Keep: time.Hour}, filepath.Join(dir, "audit"))
	first, _ := r.Public()
	for i := range 20 {
		r.call(i, 1)
	}
	old, err := os.ReadFile(r.o.Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NextKey(r.o.Key); err != nil {
		t.Fatal(err)
	}
	next, err := os.ReadFile(r.o.Key + nextSuffix)
	if err != nil {
		t.Fatal(err)
	}
	r.taken()
	r.Trail.Close()
	r.log.Close()

	// The record of it is on the disk, and the key before still stands where it stood.
	write := func(path string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(r.o.Key, old)
	if _, err := Open(r.o); err == nil {
		t.Error("a trail goes on with the key that handed over")
	}
	write(r.o.Key+nextSuffix, next)
	r.open()
	if now, err := os.ReadFile(r.o.Key); err != nil || string(now) != string(next) {
		t.Errorf("the key that signs is not in its place: %v", err)
	}
	r.call(21, 1)
	wait(t, "the trail", func() bool { return r.Needed() >= r.log.End() })
	r.Trail.Close()
	if got, err := r.verifies(first); err != nil || got.Keys != 1 {
		t.Errorf("%v, %+v", err, got)
	}
	key, _ := audit.ParseKey(next)
	pub, _ := audit.EncodePublic(key.Public().(ed25519.PublicKey))
	if _, err := r.verifies(pub); err != nil {
		t.Error(err)
	}
}

func TestANextKeyThatOthersCanReadIsLeftAlone(t *testing.T) {
	r := newRig(t, Options{})
	path := filepath.Join(r.o.Dir, keyName)
	before, _ := r.Public()
	next := filepath.Join(t.TempDir(), "next")
	if _, err := makeKey(next); err != nil {
		t.Fatal(err)
	}
	os.Chmod(next, 0o644)
	if err := os.Rename(next, path+nextSuffix); err != nil {
		t.Fatal(err)
	}
	wait(t, "the trail to look", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.spoilt != nil
	})
	if now, _ := r.Public(); string(now) != string(before) {
		t.Error("a key that others can read signs")
	}
	if _, err := NextKey(path); err == nil {
		t.Error("a key that waits is overwritten")
	}
	if _, err := NextKey(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a key is made where none was")
	}
}
