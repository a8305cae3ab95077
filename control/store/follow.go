package store

import (
	"context"
	"log/slog"
	"time"

	"github.com/lib/pq"
)

// channel is what Postgres tells changes on.
const channel = "asbru_config"

// Following says how changes of others are followed.
type Following struct {
	Every   time.Duration // between two looks; 0: PollEvery
	Changed func()        // is called after each change of others, by one goroutine
	Log     *slog.Logger  // nil: slog.Default()
}

// Follow looks for changes of others until ctx ends: when Postgres tells of one, and every
// f.Every, since what is told can be lost. A database that does not answer is asked on; what was
// read before is served until then.
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
	c := copier{s: s, log: f.Log, revision: -1}
	defer c.copy(context.WithoutCancel(ctx), true)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-heard: // and what changed until now was told to nobody
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
		if now := s.Set().Revision; now != s.served.Load() {
			s.served.Store(now)
			f.Changed()
		}
	}
}

// listen asks Postgres to tell of changes, and says once that it does from now on. The channels are
// nil for SQLite, which tells nobody.
func (s *Store) listen() (heard <-chan struct{}, told <-chan *pq.Notification, end func()) {
	if s.db.postgres == "" {
		return nil, nil, func() {}
	}
	// What happens to the connection is seen by the looks in between.
	l := pq.NewListener(s.db.postgres, listenLeast, listenMost, nil)
	first := make(chan struct{}, 1)
	go func() {
		if l.Listen(channel) == nil { // waits until there is a connection; Close ends it
			first <- struct{}{}
		}
	}()
	return first, l.Notify, func() { l.Close() }
}
