package cache

import (
	"sync"
	"sync/atomic"

	"asbru/core"
)

// An errand is one question that is being asked: who asks it upstream, the answer so far, and who
// waits for it.
//
//	asking ──Sure──→ coming ──whole──→ done ──stored──→ (forgotten)
//	   │                │
//	   └────failed──────┴──→ failed: followers that have received nothing ask again
type errand struct {
	name            // of the question, as first asked
	form []byte     // of the question while its key has not been made; unchanged until land returns it
	raw  request    // the question while nobody has read it: then name is but its gist. Aliases the leader's buffers
	why  Why        // why it has no name after it was read
	held uint64     // the gist that was claimed or held for it; 0: it is not among the errands
	next *errand    // among those that nobody has read
	body [32]byte   // of a call with an Idempotency-Key: the digest of its body
	lead core.Waker // of the exchange that asks upstream

	from   *core.Dialect // the format of the recorded answer
	op     core.Op
	stream bool
	array  bool
	native bool   // the provider itself speaks the leader's format; set once the answer is coming
	tries  int    // previous leaders that failed
	doubt  *doubt // what the answer is to be compared with; nil: nothing

	waiting atomic.Int32 // exchanges that wait for the answer, without the leader
	joined  atomic.Bool  // another exchange has joined at some time

	mu              sync.Mutex
	state           state
	tape            []byte // the answer as sent to the leader's client; returned by land
	marks           []mark // when its bytes arrived
	over            bool   // the answer exceeded the bound of recordings: the tape is gone
	closed          bool   // the tape is no longer counted
	fault           *core.Fault
	left            bool  // it failed because the leader's client left, which says nothing about the question
	kept            *kept // the answer as stored, once decoded; nil: not yet, or it cannot be
	read            bool  // decoding was attempted
	usage           core.Usage
	provider, model string // of the target that answered; empty: none yet
	wakers          []core.Waker
	rung            uint32 // how often the wakers were called; each waker is registered once between two calls
}

// A mark records when the tape had reached a length.
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

// open reports whether others can still join.
func (f *errand) open() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state != failed && !f.over && !(f.read && f.kept == nil)
}

// write records bytes that are sent to the leader's client.
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

// anew discards the recording: another target answers.
func (f *errand) anew(c *Cache) {
	f.mu.Lock()
	if !f.over {
		c.tapes.Add(-int64(len(f.tape)))
	}
	f.tape, f.marks, f.over = nil, nil, false
	f.mu.Unlock()
}

// set changes the state and wakes everyone who waits.
func (f *errand) set(s state) {
	f.mu.Lock()
	if f.state != failed {
		f.state = s
	}
	f.wakeLocked()
	f.mu.Unlock()
}

// comes notes that the recorded bytes are being sent to the leader's client.
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
	f.raw = request{}
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

// waitLocked registers v's exchange to be woken by the next change.
func (f *errand) waitLocked(v *visit, x *core.Exchange) {
	if v.heard != f.rung+1 {
		v.heard = f.rung + 1
		f.wakers = append(f.wakers, x.Waker())
	}
}

// leave withdraws a follower. The leader's exchange then checks whether it is still
// wanted.
func (f *errand) leave() {
	if f.waiting.Add(-1) == 0 {
		f.lead.Wake()
	}
}

// land ends the recording. A tape that nobody else has seen is reused for the next recording;
// otherwise its remaining readers hold it. By now f cannot be found any more, and what was decoded
// from the tape is a copy.
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

// A tape is the memory in which an answer, and the form of its question, are recorded.
type tape struct {
	bytes []byte
	marks []mark
	form  []byte
}

// blanks are tapes to be reused.
type blanks struct {
	mu    sync.Mutex
	tapes [mostBlanks]tape
	n     int
}

// blank returns an errand without a leader, with a reused tape if there is one.
func (c *Cache) blank() *errand {
	t := c.blanks.take()
	return &errand{tape: t.bytes, marks: t.marks, form: t.form}
}

// take returns an empty tape, without memory if there is none to reuse.
func (s *blanks) take() (t tape) {
	s.mu.Lock()
	if s.n > 0 {
		s.n--
		t, s.tapes[s.n] = s.tapes[s.n], tape{}
	}
	s.mu.Unlock()
	return t
}

// give keeps the memory of a tape for reuse.
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
