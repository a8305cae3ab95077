package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
)

// Options configure a Store. Exactly one of Path and Postgres is set.
type Options struct {
	Path     string           // an SQLite file
	Postgres string           // the address of a database
	Now      func() time.Time // nil: time.Now

	// Copy is a file in which Follow keeps a copy of the store. If the database does not answer, Open
	// starts with that copy. Empty: there is none.
	Copy string
}

// A Store is open until Close. All methods may be called concurrently.
type Store struct {
	db  *database
	now func() time.Time

	change chan struct{} // holds one token, which is the right to make changes
	mu     sync.Mutex    // held during a refresh
	set    atomic.Pointer[Set]

	path string                 // Options.Copy
	copy atomic.Pointer[copied] // what Open started with; nil: the database

	lost   atomic.Bool         // the database did not answer the last query
	served atomic.Pointer[Set] // what was applied last, as far as is known here
}

// Open opens a store, creates missing tables, and reads its content.
func Open(ctx context.Context, o Options) (*Store, error) {
	db, err := openDatabase(o.Path, o.Postgres)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, now: o.Now, path: o.Copy, change: make(chan struct{}, 1)}
	if s.now == nil {
		s.now = time.Now
	}
	s.change <- struct{}{}
	s.set.Store(newSet(0, map[string]*Object{}))
	preparing, cancel := context.WithTimeout(ctx, changeWait)
	defer cancel()
	if err = db.prepare(preparing); err != nil {
		err = fmt.Errorf("cannot open the store %s: %w", db.name, err)
	} else {
		_, err = s.Refresh(ctx)
	}
	if err != nil && (o.Copy == "" || s.readCopy(o.Copy) != nil) {
		db.Close()
		return nil, err
	}
	s.lost.Store(err != nil)
	s.served.Store(s.Set())
	return s, nil
}

// Close closes the database. Committed changes are durable.
func (s *Store) Close() error { return s.db.Close() }

// Name returns where the store is, for messages. It holds no password.
func (s *Store) Name() string { return s.db.name }

// Shared reports whether other machines can use the store.
func (s *Store) Shared() bool { return s.db.postgres != "" }

// Set returns what was read last.
func (s *Store) Set() *Set { return s.set.Load() }

// Lost reports whether the database did not answer the last query. What was read
// before is still served.
func (s *Store) Lost() bool { return s.lost.Load() }

// Figures returns the store's metrics.
func (s *Store) Figures() []core.Figure {
	set, lost := s.Set(), int64(0)
	if s.Lost() {
		lost = 1
	}
	return []core.Figure{
		{Name: "asbru_store_lost", Help: "1 while the store does not answer; its last known content stays in force.", N: lost},
		{Name: "asbru_store_objects", Help: "Objects in the store: virtual keys, teams, customers, prices and limits.", N: int64(set.Len())},
		{Name: "asbru_store_revision", Help: "Revision of the store that this process has read last.", N: set.Revision},
	}
}

// Copied reports whether the store was opened from its local copy, and the revision of
// that.
func (s *Store) Copied() (revision int64, ok bool) {
	c := s.copy.Load()
	if c == nil {
		return 0, false
	}
	return c.Revision, true
}

// Refresh reads changes made by others and reports whether there were any.
func (s *Store) Refresh(ctx context.Context) (changed bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.lost.Store(err != nil) }()
	ctx, cancel := context.WithTimeout(ctx, readWait)
	defer cancel()
	have := s.set.Load()
	revision, mark, err := s.head(ctx)
	if err != nil {
		return false, fmt.Errorf("cannot read the store %s: %w", s.db.name, err)
	}
	if revision == have.Revision && mark == have.mark && have.Revision > 0 {
		return false, nil
	}
	// Rows and revision are read from one consistent state.
	tx, err := s.db.BeginTx(ctx, s.db.reading())
	if err != nil {
		return false, fmt.Errorf("cannot read the store %s: %w", s.db.name, err)
	}
	defer tx.Rollback()
	next, err := s.db.load(ctx, tx, have)
	if err != nil {
		return false, fmt.Errorf("cannot read the store %s: %w", s.db.name, err)
	}
	s.set.Store(next)
	return next != have, nil
}

// head checks for something new. A database that does not answer in time is considered lost, however
// long the rest of the reading may take.
func (s *Store) head(ctx context.Context) (revision int64, mark string, err error) {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	return s.db.head(ctx, s.db)
}

var errTooMany = errors.New("it keeps more than this program takes")

// load brings have to the revision of the database.
func (d *database) load(ctx context.Context, from asker, have *Set) (*Set, error) {
	revision, mark, err := d.head(ctx, from)
	if err != nil || revision == have.Revision && mark == have.mark {
		return have, err
	}
	was, err := d.meta(ctx, from, markName+strconv.FormatInt(have.Revision, 10))
	if err != nil {
		return nil, err
	}
	buried, err := d.number(ctx, from, "buried")
	if err != nil {
		return nil, err
	}
	objects := map[string]*Object{}
	since := int64(-1)
	// No deletion since then has been buried, and the database went on from that very revision.
	if have.Revision > buried && have.Revision < revision && was == have.mark {
		objects, since = maps.Clone(have.byID), have.Revision
	}
	rows, err := from.QueryContext(ctx, d.q(`SELECT id, kind, name, body, created, updated, revision, gone FROM asbru_objects
		WHERE revision > ? AND revision <= ?`), since, revision)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o Object
		var body string
		var created, updated, gone int64
		if err := rows.Scan(&o.ID, &o.Kind, &o.Name, &body, &created, &updated, &o.Revision, &gone); err != nil {
			return nil, err
		}
		if gone != 0 {
			delete(objects, o.ID)
			continue
		}
		o.Created, o.Updated = time.Unix(0, created).UTC(), time.Unix(0, updated).UTC()
		if err := o.decode([]byte(body)); err != nil {
			return nil, err
		}
		if objects[o.ID] = &o; len(objects) > MaxObjects {
			return nil, errTooMany
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	set := newSet(revision, objects)
	set.mark = mark
	if since < 0 {
		set.settle()
	}
	return set, nil
}
