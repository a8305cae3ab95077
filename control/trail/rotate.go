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

// nextSuffix ends the name of the key that is to sign next, beside the one that signs now.
const nextSuffix = ".next"

// NextKey makes the key that the trail whose private key stands at path signs with next, and returns its
// public key as PEM. The gateway takes it within seconds, or when it starts: the key before signs a
// record that says so and is then overwritten. An error says that nothing was made.
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

// handOver lets the next key sign, when there is one: the record of that is synced before the key before
// is overwritten, so that a process that dies in between finds both. The caller holds mu, and nothing is
// waiting to be written.
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
		return // the next look goes on
	}
	if err := t.install(); err != nil && t.spoilt == nil {
		t.o.Log.Error("the next key of the audit trail signs, and does not stand in its place yet", "error", err)
		t.spoilt = err
	}
}

// install puts the key that signs where the one before stands.
func (t *Trail) install() error {
	if err := writePublic(t.o.Dir, t.public); err != nil {
		return err
	}
	if err := os.Rename(t.o.Key+nextSuffix, t.o.Key); err != nil {
		return fmt.Errorf("cannot put the key of the audit trail in its place: %w", err)
	}
	return syncDir(filepath.Dir(t.o.Key))
}

// resume goes on with the next key where a process died between the record of it and its taking its
// place. An error says that the trail is somebody else's.
func (t *Trail) resume(e *end) error {
	next, err := readKey(t.o.Key + nextSuffix)
	if err != nil || !e.signedBy(next.Public().(ed25519.PublicKey)) {
		return fmt.Errorf("the audit trail in %s is signed with another key than %s: put that back, or move the trail elsewhere to begin another", t.o.Dir, t.o.Key)
	}
	t.use(next)
	return t.install()
}
