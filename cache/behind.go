package cache

import (
	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/core"
)

// A question that is sent upstream behind an answer from memory is an errand, led by a visit
// without a client: other exchanges can join it, and its answer is cached.

// Behind implements core.Behind.
func (v *visit) Behind(*core.Exchange) core.Watcher {
	if v.trail == nil {
		return nil
	}
	v.sent, v.trail = v.trail, nil
	return v.sent
}

// Dropped implements core.Behind.
func (v *visit) Dropped(*core.Exchange) {
	v.c.n.untrailed.Add(1)
	v.trail, v.sent = v.sent, nil
	v.untrail()
}

// untrail gives up the errand that was to run behind the answer.
func (v *visit) untrail() {
	c, w := v.c, v.trail
	if w == nil {
		return
	}
	v.trail = nil
	if v.due != nil {
		v.due.Yield()
	}
	c.forget(w.f)
	w.f.fail(nil, true)
	w.f.land(c)
	c.release(w)
}

// follows has the question of x asked behind its answer if the answer is stale or chosen for
// comparison. q holds the question.
func (v *visit) follows(x *core.Exchange, q *wording, k *kept, h how) {
	c := v.c
	switch {
	case v.ask.noStore:
	case h == pastItsTime && v.due != nil:
		if v.sendTrail(x, q, nil) {
			c.n.refreshes.Add(1)
			return
		}
	case (h == byLikeness || h == byWords) && c.trusts.Load().draw():
		in := c.trusts.Load().words
		if h == byLikeness {
			in = c.trusts.Load().in(owner{v.kind, v.owner})
		}
		if v.sendTrail(x, q, &doubt{in, k}) {
			c.n.checks.Add(1)
		}
		return
	}
	if v.due != nil {
		v.due.Yield()
	}
}

// sendTrail starts an errand for the question of x, unless one is under way. q holds
// the question, unless v has its text.
func (v *visit) sendTrail(x *core.Exchange, q *wording, d *doubt) bool {
	c := v.c
	fresh := &errand{name: v.name, from: x.From, op: x.Op, stream: x.Peek.Stream, array: x.Array, doubt: d}
	f, leads := c.meet(&v.name, nil, fresh)
	if !leads {
		if f != nil {
			f.leave()
		}
		return false
	}
	w := c.visits.Get().(*visit)
	w.name, w.role, w.f = v.name, leading, f
	w.lead.Store(f)
	w.kind, w.owner = v.kind, v.owner
	w.ask = v.ask
	if w.ask.label == nil {
		w.ask.label = v.label
	}
	w.label, w.asked = append(w.label[:0], w.ask.label...), append(w.asked[:0], x.Peek.Model...)
	if len(v.text) > 0 {
		w.text, w.space = append(w.text[:0], v.text...), v.space
	} else if c.near != nil {
		w.asks(x, q)
	}
	w.ask.label = nil // the head is not valid for that long
	v.trail = w
	return true
}

// reject removes the answer that the caller of x declared wrong. If that answer was found by
// similarity, its own question keeps it, but is no longer found by
// similarity.
func (v *visit) reject(x *core.Exchange, q *wording) {
	c := v.c
	c.takeOut(&v.key)
	if v.like(x, q) == nil {
		return
	}
	c.near.Remove(v.likeKey)
	c.disown(&v.likeKey)
	c.n.wrong.Add(1)
	if i, _ := c.mem.Get(&v.likeKey, wall()); i != nil {
		c.mute(i)
	}
	in := c.trusts.Load().words
	if !v.match.Words {
		in = c.trusts.Load().in(owner{v.kind, v.owner})
	}
	c.believe(in, false)
}

// mute rewrites an answer on disk without the text of its question, so that it stays excluded from
// similarity search after a restart.
func (c *Cache) mute(i *exact.Item[*kept]) {
	s := c.takeScratch()
	defer c.giveScratch(s)
	k, err := i.Value.without(s)
	if err != nil {
		return
	}
	next := &exact.Item[*kept]{Key: i.Key, Print: i.Print, Gist: i.Gist, Value: k, Cost: int64(len(k.data)) + noteBytes(&k.Note), Fresh: i.Fresh, Until: i.Until}
	c.record(next)
	c.mem.Put(next, wall())
}

// without returns k without the text of its question. s is scratch.
func (k *kept) without(s *scratch) (*kept, error) {
	s.reply.Reset()
	beats, err := entry.Read(k.data, nil, &s.reply, s.beats[:0])
	if s.beats = beats; err != nil {
		return nil, err
	}
	next := &kept{Note: k.Note}
	next.Text = ""
	next.data, err = entry.Append(nil, &next.Note, &s.reply, beats)
	return next, err
}
