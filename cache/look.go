package cache

import (
	"asbru/cache/canon"
	"asbru/cache/exact"
	"asbru/core"
)

// Look returns the stage that answers from memory. It belongs before the first attempt and
// after the stages that decide whether the caller may ask at all. Keep must be among the stages
// that run after the exchange.
func (c *Cache) Look() core.Stage { return c.look }

func (c *Cache) look(x *core.Exchange) core.Verdict {
	if v := c.visitOf(x); v != nil {
		return v.again(x)
	}
	if x.Watch != nil {
		return core.Continue // another Watcher has the reply
	}
	v := c.visits.Get().(*visit)
	if v.hurry(x) {
		return core.Continue
	}
	if fault := v.ask.read(x.Head); fault != nil {
		x.Fault = fault
		c.release(v)
		return core.Refuse
	}
	w := c.takeWording()
	r := requestOf(x)
	if why := c.o.form(&r, &v.ask, w); why != Cached {
		c.n.bypassed.Add(1)
		c.n.why[why].Add(1)
		c.giveWording(w)
		c.release(v)
		return core.Continue
	}
	x.Watch = v
	v.kind, v.owner = c.o.Scope.owner(x.Key)
	v.name = c.nameOf(&w.form, v.owner)
	if !c.lazy || v.ask.wrong || len(w.form.Bytes()) > maxForm {
		v.know(w.form.Bytes())
	}
	defer c.giveWording(w)
	if k, how := v.find(x, w); k != nil {
		v.follows(x, w, k, how)
		if v.answer(x, k, how) {
			return core.Answer
		}
		v.untrail()
	}
	v.label, v.asked = append(v.label[:0], v.ask.label...), append(v.asked[:0], x.Peek.Model...)
	v.ask.label = nil // the head is not valid for that long
	if v.known {
		return v.join(x, nil)
	}
	return v.join(x, &w.form)
}

// visitOf returns c's visit of x; nil: there is none. Other Watchers may be in front of it.
func (c *Cache) visitOf(x *core.Exchange) *visit {
	for w := x.Watch; w != nil; {
		switch f := w.(type) {
		case *visit:
			if f.c == c {
				return f
			}
			return nil
		case core.Forwarder:
			w = f.Forwards()
		default:
			return nil
		}
	}
	return nil
}

// find looks up the question, and then similar ones.
func (v *visit) find(x *core.Exchange, w *wording) (*kept, how) {
	c := v.c
	if v.ask.wrong {
		v.reject(x, w)
		c.n.missed.Add(1)
		return nil, missed
	}
	if !v.ask.semantic && c.mem.Maybe(v.print) {
		v.know(w.form.Bytes())
		now := wall()
		if i, age := c.mem.Get(&v.key, now); i != nil {
			switch {
			case v.ask.ttl > 0 && now-i.Value.Born >= int64(v.ask.ttl):
				if age == exact.Due {
					i.Yield()
				}
			case age == exact.Stale || age == exact.Due:
				if age == exact.Due {
					v.due = i
				}
				c.n.stale.Add(1)
				return i.Value, pastItsTime
			default:
				c.n.exact.Add(1)
				return i.Value, fromMemory
			}
		}
	}
	if k := v.like(x, w); k != nil {
		if v.match.Words {
			c.n.words.Add(1)
			return k, byWords
		}
		if c.trusts.Load().check.Share > 0 {
			if t := c.trusts.Load().in(owner{v.kind, v.owner}); t.fallen.Load() {
				v.doubt = &doubt{t, k}
				c.n.doubted.Add(1)
				return nil, missed
			}
		}
		c.n.near.Add(1)
		return k, byLikeness
	}
	c.n.missed.Add(1)
	return nil, missed
}

// join follows the errand of the same question, or starts one. w holds the form of the question; nil:
// its key is known.
func (v *visit) join(x *core.Exchange, w *canon.Writer) core.Verdict {
	c := v.c
	var form []byte
	if w != nil {
		form = w.Bytes()
	}
	if v.ask.noStore {
		if f, _ := c.meet(&v.name, form, nil); f != nil {
			v.know(form)
			return v.follow(x, f)
		}
		c.n.refused[noStore].Add(1)
		v.goAlone(x)
		return v.consult(x)
	}
	mine, room := v.errand(x, form)
	f, leads := c.meet(&v.name, form, mine)
	if !leads {
		mine.form = room
		if f == nil {
			return v.goAlone(x)
		}
		v.know(form)
		return v.follow(x, f)
	}
	v.spare = nil
	if w != nil {
		w.Give(room) // the errand owns the form
	}
	if !v.ask.semantic && !v.ask.wrong && c.mem.Maybe(v.print) { // the answer may have arrived between the look-up and now
		v.know(form)
		if i, age := c.mem.Get(&v.key, wall()); age == exact.Fresh && (v.ask.ttl == 0 || wall()-i.Value.Born < int64(v.ask.ttl)) {
			c.forget(f)
			f.fail(nil, true)
			c.n.exact.Add(1)
			if c.o.repeats {
				return v.giveAgain(x, i.Value, fromMemory)
			}
			c.n.missed.Add(^uint64(0))
			if v.answer(x, i.Value, fromMemory) {
				return core.Answer
			}
			return v.goAlone(x)
		}
	}
	v.role, v.f = leading, f
	v.lead.Store(f)
	v.tell(x, missed, nil)
	return v.consult(x)
}

// errand prepares v.spare, an errand that v would lead and that nobody has seen yet. form becomes its form;
// room is the memory for a form that it had.
func (v *visit) errand(x *core.Exchange, form []byte) (f *errand, room []byte) {
	f = v.spare
	if f == nil { // v has led before, and the leader after it has failed
		f = v.c.blank()
		v.spare = f
	}
	room = f.form[:0]
	if f.form = room; len(form) > 0 {
		f.form = form
	}
	f.name, f.body, f.lead, f.from, f.op = v.name, v.body, x.Waker(), x.From, x.Op
	f.stream, f.array, f.tries, f.doubt = x.Peek.Stream, x.Array, v.tries, v.doubt
	return f, room
}

func (v *visit) goAlone(x *core.Exchange) core.Verdict {
	v.role, v.f = alone, nil
	v.tell(x, missed, nil)
	return core.Continue
}

func (v *visit) follow(x *core.Exchange, f *errand) core.Verdict {
	if f.body != v.body {
		f.leave()
		return v.another(x)
	}
	v.role, v.f, v.heard, v.until = following, f, 0, v.c.patience(x)
	return v.again(x)
}

// again checks the state of the errand that v follows.
func (v *visit) again(x *core.Exchange) core.Verdict {
	f := v.f
	if v.asking != nil {
		return v.consulted(x)
	}
	if v.role != following {
		return core.Continue
	}
	f.mu.Lock()
	switch {
	case f.kept != nil:
		k := f.kept
		f.mu.Unlock()
		v.c.n.joined.Add(1)
		if v.c.o.repeats {
			return v.giveAgain(x, k, withOthers)
		}
		if v.answer(x, k, withOthers) {
			return core.Answer
		}
		return v.part(x)
	case f.state == failed:
		fault, left, tries := f.fault, f.left, f.tries
		f.mu.Unlock()
		return v.afresh(x, fault, left, tries)
	case f.over || f.read:
		f.mu.Unlock()
		return v.part(x)
	case f.state != asking && f.stream && !f.array && x.Peek.Stream:
		f.mu.Unlock()
		v.c.n.joined.Add(1)
		v.stream(x)
		return core.Answer
	case v.until > 0 && core.Clock() >= v.until:
		f.mu.Unlock()
		if v.c.o.repeats { // asking for itself would be a second call
			x.Fault = &core.Fault{Code: core.UpstreamTimeout, Message: "the call with this Idempotency-Key did not end within the request's own x-latency-budget", Hint: "wait longer"}
			return core.Refuse
		}
		x.Skipped |= core.SkipCache
		return v.part(x)
	}
	x.Until = v.until
	f.waitLocked(v, x)
	whole := f.state == done
	f.mu.Unlock()
	if whole { // only the decoding is missing
		v.c.rush()
	}
	return core.Wait
}

// part leaves the errand: its answer cannot be given to x.
func (v *visit) part(x *core.Exchange) core.Verdict {
	v.f.leave()
	v.c.n.alone.Add(1)
	return v.goAlone(x)
}

// afresh continues after the leader has failed. One of the followers asks
// again; if that fails too, all get its failure.
func (v *visit) afresh(x *core.Exchange, fault *core.Fault, left bool, tries int) core.Verdict {
	v.f.leave()
	v.role, v.f = alone, nil
	if !left {
		tries++
	}
	if fault != nil && tries >= leaders {
		v.c.n.shared.Add(1)
		own := *fault
		x.Fault = &own
		return core.Refuse
	}
	v.tries = tries
	verdict := v.join(x, nil)
	if v.role == leading {
		v.c.n.promoted.Add(1)
	}
	return verdict
}
