package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"asbru/core"
	"asbru/core/config"
)

// AdminToken returns the hash of the store's admin token. If there is none, one is made and
// returned, this once.
func (s *Store) AdminToken(ctx context.Context) (sum [32]byte, made string, err error) {
	have, err := s.db.meta(ctx, s.db, "admin_token")
	if err != nil {
		have = s.fromCopy("admin_token")
	}
	if err != nil && have == "" {
		return sum, "", fmt.Errorf("cannot read the store %s: %w", s.db.name, err)
	}
	if have == "" {
		return s.keepToken(ctx)
	}
	b, err := hex.DecodeString(have)
	if err != nil || len(b) != len(sum) {
		return sum, "", fmt.Errorf("cannot read the admin token of the store %s: it is no hash; hint: asbru keys admin-token makes another", s.db.name)
	}
	return [32]byte(b), "", nil
}

// NewAdminToken replaces the admin token. This is a change with a new revision, which all users of the
// store see.
func (s *Store) NewAdminToken(ctx context.Context) (string, error) {
	sum, made := newToken()
	_, _, err := s.Change(ctx, Wish{If: -1, Edit: func(e *Edit) error {
		e.meta = map[string]string{"admin_token": hex.EncodeToString(sum[:])}
		return nil
	}, Apply: func(_ *config.Kept, commit func() error) error { return commit() }})
	return made, err
}

func newToken() (sum [32]byte, token string) {
	var b [32]byte
	rand.Read(b[:])
	token = core.AdminPrefix + hex.EncodeToString(b[:])
	return sha256.Sum256([]byte(token)), token
}

// keepToken makes a token and stores its hash. If two machines make one at once, the first wins.
func (s *Store) keepToken(ctx context.Context) (sum [32]byte, made string, err error) {
	ctx, cancel := context.WithTimeout(ctx, changeWait)
	defer cancel()
	sum, made = newToken()
	r, err := s.db.ExecContext(ctx, s.db.q(`INSERT INTO asbru_meta (name, value) VALUES ('admin_token', ?) ON CONFLICT (name) DO NOTHING`), hex.EncodeToString(sum[:]))
	if err != nil {
		return sum, "", s.loses(err)
	}
	if n, err := r.RowsAffected(); err == nil && n == 0 {
		return s.AdminToken(ctx)
	}
	return sum, made, nil
}

// CheckPepper makes sure that all digests of a store are made with one pepper: with another
// one no key would be found.
func (s *Store) CheckPepper(ctx context.Context, p *core.Pepper) error {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	sum := p.Sum([]byte("asbru pepper check"))
	want := hex.EncodeToString(sum[:])
	have := s.fromCopy("pepper_check")
	if have == "" {
		_, err := s.db.ExecContext(ctx, s.db.q(`INSERT INTO asbru_meta (name, value) VALUES ('pepper_check', ?) ON CONFLICT (name) DO NOTHING`), want)
		if err == nil {
			have, err = s.db.meta(ctx, s.db, "pepper_check")
		}
		if err != nil {
			return s.loses(err)
		}
	}
	if subtle.ConstantTimeCompare([]byte(have), []byte(want)) != 1 {
		return fmt.Errorf("cannot use the store %s: its keys were made with another pepper; hint: bring back the governance.pepper, or the file pepper beside the store, that it was made with", s.db.name)
	}
	return nil
}

// Pepper returns the path of the pepper of a store without governance.pepper: a file beside it that only
// its owner can read. The file is created if it does not exist.
func Pepper(storePath string) (path string, err error) {
	path = filepath.Join(filepath.Dir(storePath), "pepper")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("cannot make the pepper %q: %w", path, err)
	}
	var b [32]byte
	rand.Read(b[:])
	f, err := os.CreateTemp(filepath.Dir(path), ".pepper-")
	if err != nil {
		return "", fmt.Errorf("cannot make the pepper %q: %w", path, err)
	}
	defer os.Remove(f.Name())
	if _, err = f.WriteString(hex.EncodeToString(b[:]) + "\n"); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil { // a link, so that of two processes the first one wins
		if err = os.Link(f.Name(), path); os.IsExist(err) {
			err = nil
		}
	}
	if err != nil {
		return "", fmt.Errorf("cannot make the pepper %q: %w", path, err)
	}
	return path, nil
}
