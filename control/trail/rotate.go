package trail

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"asbru/core/audit"
)

// nextSuffix ends the name of the key that is to sign next, in the same directory as the current key.
const nextSuffix = ".next"

// NextKey makes the next key for the trail whose private key is at path, and returns its
// public key as PEM. The gateway switches to it within seconds, or at its next start: the current key signs a
// record that names the next one and is then overwritten. An error means that no key was made.
func NextKey(path string) ([]byte, error) {
	if _, err := readKey(path); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path + nextSuffix); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cannot make another key: %s is there, and the gateway has not taken it yet", path+nextSuffix)
	}
	key, err := makeKey(path + nextSuffix)
	if err != nil {
		return nil, err
	}
	return audit.EncodePublic(key.Public().(ed25519.PublicKey))
}

// use makes key the one that signs. The caller holds mu, or is Open.
func (t *Trail) use(key ed25519.PrivateKey) {
	t.chain.Key, t.public = key, key.Public().(ed25519.PublicKey)
}

// handOver switches to the next key, if there is one. The record of it is synced before the current key
// is overwritten, so that a process that dies in between finds both. The caller holds mu, and nothing
// waits to be written.
func (t *Trail) handOver() {
	next, err := readKey(t.o.Key + nextSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		t.spoilt = nil
		return
	}
	if err != nil {
		if t.spoilt == nil {
			t.o.Log.Error("the audit trail goes on with the key it has: the next one cannot be used", "error", err)
		}
		t.spoilt = err
		return
	}
	if before := t.public; !before.Equal(next.Public()) {
		now := t.o.Now()
		t.buf = t.chain.Pass(t.buf, uint64(t.at), next, now.UnixNano())
		t.use(next)
		t.checkpoint()
		t.o.Log.Info("another key signs the audit trail from now on; keep a copy of its public one elsewhere",
			"key", audit.KeyName(t.public), "before", audit.KeyName(before), "dir", t.o.Dir)
	}
	if t.flush() != nil {
		return // the next check continues
	}
	if err := t.install(); err != nil && t.spoilt == nil {
		t.o.Log.Error("the next key of the audit trail signs, and does not stand in its place yet", "error", err)
		t.spoilt = err
	}
}

// install overwrites the previous key's file.
func (t *Trail) install() error {
	if err := writePublic(t.o.Dir, t.public); err != nil {
		return err
	}
	if err := os.Rename(t.o.Key+nextSuffix, t.o.Key); err != nil {
		return fmt.Errorf("cannot put the key of the audit trail in its place: %w", err)
	}
	return syncDir(filepath.Dir(t.o.Key))
}

// resume completes the switch to the next key after a process died between its record and its
// installation. An error means that the trail belongs to another key.
func (t *Trail) resume(e *end) error {
	next, err := readKey(t.o.Key + nextSuffix)
	if err != nil || !e.signedBy(next.Public().(ed25519.PublicKey)) {
		return fmt.Errorf("the audit trail in %s is signed with another key than %s: put that back, or move the trail elsewhere to begin another", t.o.Dir, t.o.Key)
	}
	t.use(next)
	return t.install()
}
