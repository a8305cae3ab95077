package govern

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/core/ledger"
)

// A far is the process that has the Book, as one sees it that drains and has calls under way.
// What is asked of it is written to a connection, in the order in which it was asked, and
// answered in any order. Draining is no hot path: there is a lock.
type far struct {
	durable atomic.Uint64

	mu    sync.Mutex
	out   []byte        // to be sent; bounded by the calls under way
	kick  chan struct{} // something is in out
	asked map[uint64]*call
	last  uint64 // the newest call
	waits []waiting
	since time.Time // when the Book was given away
	there bool      // somebody carries what is asked
	lost  error     // why nobody will answer; nil: somebody may
}

// A call is one question to the far process.
type call struct {
	f       *far
	ask     Ask
	accts   [MaxAccounts]*Account
	waker   core.Waker
	seq     ledger.Seq
	refusal *Refusal
	isEnd   bool
	done    bool
	dropped bool // nobody wants the hold any more
	void    bool // the far process is gone, and the Book is here again: ask that

	ref  ledger.Seq // of an end: the intent
	end  End
	kind ledger.Kind
}

type waiting struct {
	s     ledger.Seq
	waker core.Waker
}

func newFar(end func() ledger.Seq) *far {
	f := &far{kick: make(chan struct{}, 1), asked: map[uint64]*call{}, since: time.Now()}
	f.durable.Store(uint64(end()))
	return f
}

// hold is Till.Hold.
func (f *far) hold(x *core.Exchange, h *Hold, q *Ask) (core.Verdict, *Refusal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := h.call
	switch {
	case c != nil && c.done:
		h.call = nil
		if c.refusal != nil {
			return core.Refuse, c.refusal
		}
		h.n, h.worst, h.seq, h.id, h.try, h.book = 0, q.Worst, c.seq, q.ID, q.Attempt, nil
		h.state.Store(held)
		return core.Continue, nil
	case f.lost != nil || !f.there && time.Since(f.since) > passWait:
		h.call = nil
		return core.Refuse, &Refusal{Cause: orPassed(f.lost)}
	case c != nil:
		c.waker = x.Waker()
		return core.Wait, nil
	}
	c = &call{f: f, ask: *q, waker: x.Waker()}
	c.ask.Accounts = c.accts[:copy(c.accts[:], q.Accounts)]
	h.call = c
	f.out = appendHold(f.out, f.add(c), &c.ask)
	f.send()
	return core.Wait, nil
}

func orPassed(err error) error {
	if err == nil {
		return errPassed
	}
	return err
}

// add counts a call. f.mu is held.
func (f *far) add(c *call) (tag uint64) {
	f.last++
	f.asked[f.last] = c
	return f.last
}

func (f *far) send() {
	select {
	case f.kick <- struct{}{}:
	default:
	}
}

// end is Till.End.
func (f *far) end(h *Hold, e *End, kind ledger.Kind) {
	if !h.state.CompareAndSwap(held, done) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &call{f: f, isEnd: true, ref: h.seq, kind: kind}
	c.end = End{Cost: e.Cost, Flags: e.Flags, Spare: e.Spare, Now: e.Now, Note: bytes.Clone(e.Note)} // the caller's Note stays where it is, on its stack
	h.call = c
	if f.lost != nil {
		c.done = true // charged as partial, when the ledger is opened again
		return
	}
	f.out = appendEnd(f.out, f.add(c), h.seq, e, kind)
	f.send()
}

// ended is Continue once the far process has ended h.
func (c *call) ended(x *core.Exchange, h *Hold) core.Verdict {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if c.done || c.f.lost != nil {
		h.call, h.end = nil, c.seq
		return core.Continue
	}
	c.waker = x.Waker()
	return core.Wait
}

// drop says that nobody waits for a hold any more: if it is made, it is released.
func (c *call) drop() {
	if c.isEnd {
		return
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.dropped, c.waker = true, core.Waker{}
	if c.done && c.refusal == nil {
		c.release()
	}
}

// release gives back what a call holds that nobody wants. f.mu is held.
func (c *call) release() {
	f := c.f
	e := &call{f: f, isEnd: true, ref: c.seq, end: End{Now: c.ask.Now}, kind: ledger.Release}
	f.out = appendEnd(f.out, f.add(e), e.ref, &e.end, e.kind)
	f.send()
}

// await is Till.await.
func (f *far) await(x *core.Exchange, s ledger.Seq) core.Verdict {
	if ledger.Seq(f.durable.Load()) >= s {
		return core.Continue
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if ledger.Seq(f.durable.Load()) >= s {
		return core.Continue
	}
	if f.lost != nil {
		x.Fault = unwritable(f.lost)
		return core.Refuse
	}
	f.waits = append(f.waits, waiting{s, x.Waker()})
	return core.Wait
}

// Carry takes what is asked of the far process to it through conn, and brings its answers, until
// conn breaks. It is called after Pass, and again when another process has the Book: what was not
// answered is asked again.
func (t *Till) Carry(conn io.ReadWriteCloser) error {
	f := t.far.Load()
	f.mu.Lock()
	f.there, f.out = true, f.askAgain(f.out[:0])
	f.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		defer conn.Close()
		for {
			f.mu.Lock()
			b := f.out
			f.out = nil
			f.mu.Unlock()
			if len(b) > 0 {
				if _, err := conn.Write(b); err != nil {
					return
				}
				continue
			}
			select {
			case <-f.kick:
			case <-ended:
				return
			}
		}
	}()
	err := f.listen(bufio.NewReader(conn))
	close(ended)
	conn.Close()
	f.mu.Lock()
	f.there, f.since = false, time.Now()
	f.mu.Unlock()
	return err
}

// askAgain appends all that was not answered, in the order in which it was asked. f.mu is held.
func (f *far) askAgain(dst []byte) []byte {
	for _, tag := range slices.Sorted(maps.Keys(f.asked)) {
		if c := f.asked[tag]; c.isEnd {
			dst = appendEnd(dst, tag, c.ref, &c.end, c.kind)
		} else {
			dst = appendHold(dst, tag, &c.ask)
		}
	}
	return dst
}

// listen takes answers.
func (f *far) listen(r *bufio.Reader) error {
	var a answer
	for {
		if err := a.read(r); err != nil {
			return err
		}
		f.answered(&a)
	}
}

func (f *far) answered(a *answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a.kind == sayDurable {
		f.reach(a.seq)
		return
	}
	c := f.asked[a.tag]
	if c == nil {
		return
	}
	delete(f.asked, a.tag)
	c.done, c.seq = true, a.seq
	if a.kind == sayRefused {
		c.refusal = a.refusal(c.ask.Accounts)
	}
	if c.dropped && c.refusal == nil {
		c.release()
		return
	}
	c.waker.Wake()
}

// reach notes that all up to s is durable. f.mu is held.
func (f *far) reach(s ledger.Seq) {
	f.durable.Store(uint64(s))
	left := f.waits[:0]
	for _, w := range f.waits {
		if w.s <= s {
			w.waker.Wake()
		} else {
			left = append(left, w)
		}
	}
	clear(f.waits[len(left):])
	f.waits = left
}

// idle reports whether all that was asked was answered, or never will be.
func (f *far) idle() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost != nil || len(f.asked) == 0
}

// Lost says that the far process is gone and nobody takes its place here: calls under way are
// charged as partial by whoever opens the ledger next.
func (t *Till) Lost(err error) {
	if f := t.far.Load(); f != nil {
		f.lose(err)
	}
}

func (f *far) lose(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = err
	f.wakeAll()
}

// wakeAll has everybody ask again. f.mu is held.
func (f *far) wakeAll() {
	for _, c := range f.asked {
		c.waker.Wake()
	}
	for _, w := range f.waits {
		w.waker.Wake()
	}
	f.waits = nil
}

// giveBack has all that waits go on with a Book of the process's own. What the far process was
// asked and did not answer may stand in the ledger or not: the Book knows.
func (f *far) giveBack(b *Book) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.asked {
		c.done = true
		if c.isEnd {
			c.seq = b.endTaken(c.ref, &c.end, c.kind)
		} else {
			b.disown(c.ask.ID, c.ask.Attempt, c.ask.Now)
			c.void = true
		}
	}
	f.durable.Store(uint64(b.log.Durable()))
	f.lost = errPassed // nobody asks here any more
	f.wakeAll()
	clear(f.asked)
}
