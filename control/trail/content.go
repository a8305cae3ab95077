package trail

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"asbru/core"
)

// A Content is the prompt of one call, stored beside its record: the request's body, or the
// beginning of it.
type Content struct {
	ID     [16]byte
	Time   int64 // wall clock, Unix nanoseconds
	Key    string
	Body   []byte
	Length int // of the complete body
}

// A keeper is a Sink that also stores contents.
type keeper interface {
	// Keep stores contents. It may be called again with the same ones.
	Keep(ctx context.Context, trail string, all []Content) error

	// Forget removes contents older than a time.
	Forget(ctx context.Context, trail string, before time.Time) error
}

// contents are queued for one sink. They are no evidence: they are in no chain and no file, and what
// does not fit is dropped and counted.
type contents struct {
	waiting chan Content
	dropped atomic.Uint64
	kept    atomic.Uint64
}

// Content queues the prompt of x for the sinks that store prompts, if the document configures that and
// it is on for the caller's key. It neither waits nor retains anything of x.
func (t *Trail) Content(x *core.Exchange) {
	most := t.o.Content.Bytes
	if most == 0 || x.Key == nil || !x.Key.Content || len(x.Body) == 0 {
		return
	}
	c := Content{ID: x.ID, Time: t.o.Now().UnixNano(), Key: x.Key.Name, Body: slices.Clone(whole(x.Body, most)), Length: len(x.Body)}
	for _, f := range t.feeds {
		if f.keeper == nil {
			continue
		}
		select {
		case f.contents.waiting <- c:
		default:
			f.contents.dropped.Add(1)
		}
	}
}

// whole returns b cut to most bytes at a character boundary.
func whole(b []byte, most int) []byte {
	if len(b) <= most {
		return b
	}
	for most > 0 && !utf8.RuneStart(b[most]) {
		most--
	}
	return b[:most]
}

// keepSome stores c and what is queued behind it.
func (f *feed) keepSome(ctx context.Context, c Content) {
	all := []Content{c}
	for len(all) < contentRows && len(f.contents.waiting) > 0 {
		all = append(all, <-f.contents.waiting)
	}
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if err := f.keeper.Keep(ctx, f.trail, all); err != nil {
		f.contents.dropped.Add(uint64(len(all)))
		f.t.o.Log.Warn("prompts were not kept", "sink", f.sink.Name(), "prompts", len(all), "error", err)
		return
	}
	f.contents.kept.Add(uint64(len(all)))
}

// contentTable is created once there is something to store.
const contentTable = `CREATE TABLE IF NOT EXISTS asbru_content (
	trail TEXT NOT NULL, id TEXT NOT NULL, time BIGINT NOT NULL, key TEXT NOT NULL, length BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (trail, id))`

// Keep implements keeper.
func (d *database) Keep(ctx context.Context, trail string, all []Content) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	if !d.content {
		if _, err := d.db.ExecContext(ctx, contentTable); err != nil {
			return fmt.Errorf("cannot make the tables of %s: %w", d.name, err)
		}
		d.content = true
	}
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("cannot store in %s: %w", d.name, err)
	}
	defer tx.Rollback() // no effect after Commit
	for i := range all {
		c := &all[i]
		_, err := tx.ExecContext(ctx, `INSERT INTO asbru_content (trail, id, time, key, length, body) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (trail, id) DO NOTHING`, trail, fmt.Sprintf("%x", c.ID), c.Time, c.Key, c.Length, printable(c.Body))
		if err != nil {
			return fmt.Errorf("cannot store in %s: %w", d.name, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("cannot store in %s: %w", d.name, err)
	}
	return nil
}

// Forget implements keeper.
func (d *database) Forget(ctx context.Context, trail string, before time.Time) error {
	if !d.content {
		return nil
	}
	if _, err := d.db.ExecContext(ctx, `DELETE FROM asbru_content WHERE trail = $1 AND time < $2`, trail, before.UnixNano()); err != nil {
		return fmt.Errorf("cannot remove old prompts from %s: %w", d.name, err)
	}
	return nil
}

// printable returns b as text that every database accepts: UTF-8 without zeros.
func printable(b []byte) string {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == 0 {
			r = utf8.RuneError
		}
		out, b = utf8.AppendRune(out, r), b[n:]
	}
	return string(out)
}
