package store

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// A copied store is the content of a database in a local file, with which a process can start
// while the database is unreachable. Like the database it holds only digests and hashes.
type copied struct {
	Revision int64          `json:"revision"`
	Mark     string         `json:"mark"`
	Token    string         `json:"admin_token"`
	Pepper   string         `json:"pepper_check"`
	Objects  []copiedObject `json:"objects"`
}

type copiedObject struct {
	Kind     Kind            `json:"kind"`
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Body     json.RawMessage `json:"body"`
	Created  int64           `json:"created"`
	Updated  int64           `json:"updated"`
	Revision int64           `json:"revision"`
}

// readCopy loads the store from the file.
func (s *Store) readCopy(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxCopy {
		return fmt.Errorf("cannot read the copy %q: it is no file of at most %d bytes", path, int64(maxCopy))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	c := new(copied)
	if err := json.Unmarshal(b, c); err != nil {
		return fmt.Errorf("cannot read the copy %q: %w", path, err)
	}
	objects := make(map[string]*Object, len(c.Objects))
	for _, x := range c.Objects {
		o := &Object{Kind: x.Kind, ID: x.ID, Name: x.Name, Created: time.Unix(0, x.Created).UTC(), Updated: time.Unix(0, x.Updated).UTC(), Revision: x.Revision}
		if err := o.decode(x.Body); err != nil {
			return err
		}
		objects[o.ID] = o
	}
	s.copy.Store(c)
	set := newSet(c.Revision, objects)
	set.mark = c.Mark
	s.set.Store(set)
	return nil
}

// writeCopy writes what was read last into the file, atomically.
func (s *Store) writeCopy(ctx context.Context, path string) error {
	set := s.Set()
	c := &copied{Revision: set.Revision, Mark: set.mark}
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	for _, m := range []struct {
		name string
		to   *string
	}{{"admin_token", &c.Token}, {"pepper_check", &c.Pepper}} {
		var err error
		if *m.to, err = s.db.meta(ctx, s.db, m.name); err != nil {
			return err
		}
	}
	for _, o := range set.sorted {
		body, err := encode(o.Value)
		if err != nil {
			return err
		}
		c.Objects = append(c.Objects, copiedObject{o.Kind, o.ID, o.Name, body, o.Created.UnixNano(), o.Updated.UnixNano(), o.Revision})
	}
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".store-") // readable by its owner only
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

// A copier keeps the file up to date.
type copier struct {
	s   *Store
	log *slog.Logger
	at  time.Time // of the last copy
	set *Set      // what it holds; nil: none was made
}

// copy writes a new copy: at once if the store is small, since an old copy contains keys that have since
// been revoked, otherwise at intervals and at the end.
func (c *copier) copy(ctx context.Context, end bool) {
	set := c.s.Set()
	if c.s.path == "" || c.s.Lost() || set == c.set || !end && set.Len() > smallCopy && time.Since(c.at) < copyEvery {
		return
	}
	c.at, c.set = time.Now(), set
	if err := c.s.writeCopy(ctx, c.s.path); err != nil && ctx.Err() == nil {
		c.log.Error("the store was not copied; a start without its database serves what the file knew before", "copy", c.s.path, "error", err)
	}
}

// fromCopy returns one of the store's own values from the copy, for when the database does not answer.
func (s *Store) fromCopy(name string) string {
	c := s.copy.Load()
	switch {
	case c == nil:
		return ""
	case name == "admin_token":
		return c.Token
	}
	return c.Pepper
}
