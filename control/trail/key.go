package trail

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"asbru/core/audit"
)

// Names of the key files in a trail's directory.
const (
	keyName    = "audit.key"
	publicName = "audit.pub"
)

// loadKey reads the key that signs checkpoints, or makes one that only the process's user can
// read. fresh reports that it was made.
func loadKey(path string) (key ed25519.PrivateKey, fresh bool, err error) {
	key, err = readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(path)
		return key, true, err
	}
	return key, false, err
}

// readKey reads a private key; the error is fs.ErrNotExist if there is none.
func readKey(path string) (ed25519.PrivateKey, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the key of the audit trail: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the key of the audit trail: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read %s (mode %o): who can read it can sign; chmod 600 it, or remove it to begin with another key", path, info.Mode().Perm())
	}
	key, err := audit.ParseKey(b)
	if err != nil {
		return nil, fmt.Errorf("cannot use %s: %w", path, err)
	}
	return key, nil
}

func makeKey(path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("cannot make a key for the audit trail: %w", err)
	}
	private, err := audit.EncodeKey(key)
	if err != nil {
		return nil, fmt.Errorf("cannot make a key for the audit trail: %w", err)
	}
	if err := writeWhole(path, private, 0o600); err != nil {
		return nil, err
	}
	return key, nil
}

// writePublic writes the public key beside the trail for those who verify it: as the current key,
// and under its own name, which remains after a rotation.
func writePublic(dir string, key ed25519.PublicKey) error {
	pub, err := audit.EncodePublic(key)
	if err != nil {
		return fmt.Errorf("cannot write the public key of the audit trail: %w", err)
	}
	for _, name := range []string{"audit-" + audit.KeyName(key) + ".pub", publicName} {
		path := filepath.Join(dir, name)
		if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, pub) {
			continue // do not make the start wait for an unnecessary sync
		}
		if err := writeWhole(path, pub, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeWhole writes a file atomically and durably.
func writeWhole(path string, b []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("cannot sync %s: %w", dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("cannot sync %s: %w", dir, err)
	}
	return nil
}
