package cache

import (
	"sync"
	"sync/atomic"

	"asbru/core"
)

// An errand is one question under way: who asks it upstream, the answer so far, and who
// waits for it.
//
//	asking ──Sure──→ coming ──whole──→ done ──kept──→ (forgotten)
//	   │                │
//	   └────failed──────┴──→ failed: those who were given nothing yet ask anew
type errand struct {
	name            // of the question, as it was when it was first asked
	form []byte     // of the question, while its key is not made; never changed until land gives it back
	body [32]byte   // of a call that is known by its key: the digest of what it asks for
	lead core.Waker // of the exchange that asks upstream

	from   *core.Dialect // how the answer is written
	op     core.Op
	stream bool
	array  bool
	native bool   // the provider itself speaks the leader's format; set once the answer is coming
	tries  int    // leaders before this one that failed
	doubt  *doubt // what the answer is to be compared with; nil: nothing

	waiting atomic.Int32 // exchanges that want the answer, besides the one that asks
	joined  atomic.Bool  // somebody besides the one that asks has seen it

	mu              sync.Mutex
	state           state
	tape            []byte // the answer as the leader's client gets it; given back by land
	marks           []mark // when it came
	over            bool   // it is longer than is written down: the tape is gone
	closed          bool   // its tape is not counted any more
	fault           *core.Fault
	left            bool  // it failed because the leader's client left, which says nothing about the question
	kept            *kept // the answer as it is kept, once it was read; nil: not yet, or it cannot be
	read            bool  // somebody tried to make kept
	usage           core.Usage
	provider, model string // of the target that answered; empty: none did so far
	wakers          []core.Waker
	rung            uint32 // how often the wakers were called; one waker is registered once between two
}

// A mark says when the tape was so long.
type mark struct {
	at    int64
	bytes int
}

type state uint8

const (
	asking state = iota
	coming
	done
	failed
)

// errands are those under way, by the prints of what they ask.
type errands [errandMaps]struct {
	mu sync.Mutex
	m  map[uint64]*errand
}

// join finds the errand of a question that can be joined; form is that of the question, nil
// when its key was made. Without one it puts fresh in its place, which the caller leads; with a
// nil fresh there is none then. Both are nil when another question of the same print is under way,
// which nobody can bring about and chance does not.
func (t *errands) join(n *name, form []byte, fresh *errand) (f *errand, leads bool) {
	s := &t[n.print>>32%errandMaps]
	s.mu.Lock()
	defer s.mu.Unlock()
	if f = s.m[n.print]; f != nil && f.open() {
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
	if s.m == nil {
		s.m = map[uint64]*errand{}
	}
	s.m[n.print] = fresh
	return fresh, true
}

// forget ends that anybody finds f.
func (t *errands) forget(f *errand) {
	s := &t[f.print>>32%errandMaps]
	s.mu.Lock()
	if s.m[f.print] == f {
		delete(s.m, f.print)
	}
	s.mu.Unlock()
}

// open reports whether others can still join.
func (f *errand) open() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state != failed && !f.over && !(f.read && f.kept == nil)
}

// write adds what the leader's client is given.
func (f *errand) write(c *Cache, p []byte, at int64) {
	f.mu.Lock()
	if f.over || f.closed || len(f.tape)+len(p) > maxTape || c.tapes.Load()+int64(len(p)) > maxTapes {
		if !f.over && !f.closed {
			f.over = true
			c.tapes.Add(-int64(len(f.tape)))
			c.n.overlong.Add(1)
			f.tape = nil
		}
	} else {
		c.tapes.Add(int64(len(p)))
		f.tape = append(f.tape, p...)
		if at > 0 && len(f.marks) < maxMarks {
			f.marks = append(f.marks, mark{at, len(f.tape)})
		}
	}
	tell := f.state != asking
	if tell {
		f.wakeLocked()
	}
	f.mu.Unlock()
}

// anew drops what was written: another target answers.
func (f *errand) anew(c *Cache) {
	f.mu.Lock()
	if !f.over {
		c.tapes.Add(-int64(len(f.tape)))
	}
	f.tape, f.marks, f.over = nil, nil, false
	f.mu.Unlock()
}

// set goes to another state and tells everybody.
func (f *errand) set(s state) {
	f.mu.Lock()
	if f.state != failed {
		f.state = s
	}
	f.wakeLocked()
	f.mu.Unlock()
}

// comes says that what was written goes to the leader's client.
func (f *errand) comes(native bool) {
	f.mu.Lock()
	f.native = native
	if f.state == asking {
		f.state = coming
	}
	f.wakeLocked()
	f.mu.Unlock()
}

// fail ends f without an answer.
func (f *errand) fail(fault *core.Fault, left bool) {
	f.mu.Lock()
	f.state, f.fault, f.left = failed, fault, left
	f.wakeLocked()
	f.mu.Unlock()
}

func (f *errand) wakeLocked() {
	for _, w := range f.wakers {
		w.Wake()
	}
	clear(f.wakers)
	f.wakers = f.wakers[:0]
	f.rung++
}

// waitLocked has v's exchange woken when something happens.
func (f *errand) waitLocked(v *visit, x *core.Exchange) {
	if v.heard != f.rung+1 {
		v.heard = f.rung + 1
		f.wakers = append(f.wakers, x.Waker())
	}
}

// leave says that one who joined wants nothing any more. The leader's exchange looks
// whether it is still wanted.
func (f *errand) leave() {
	if f.waiting.Add(-1) == 0 {
		f.lead.Wake()
	}
}

// land ends that the tape is counted: who still reads it holds it. What nobody else has seen
// is the memory of the next tape. Nobody finds f any more, and what was made of its tape is
// a copy.
func (f *errand) land(c *Cache) {
	f.mu.Lock()
	if !f.over && !f.closed {
		c.tapes.Add(-int64(len(f.tape)))
	}
	f.closed = true
	var t tape
	if !f.joined.Load() {
		t = tape{f.tape[:0], f.marks[:0], f.form[:0]}
		f.tape, f.marks, f.form = nil, nil, nil
	}
	f.mu.Unlock()
	c.blanks.give(t)
}

// A tape is the memory that an answer is written down in, and what it answers.
type tape struct {
	bytes []byte
	marks []mark
	form  []byte
}

// blanks are tapes to be written on.
type blanks struct {
	mu    sync.Mutex
	tapes [mostBlanks]tape
	n     int
}

// take returns an empty tape; one without memory if there is none.
func (s *blanks) take() (t tape) {
	s.mu.Lock()
	if s.n > 0 {
		s.n--
		t, s.tapes[s.n] = s.tapes[s.n], tape{}
	}
	s.mu.Unlock()
	return t
}

// give keeps the memory for another answer.
func (s *blanks) give(t tape) {
	if cap(t.bytes)+cap(t.form) == 0 || cap(t.bytes) > maxBlank {
		return
	}
	s.mu.Lock()
	if s.n < len(s.tapes) {
		s.tapes[s.n] = t
		s.n++
	}
	s.mu.Unlock()
}
