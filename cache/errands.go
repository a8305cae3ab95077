package cache

import "sync"

// errands are the errands under way, sharded by the gists of their questions.
//
// Most questions are new, and their gist is enough to know that: it is claimed from the memory, which
// counts those of its answers too. Such a question goes upstream unread. Its errand can be found at
// once, by the gist; it is read soon after (Cache.read), or by the first who comes with the same gist.
type errands [errandMaps]errandMap

type errandMap struct {
	mu     sync.Mutex
	unread *errand            // a list
	read   map[uint64]*errand // by print
}

func (t *errands) of(gist uint64) *errandMap { return &t[gist>>32%errandMaps] }

// enter begins an errand that nobody has read, if its question certainly is a new one. f.mu need not be
// held: nobody has seen f.
func (c *Cache) enter(f *errand) bool {
	s := c.errands.of(f.gist)
	s.mu.Lock()
	ok := c.mem.Claim(f.gist)
	if ok {
		f.held, f.next, s.unread = f.gist, s.unread, f
	}
	s.mu.Unlock()
	return ok
}

// meet finds the errand of a question that can be joined. form is the form of the question, nil
// if its key has been made. If there is none, fresh is put in its place and the caller leads it; with a
// nil fresh none is added. Both results are nil if another question with the same print is under way,
// which is improbable and cannot be provoked.
func (c *Cache) meet(n *name, form []byte, fresh *errand) (f *errand, leads bool) {
	s := c.errands.of(n.gist)
	s.mu.Lock()
	defer s.mu.Unlock()
	for at := &s.unread; *at != nil; {
		if u := *at; u.held != n.gist { // its name may be under way
			at = &u.next
		} else {
			*at, u.next = u.next, nil
			c.learn(u)
			s.keep(u)
		}
	}
	if f = s.read[n.print]; f != nil && f.open() {
		if !n.is(form, &f.name, f.form) {
			return nil, false
		}
		f.waiting.Add(1)
		f.joined.Store(true)
		return f, false
	}
	if fresh == nil {
		return nil, false
	}
	fresh.held = n.gist
	c.mem.Hold(fresh.held)
	s.keep(fresh)
	return fresh, true
}

// keep makes f findable by its print, if it has one.
func (s *errandMap) keep(f *errand) {
	if f.print == 0 {
		return
	}
	if s.read == nil {
		s.read = map[uint64]*errand{}
	}
	s.read[f.print] = f
}

// read reads the question of an errand that was entered unread, unless somebody else has done so. Its
// name, and why it has none, may then be read without f.mu.
func (c *Cache) read(f *errand) {
	c.learn(f)
	s := c.errands.of(f.held)
	s.mu.Lock()
	if s.drop(f) {
		s.keep(f)
	}
	s.mu.Unlock()
}

// learn makes the name and the form of f from its leader's request, unless that has been done. The leader
// calls it, or fail, before it gives its buffers back, and so waits here for whoever reads them.
func (c *Cache) learn(f *errand) {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := f.raw
	if q.from == nil {
		return
	}
	f.raw, f.why = request{}, Unreadable // unless all goes well
	w := c.takeWording()
	defer c.giveWording(w)
	var a ask
	if why := c.o.form(&q, &a, w); why != Cached {
		f.why = why
		return
	}
	form := w.form.Bytes()
	_, owner := c.o.Scope.owner(q.key)
	f.name = c.nameOf(&w.form, owner)
	if len(form) > maxForm {
		f.know(form)
	} else {
		f.form = append(f.form[:0], form...)
	}
	f.why = Cached
}

// drop removes f from those that nobody has read, and reports whether it was among them.
func (s *errandMap) drop(f *errand) bool {
	for at := &s.unread; *at != nil; at = &(*at).next {
		if *at == f {
			*at, f.next = f.next, nil
			return true
		}
	}
	return false
}

// forget makes f impossible to find.
func (c *Cache) forget(f *errand) {
	s := c.errands.of(f.held)
	s.mu.Lock()
	s.drop(f)
	if f.print != 0 && s.read[f.print] == f {
		delete(s.read, f.print)
	}
	if f.held != 0 {
		c.mem.Release(f.held)
		f.held = 0
	}
	s.mu.Unlock()
}
