package cache

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/core"
)

// A saving is an answer to be stored.
type saving struct {
	f     *errand
	key   [32]byte // of f; valid after digest
	note  entry.Note
	ttl   time.Duration
	most  time.Duration // greatest age of the answer, stale or not, that the caller allows; 0: as configured
	heard chan struct{} // not nil: there is no answer, and it is closed once everything queued before has been stored
	fails refusal       // why the answer is not stored and only given to followers; numRefusals: it is stored
}

// hand gives s to the worker. If the queue is full, the followers are served here and now, and
// nothing is stored.
func (c *Cache) hand(s *saving) {
	if s.fails != numRefusals && s.f.waiting.Load() == 0 {
		c.n.refused[s.fails].Add(1)
		c.drop(s.f)
		return
	}
	c.shut.RLock()
	sent := false
	if !c.closed {
		select {
		case c.saves <- s:
			sent = true
			c.later(s.f.waiting.Load() > 0 || len(c.saves) > saveQueue/2)
		default:
		}
	}
	c.shut.RUnlock()
	if sent {
		return
	}
	c.n.lost.Add(1)
	if s.f.waiting.Load() > 0 {
		c.digest(s)
	}
	c.drop(s.f)
}

// drop ends an errand whose answer cannot be given to anyone else.
func (c *Cache) drop(f *errand) {
	if f.doubt != nil { // the answer was not decoded
		c.weigh(f.doubt, nil)
		f.doubt = nil
	}
	c.forget(f)
	f.mu.Lock()
	f.read = true
	f.wakeLocked()
	f.mu.Unlock()
	f.land(c)
}

// later wakes the worker: after a delay, so that it does not run for every single answer, or at
// once.
func (c *Cache) later(now bool) {
	switch {
	case now:
		c.rush()
	case c.armed.CompareAndSwap(false, true):
		c.timer.Reset(saveEvery)
	}
}

// rush wakes the worker now, because an exchange waits.
func (c *Cache) rush() {
	select {
	case c.bell <- struct{}{}:
	default: // it was rung before and not heard yet
	}
}

// save is the worker. It ends with the cache, after storing what is queued.
func (c *Cache) save() {
	for open := true; open; {
		select {
		case <-c.bell:
		case <-c.stop:
			open = false
		}
		c.armed.Store(false) // what is queued from now on rings again
		for more := true; more; {
			select {
			case s := <-c.saves:
				c.keepOne(s)
			default:
				more = false
			}
		}
	}
}

// keepOne decodes a tape, gives the answer to the followers, and stores it.
func (c *Cache) keepOne(s *saving) {
	if s.heard != nil {
		close(s.heard)
		return
	}
	k, fresh, until := c.digest(s)
	if d := s.f.doubt; d != nil {
		if s.fails != numRefusals {
			k = nil
		}
		c.weigh(d, k)
		s.f.doubt = nil
	}
	switch {
	case s.fails != numRefusals:
		c.n.refused[s.fails].Add(1)
	case k != nil:
		i := &exact.Item[*kept]{Key: s.key, Print: s.f.print, Gist: s.f.gist, Value: k, Cost: int64(len(k.data)) + noteBytes(&k.Note), Fresh: fresh, Until: until}
		c.record(i)
		if c.mem.Put(i, k.Born) {
			c.n.kept.Add(1)
			c.makeFindable(i)
			c.offer(i)
		} else {
			c.n.refused[tooLarge].Add(1)
		}
	}
	c.drop(s.f)
}

// makeFindable adds an answer's question to the semantic tier. The text is on disk and in
// the encoded entry, so it need not stay in memory.
func (c *Cache) makeFindable(i *exact.Item[*kept]) {
	if c.near != nil && i.Value.Text != "" {
		c.near.Add(&Question{Space: i.Value.Space, Text: []byte(i.Value.Text)}, i.Key, i.Until)
	}
}

// noteBytes returns the memory used by a Note.
func noteBytes(n *entry.Note) int64 {
	return int64(160 + len(n.Owner) + len(n.Label) + len(n.Asked) + len(n.Model) + len(n.Provider) + len(n.Family) + len(n.Native) + len(n.Text))
}

// digest decodes the tape of an errand and gives the answer to the followers. It returns nil if there
// is no answer to give; s.fails then says why. s.fails also says if an answer may only be given to the
// current followers and must not be stored.
func (c *Cache) digest(s *saving) (k *kept, fresh, until int64) {
	f, w := s.f, c.takeScratch()
	defer c.giveScratch(w)
	n := f.name
	n.know(f.form)
	s.key = n.key
	f.mu.Lock()
	t := recording{from: f.from, op: f.op, stream: f.stream, array: f.array, bytes: f.tape, marks: f.marks}
	usage, over := f.usage, f.over
	f.mu.Unlock()
	if over {
		s.fails = tooLarge
		return nil, 0, 0
	}
	w.reply.Reset()
	w.cross.Reset()
	pace, err := completion(&t, &w.reply, &w.cross)
	if err == nil {
		s.judge(c, &w.reply)
		if usage.Known {
			w.reply.Usage = usage
		}
		s.note.Native = string(w.reply.ID)
		rand.Read(s.note.ID[:])
		fresh, until = c.lasts(s)
		s.note.Fresh, s.note.Until = fresh, until
		var data []byte
		if c.o.repeats {
			k = s.transcript(t.bytes)
		} else if data, err = entry.Append(nil, &s.note, &w.reply, pace); err == nil {
			k = &kept{Note: s.note, data: data[:len(data):len(data)]}
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, entry.ErrForeign):
		s.fails = foreign
	case errors.Is(err, entry.ErrLong):
		s.fails = tooLarge
	default:
		s.fails = notWhole
	}
	f.mu.Lock()
	f.kept, f.read = k, true
	f.wakeLocked()
	f.mu.Unlock()
	return k, fresh, until
}

// judge decides whether an answer is complete enough to be stored.
func (s *saving) judge(c *Cache, r *core.Completion) {
	if s.fails != numRefusals || c.o.repeats {
		return
	}
	if len(r.Choices) == 0 {
		s.fails = notWhole
	}
	for i := range r.Choices {
		if silent(r, &r.Choices[i]) {
			s.fails = saysNothing
		}
		switch r.Choices[i].Finish {
		case core.FinishStop, core.FinishStopped:
		case core.FinishCalls:
			if !c.o.ToolCalls {
				s.fails = callsTools
			}
		default:
			s.fails = notStopped
		}
	}
	for i := range r.Parts {
		switch r.Parts[i].Kind {
		case core.PartCall:
			if !c.o.ToolCalls {
				s.fails = callsTools
			}
		case core.PartRefusal:
			s.fails = notStopped
		}
	}
}

// silent reports whether a choice holds nothing, or only thoughts. Providers now and then end an answer in good
// order that says nothing; the next try often does.
func silent(r *core.Completion, c *core.Choice) bool {
	for i := c.From; i < c.To; i++ {
		switch p := &r.Parts[i]; p.Kind {
		case core.PartThought, core.PartVeiled:
		case core.PartText:
			if len(p.Text) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// lasts returns how long an answer is valid. Lifetimes vary a little with the key, so that answers
// that arrived together do not expire together.
func (c *Cache) lasts(s *saving) (fresh, until int64) {
	ttl := int64(s.ttl)
	less := ttl / jitterShare * int64(binary.LittleEndian.Uint16(s.key[20:])) >> 16
	if c.o.repeats {
		less = 0
	}
	fresh = s.note.Born + ttl - less
	if until = fresh + int64(c.o.Stale); s.most > 0 {
		until = min(until, s.note.Born+int64(s.most))
	}
	return fresh, until
}
