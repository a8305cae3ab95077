package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"asbru/core/config"
)

// ErrRevision reports a change that was meant for another revision.
var ErrRevision = errors.New("the store has changed")

// ErrLost reports a change that the database did not accept: it does not answer, or its
// disk is full. Nothing has changed, unless the error is ErrUnsure as well.
var ErrLost = errors.New("the store does not answer")

// An Apply serves kept, calling commit once nothing else can fail. It is control.Plane's Keep with
// its first arguments or, in a process that serves nothing, a validation of the whole.
type Apply func(kept *config.Kept, commit func() error) error

// ErrUnsure reports, together with ErrLost, a change that the database was told to commit without saying whether it did, and
// that does not answer now. If it did, the change is served as one that others made.
var ErrUnsure = errors.New("whether the change was made is not known")

// A Wish is a requested change.
type Wish struct {
	If    int64 // only at this revision; negative: at any
	Edit  func(*Edit) error
	Apply Apply
}

// An Edit is a change in the making. It sees its own modifications.
type Edit struct {
	set     *Set
	objects map[string]*Object
	names   map[string]*Object // by kind and name
	dirty   map[string][]byte  // what is to be written, by id; nil: deleted
	meta    map[string]string  // the store's own values that are to be written
	now     time.Time
	next    int64
	mark    string // of the next revision
	changes []Change
}

// A Change is the effect of a Wish on one object.
type Change struct {
	Did           string   // create, update or delete
	What          string   // kind and name: virtual-key/ci
	Before, After [32]byte // SHA-256 of the stored object; zero: there is none
}

// Find is Set.Find, including what was edited.
func (e *Edit) Find(k Kind, idOrName string) *Object {
	if o := e.objects[idOrName]; o != nil && o.Kind == k {
		return o
	}
	return e.names[named(k, idOrName)]
}

// All is Set.All, including what was edited, in no particular order.
func (e *Edit) All(k Kind) (out []*Object) {
	for _, o := range e.objects {
		if o.Kind == k {
			out = append(out, o)
		}
	}
	return out
}

// Put stores value under name: in place of the object with that id, or as a new one if id is
// empty. The Edit takes ownership of value.
func (e *Edit) Put(k Kind, id, name string, value any) (*Object, error) {
	body, err := encode(value)
	if err != nil {
		return nil, err
	}
	o := &Object{Kind: k, ID: id, Name: name, Value: value, Created: e.now, Updated: e.now, Revision: e.next, sum: sha256.Sum256(body)}
	c := Change{Did: "update", What: named(k, name), After: o.sum}
	if id == "" {
		o.ID, c.Did = newID(), "create"
	} else if was := e.objects[id]; was != nil {
		o.Created, c.Before = was.Created, was.sum
		if was.Name != name {
			delete(e.names, named(k, was.Name)) // an Edit is discarded after an error
		}
	}
	if other := e.names[named(k, name)]; other != nil && other.ID != o.ID {
		return nil, fmt.Errorf("there is a %s named %q already", k, name)
	}
	e.objects[o.ID], e.names[named(k, name)], e.dirty[o.ID] = o, o, body
	e.changes = append(e.changes, c)
	return o, nil
}

// Delete removes o.
func (e *Edit) Delete(o *Object) {
	delete(e.objects, o.ID)
	delete(e.names, named(o.Kind, o.Name))
	e.dirty[o.ID] = nil
	e.changes = append(e.changes, Change{Did: "delete", What: named(o.Kind, o.Name), Before: o.sum})
}

// Change makes a change in one transaction: the latest state is edited, served together
// with the rest of the configuration, and committed. After an error nothing has changed, except after ErrUnsure. Without
// a difference there is no new revision.
func (s *Store) Change(ctx context.Context, w Wish) (*Set, []Change, error) {
	ctx, cancel := context.WithTimeout(ctx, changeWait)
	defer cancel()
	select {
	case <-s.change:
		defer func() { s.change <- struct{}{} }()
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("cannot change the store %s: another change is being made: %w", s.db.name, ctx.Err())
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, s.loses(err)
	}
	defer tx.Rollback()
	e, err := s.edit(ctx, tx, w)
	if err != nil || len(e.dirty)+len(e.meta) == 0 {
		return s.Set(), nil, err
	}
	if err := s.write(ctx, tx, e); err != nil {
		return nil, nil, s.loses(err)
	}
	next := newSet(e.next, e.objects)
	next.mark = e.mark
	var lost error
	err = w.Apply(next.Kept(), func() error {
		if lost = s.commit(ctx, tx, next); lost != nil {
			lost = s.loses(lost)
		}
		return lost
	})
	if lost != nil {
		return nil, nil, lost
	}
	if err != nil {
		return nil, nil, err
	}
	return next, e.changes, nil
}

func (s *Store) loses(err error) error {
	return fmt.Errorf("cannot change the store %s: %w: %w", s.db.name, ErrLost, err)
}

// commit commits a change and publishes it.
func (s *Store) commit(ctx context.Context, tx *sql.Tx, next *Set) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := tx.Commit(); err != nil {
		if done, e := s.committed(ctx, next); e != nil {
			return fmt.Errorf("%w: %w", ErrUnsure, errors.Join(err, e))
		} else if !done {
			return err
		}
	}
	s.set.Store(next)
	s.served.Store(next)
	return nil
}

// committed looks whether a change was made whose commit failed: a connection may break after the database has committed and before it
// says so. It waits for a transaction that is still under way.
func (s *Store) committed(ctx context.Context, next *Set) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askWait)
	defer cancel()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	if err := s.db.hold(ctx, tx); err != nil {
		return false, err
	}
	mark, err := s.db.meta(ctx, tx, markName+strconv.FormatInt(next.Revision, 10))
	return mark == next.mark, err
}

// hold keeps others from changing the store until tx ends. A transaction of SQLite begins by locking the file; in Postgres the row is
// locked.
func (d *database) hold(ctx context.Context, tx *sql.Tx) error {
	if d.postgres == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, careful+`; SELECT value FROM asbru_meta WHERE name = 'revision' FOR UPDATE`)
	return err
}

// edit locks and reads the store, and lets w edit it.
func (s *Store) edit(ctx context.Context, tx *sql.Tx, w Wish) (*Edit, error) {
	if err := s.db.hold(ctx, tx); err != nil {
		return nil, s.loses(err)
	}
	have, err := s.db.load(ctx, tx, s.set.Load())
	if err != nil {
		return nil, s.loses(err)
	}
	if w.If >= 0 && w.If != have.Revision {
		return nil, fmt.Errorf("%w: it has revision %d, not %d", ErrRevision, have.Revision, w.If)
	}
	e := &Edit{set: have, objects: maps.Clone(have.byID), names: maps.Clone(have.byName), dirty: map[string][]byte{}, now: s.now().UTC(), next: have.Revision + 1, mark: newID()}
	if err := w.Edit(e); err != nil {
		return nil, err
	}
	if len(e.objects) > MaxObjects {
		return nil, fmt.Errorf("the store keeps %d objects; there are at most %d", len(have.byID), MaxObjects)
	}
	return e, nil
}

// write writes the edited objects and the new revision, and notifies other machines, on commit.
func (s *Store) write(ctx context.Context, tx *sql.Tx, e *Edit) error {
	put, err := tx.PrepareContext(ctx, s.db.q(`INSERT INTO asbru_objects (id, kind, name, body, created, updated, revision, gone) VALUES (?, ?, ?, ?, ?, ?, ?, 0)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body, updated = excluded.updated, revision = excluded.revision, gone = 0`))
	if err != nil {
		return err
	}
	defer put.Close()
	for id, body := range e.dirty { // deletions first: a name may be used again
		if body == nil {
			if _, err := tx.ExecContext(ctx, s.db.q(`UPDATE asbru_objects SET gone = 1, body = '', updated = ?, revision = ? WHERE id = ?`), e.now.UnixNano(), e.next, id); err != nil {
				return err
			}
		}
	}
	for id, body := range e.dirty {
		if body == nil {
			continue
		}
		o := e.objects[id]
		if _, err := put.ExecContext(ctx, o.ID, string(o.Kind), o.Name, string(body), o.Created.UnixNano(), o.Updated.UnixNano(), o.Revision); err != nil {
			return err
		}
	}
	for name, value := range e.meta {
		if err := s.db.setMeta(ctx, tx, name, value); err != nil {
			return err
		}
	}
	if err := s.bury(ctx, tx, e.now); err != nil {
		return err
	}
	if err := s.db.setMeta(ctx, tx, "revision", strconv.FormatInt(e.next, 10)); err != nil {
		return err
	}
	if err := s.db.setMark(ctx, tx, e.next, e.mark); err != nil {
		return err
	}
	if s.db.postgres != "" {
		_, err = tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, channel, strconv.FormatInt(e.next, 10))
	}
	return err
}

// bury removes the records of old deletions. A machine that has read nothing since then reads everything again.
func (s *Store) bury(ctx context.Context, tx *sql.Tx, now time.Time) error {
	before := now.Add(-graveWait).UnixNano()
	var last sql.NullInt64
	err := tx.QueryRowContext(ctx, s.db.q(`SELECT MAX(revision) FROM asbru_objects WHERE gone = 1 AND updated < ?`), before).Scan(&last)
	if err != nil || !last.Valid {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.db.q(`DELETE FROM asbru_objects WHERE gone = 1 AND updated < ?`), before); err != nil {
		return err
	}
	return s.db.setMeta(ctx, tx, "buried", strconv.FormatInt(last.Int64, 10))
}
