package remote

import (
	"context"
	"time"

	"asbru/cache/vector"
)

// An adding is an answer that waits to be written.
type adding struct{ vector.Row }

func (a *adding) size() int64 { return int64(len(a.Text) + len(a.Answer) + 512) }

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
	a := &adding{*r}
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
			f.bytes.Add(-a.size())
			if !a.Until.After(time.Now()) {
				f.n.adds[dropped].Add(1) // it waited too long
				continue
			}
			if !f.adding.lets(time.Now()) {
				f.n.adds[rested].Add(1)
				continue
			}
			err := f.writeOne(a)
			if f.adding.note(err == nil, time.Now()) && err == nil {
				f.log.Info("answers are written to the store again", "store", f.o.Place.Kind)
			}
			if err != nil {
				f.n.adds[failed].Add(1)
				f.say(unwritten, err)
				continue
			}
			f.n.adds[stored].Add(1)
		}
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
	return f.store.Add(ctx, &a.Row)
}
