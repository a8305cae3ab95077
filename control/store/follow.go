package store

import (
	"context"
	"log/slog"
	"time"

	"github.com/lib/pq"
)

// channel is the Postgres channel of change notifications.
const channel = "asbru_config"

// Following configures how changes made by others are followed.
type Following struct {
	Every   time.Duration // between two checks; 0: PollEvery
	Changed func()        // called after each change made by others, by one goroutine
	Log     *slog.Logger  // nil: slog.Default()
}

// Follow applies changes made by others until ctx ends. It checks at each notification of Postgres and every
// f.Every, since notifications can be lost. If the database does not answer, it keeps checking; what was
// read before is served meanwhile.
func (s *Store) Follow(ctx context.Context, f Following) {
	if f.Every <= 0 {
		f.Every = PollEvery
	}
	if f.Log == nil {
		f.Log = slog.Default()
	}
	heard, told, end := s.listen()
	defer end()
	tick := time.NewTicker(f.Every)
	defer tick.Stop()
	lost := s.Lost()
	c := copier{s: s, log: f.Log}
	defer c.copy(context.WithoutCancel(ctx), true)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-heard: // changes before this point were not notified
		case <-told:
		}
		_, err := s.Refresh(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !lost:
			f.Log.Error("the store does not answer; what it kept is served on", "store", s.Name(), "revision", s.Set().Revision, "error", err)
		case err == nil && lost:
			f.Log.Info("the store answers again", "store", s.Name())
		}
		lost = err != nil
		c.copy(ctx, false)
		if now := s.Set(); now != s.served.Load() {
			s.served.Store(now)
			f.Changed()
		}
	}
}

// listen subscribes to the notifications of Postgres; heard is closed when the subscription is active.
// The channels are nil for SQLite, which has none.
func (s *Store) listen() (heard <-chan struct{}, told <-chan *pq.Notification, end func()) {
	if s.db.postgres == "" {
		return nil, nil, func() {}
	}
	// A broken connection is noticed by the regular checks.
	l := pq.NewListener(s.db.postgres, listenLeast, listenMost, nil)
	first := make(chan struct{}, 1)
	go func() {
		if l.Listen(channel) == nil { // waits for a connection; Close ends it
			first <- struct{}{}
		}
	}()
	return first, l.Notify, func() { l.Close() }
}
