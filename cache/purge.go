package cache

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"asbru/cache/entry"
	"asbru/cache/store"
	"asbru/core"
)

// purges are what was cleared before the directory was read. Its answers are not in memory yet, and must not
// get there, neither in this process nor, when this one is killed before it has read it, in the next one: so they
// are in a file as well.
type purges struct {
	mu    sync.Mutex
	all   []purge
	files []string // in which they are, besides that of this process
}

// A purge is a core.Forget that does not show whose answers it is about: the answers may be encrypted.
type purge struct {
	ID, Owner, Label, Model string `json:",omitempty"` // digests
	Before                  int64
}

// hidden is the digest of a word; that of none is empty.
func (c *Cache) hidden(word string) string {
	if word == "" {
		return ""
	}
	m := hmac.New(sha256.New, []byte(c.o.Secret))
	m.Write([]byte(word))
	return hex.EncodeToString(m.Sum(nil))
}

// add notes what is cleared, unless c can clear its directory at once or has none.
func (p *purges) add(c *Cache, f core.Forget) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.o.Dir == "" || c.disk.Load() != nil {
		return nil
	}
	if now := wall(); f.Before == 0 || f.Before > now {
		f.Before = now // answers that come later are not meant
	}
	one := purge{c.hidden(f.ID), c.hidden(f.Owner), c.hidden(f.Label), c.hidden(f.Model), f.Before}
	p.all = append(p.all, one)
	return one.write(c.o.Dir)
}

// purgeName is the file in which purges are that no process has read.
const purgeName = "cleared"

// write appends the purge to the file. Who has the directory may take the file away meanwhile, perhaps before this
// was in it: then it is written once more.
func (u *purge) write(dir string) error {
	line, err := json.Marshal(u)
	if err != nil {
		return err
	}
	path, line := filepath.Join(dir, purgeName), append(line, '\n')
	for {
		there, err := appendSynced(path, line)
		if err != nil {
			return fmt.Errorf("cannot note what was cleared, which comes back if the process is killed before it has read the cache on disk: %w", err)
		}
		if there {
			return nil
		}
	}
}

// appendSynced appends a line to a file, and reports whether that is still the file at path.
func appendSynced(path string, line []byte) (there bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if _, err := f.Write(line); err != nil {
		return false, err
	}
	if err := f.Sync(); err != nil {
		return false, err
	}
	mine, err := f.Stat()
	if err != nil {
		return false, err
	}
	now, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, now), err
}

// learn reads what processes cleared that did not come to read the directory. This one has it now.
func (p *purges) learn(c *Cache) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	path := filepath.Join(c.o.Dir, purgeName)
	err := os.Rename(path, fmt.Sprintf("%s-%016x", path, wall()))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	var bad error
	if p.files, bad = filepath.Glob(path + "-*"); err == nil {
		err = bad
	}
	for _, file := range p.files {
		text, bad := os.ReadFile(file)
		if err == nil {
			err = bad
		}
		for line := range bytes.Lines(text) {
			var u purge
			if json.Unmarshal(line, &u) == nil { // else it is the torn end of a process that was killed, whose caller was told nothing
				p.all = append(p.all, u)
			}
		}
	}
	return err
}

// keeps calls f unless an answer is among those that were cleared. No purge is added during the call.
func (p *purges) keeps(c *Cache, n *entry.Note, f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !c.among(p.all, n) {
		f()
	}
}

// carry removes from d what was cleared while it was read, and gives it to c.
func (p *purges) carry(c *Cache, d *store.Store) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer c.disk.Store(d)
	if len(p.all) == 0 {
		return nil
	}
	all := p.all
	p.all = nil
	_, err := d.Delete(func(_ *[32]byte, body []byte) bool {
		var note entry.Note
		return entry.ReadNote(body, &note) == nil && c.among(all, &note)
	})
	for _, file := range p.files {
		if err == nil {
			err = os.Remove(file)
		}
	}
	return err
}

// among reports whether an answer is one that was cleared.
func (c *Cache) among(all []purge, n *entry.Note) bool {
	if len(all) == 0 {
		return false
	}
	id, owner, label := c.hidden(hex.EncodeToString(n.ID[:])), c.hidden(n.Owner), c.hidden(n.Label)
	model, asked := c.hidden(n.Model), c.hidden(n.Asked)
	for i := range all {
		u := &all[i]
		if (u.ID == "" || u.ID == id) && (u.Owner == "" || u.Owner == owner) && (u.Label == "" || u.Label == label) &&
			(u.Model == "" || u.Model == model || u.Model == asked) && n.Born < u.Before {
			return true
		}
	}
	return false
}
