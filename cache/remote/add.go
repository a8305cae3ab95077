package remote

import (
	"context"
	"time"

	"asbru/cache/vector"
)

// An adding is an answer that waits to be written.
type adding struct {
	vector.Row
	turn uint64
	gone bool // it was removed while it waited
}

func (a *adding) size() int64 { return int64(len(a.Text) + len(a.Answer) + 512) }

// A purge is what was removed from the store.
type purge struct {
	filter vector.Filter
	until  uint64 // the turn of the last answer that had been added
}

// purge keeps what matches filter and waits to be written from being written. What is being written has
// been when it returns.
func (f *Finder) purge(filter *vector.Filter) {
	f.purging.Lock()
	defer f.purging.Unlock()
	if f.bytes.Load() == 0 { // nothing waits
		f.purges = nil
		return
	}
	f.purges = append(f.purges, purge{*filter, f.turn.Load()})
}

// purged reports whether a was removed while it waited.
func (f *Finder) purged(a *adding) bool {
	for i := range f.purges {
		if p := &f.purges[i]; a.turn <= p.until && p.filter.Matches(&a.Row) {
			return true
		}
	}
	return false
}

// Add makes a question findable. r.Space is the cache's own space; r.Vector is computed here. It never
// waits, and takes ownership of r.
func (f *Finder) Add(r *vector.Row) {
	if !f.eligible(r.Text) {
		return
	}
	if len(r.Answer) > maxAnswer {
		f.n.adds[tooLong].Add(1)
		return
	}
	a := &adding{Row: *r}
	f.shut.RLock()
	defer f.shut.RUnlock()
	if f.over {
		return
	}
	if f.bytes.Add(a.size()) > addBytes {
		f.bytes.Add(-a.size())
		f.n.adds[dropped].Add(1)
		return
	}
	a.turn = f.turn.Add(1)
	select {
	case f.adds <- a:
	default:
		f.bytes.Add(-a.size())
		f.n.adds[dropped].Add(1)
	}
}

// write is a worker.
func (f *Finder) write() {
	for {
		select {
		case <-f.ctx.Done():
			return
		case a := <-f.adds:
			size := a.size() // writing seals and so enlarges it
			f.writeNext(a)
			f.bytes.Add(-size)
		}
	}
}

// writeNext writes a unless it is too late for that, or the store is to be left alone.
func (f *Finder) writeNext(a *adding) {
	if !a.Until.After(time.Now()) {
		f.n.adds[dropped].Add(1) // it waited too long
		return
	}
	if !f.adding.lets(time.Now()) {
		f.n.adds[rested].Add(1)
		return
	}
	err := f.writeOne(a)
	if f.adding.note(err == nil, time.Now()) && err == nil {
		f.log.Info("answers are written to the store again", "store", f.o.Place.Kind)
	}
	switch {
	case err != nil:
		f.n.adds[failed].Add(1)
		f.say(unwritten, err)
	case a.gone:
		f.n.adds[dropped].Add(1)
	default:
		f.n.adds[stored].Add(1)
	}
}

func (f *Finder) writeOne(a *adding) error {
	ctx, cancel := context.WithTimeout(f.ctx, addWait)
	defer cancel()
	v, err := f.encode(ctx, a.Text)
	if err != nil {
		return err
	}
	if err := f.prepare(len(v)); err != nil {
		return err
	}
	a.Vector, a.Space = v, f.space(&a.Space)
	a.Text = f.seal.close(a.Text, partText, &a.Key, &a.Space)
	a.Answer = f.seal.close(a.Answer, partAnswer, &a.Key, &a.Space)
	f.purging.RLock()
	defer f.purging.RUnlock()
	if a.gone = f.purged(a); a.gone {
		return nil
	}
	return f.store.Add(ctx, &a.Row)
}
