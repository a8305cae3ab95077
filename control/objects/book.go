package objects

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
)

// Options are what a Book is made with. Postgres goes before Path; neither: it is in memory.
type Options struct {
	Path     string // a file of SQLite, which may hold other tables too
	Postgres string // the address of a database

	Most int              // records at most; 0: MaxRecords
	Now  func() time.Time // nil: time.Now
	Log  *slog.Logger     // nil: nothing is logged
}

// Name is where the book is, for people. It shows no password.
func (o *Options) Name() string {
	switch {
	case o.Postgres != "":
		if u, err := url.Parse(o.Postgres); err == nil {
			return u.Host + u.Path
		}
		return "Postgres"
	case o.Path != "":
		return o.Path
	}
	return "in memory"
}

// A Book is open until Close. All methods may be called concurrently. It implements core.Objects.
type Book struct {
	o    Options
	now  func() time.Time
	ways chan struct{} // one for each errand of a request that is under way
	work sync.WaitGroup

	mu     sync.Mutex
	db     *database // nil: not asked for so far, or not there
	closed bool

	changes atomic.Int64
	lost    atomic.Bool  // the database did not answer last
	unkept  atomic.Int64 // records that could not be written
	crowded atomic.Int64 // records that made room for others
}

// New makes the Book of o. It is opened when somebody asks it for the first time.
func New(o Options) *Book {
	b := &Book{o: o, now: o.Now, ways: make(chan struct{}, maxWays)}
	if b.now == nil {
		b.now = time.Now
	}
	if b.o.Most <= 0 {
		b.o.Most = MaxRecords
	}
	if b.o.Log == nil {
		b.o.Log = slog.New(slog.DiscardHandler)
	}
	return b
}

// Name is where the book is, for people. It shows no password.
func (b *Book) Name() string { return b.o.Name() }

// Lasts reports whether the book outlives the process.
func (b *Book) Lasts() bool { return b.o.Postgres != "" || b.o.Path != "" }

// Is reports whether the book is the one that o names.
func (b *Book) Is(o Options) bool { return b.o.Path == o.Path && b.o.Postgres == o.Postgres }

var errClosed = errors.New("the book of objects is closed")

// open returns the database, and opens it when that is yet to be done.
func (b *Book) open() (*database, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errClosed
	}
	if b.db == nil {
		d, err := openDatabase(&b.o)
		if err != nil {
			return nil, err
		}
		b.db = d
	}
	return b.db, nil
}

// Close waits for what is under way and closes the database. What was told to be kept is kept.
func (b *Book) Close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.work.Wait()
	if b.db == nil {
		return nil
	}
	return b.db.Close()
}

// with runs f on the database, within askWait, and notes whether it answers.
func (b *Book) with(ctx context.Context, f func(ctx context.Context, d *database) error) error {
	d, err := b.open()
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, askWait)
		defer cancel()
		err = f(ctx, d)
	}
	b.lost.Store(err != nil)
	if err != nil {
		return fmt.Errorf("cannot use the book of objects %s: %w", b.o.Name(), err)
	}
	return nil
}

// Figures implements core.Objects.
func (b *Book) Figures() []core.Figure {
	lost := int64(0)
	if b.lost.Load() {
		lost = 1
	}
	return []core.Figure{
		{Name: "asbru_objects_crowded_total", Help: "Records of things at providers that were dropped because there were too many.", Total: true, N: b.crowded.Load()},
		{Name: "asbru_objects_lost", Help: "1 while the records of things at providers cannot be read or written.", N: lost},
		{Name: "asbru_objects_unkept_total", Help: "Records of things at providers that could not be written.", Total: true, N: b.unkept.Load()},
	}
}
