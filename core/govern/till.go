package govern

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/core/ledger"
)

// A Till is where the calls of a process are paid: at its own Book, or, when the process drains
// and its successor has taken the Book over, through that one. One process writes a ledger at any
// time, and calls that began in one may end in another.
//
//	own ──Pass──▶ passing ──the successor opens it──▶ far
//	 ▲────────────Retake, when there is no successor after all
//
// Its methods may be called by anybody at any time. Stages ask it; none of them waits.
type Till struct {
	book   atomic.Pointer[Book] // nil: another process has it
	far    atomic.Pointer[far]  // that process; nil: book was never given away
	inside atomic.Int64         // calls that may be using book
	given  atomic.Pointer[Book] // the Book as it was given away; nil: it was not
}

// NewTill is a Till with a Book of its own.
func NewTill(b *Book) *Till {
	t := new(Till)
	t.book.Store(b)
	return t
}

// Book is the Book; nil when another process has it.
func (t *Till) Book() *Book { return t.book.Load() }

// enter returns the Book, which stays until leave is called; nil, and there is nothing to leave,
// when another process has it.
func (t *Till) enter() *Book {
	t.inside.Add(1)
	if b := t.book.Load(); b != nil {
		return b
	}
	t.leave()
	return nil
}

func (t *Till) leave() { t.inside.Add(-1) }

// Hold is Book.Hold for a stage of x: Continue when it is held, Refuse with why not, or Wait when
// the stage is to ask again with the same h.
func (t *Till) Hold(x *core.Exchange, h *Hold, q *Ask) (core.Verdict, *Refusal) {
	for {
		if h.call == nil {
			if v, r, ok := t.holdHere(x, h, q); ok {
				return v, r
			}
		}
		f := t.far.Load()
		if h.call != nil {
			f = h.call.f
		}
		if v, r, ok := f.hold(x, h, q); ok {
			return v, r
		}
	}
}

// holdHere is Hold when this process has the Book; else ok is false.
func (t *Till) holdHere(x *core.Exchange, h *Hold, q *Ask) (v core.Verdict, r *Refusal, ok bool) {
	b := t.enter()
	if b == nil {
		return 0, nil, false
	}
	defer t.leave()
	if r = b.Hold(h, q); r != nil {
		v, r = b.plead(x, h, q, r)
		return v, r, true
	}
	h.book, h.there, h.loan = b, nil, loan{}
	return core.Continue, nil, true
}

// Write writes down what was never held: a call that was refused, or answered from memory. Another process writes it that
// has the Book, as far as it is an audit record. It reports false when the ledger has no room, or nobody
// has it: then nothing was written.
func (t *Till) Write(r *ledger.Record) bool {
	b := t.enter()
	if b == nil {
		if done, here := t.far.Load().write(r); !here {
			return done
		}
		if b = t.enter(); b == nil {
			return false
		}
	}
	defer t.leave()
	room := ledger.Size(len(r.Lines), len(r.Payload))
	if !b.log.Reserve(room) {
		return false
	}
	b.log.Append(r, room)
	return true
}

// Charge holds and settles at once, for what is over already. It reports false when the money is
// not there, or another process has the Book.
func (t *Till) Charge(h *Hold, q *Ask, e *End) bool {
	b := t.enter()
	if b == nil {
		return false
	}
	defer t.leave()
	if r := b.Hold(h, q); r != nil {
		if r.shared() {
			b.beg(h, q, r, core.Waker{}) // the next one will find more
			h.loan = loan{}
			b.refused.Add(1)
		}
		return false
	}
	b.Settle(h, e)
	return true
}

// Nudge is Book.Nudge. What is another process's is written as that process sees fit.
func (t *Till) Nudge() {
	if b := t.book.Load(); b != nil {
		b.Nudge()
	}
}

// Begun is what a stage of Plan.Commit returns: see Book.Wait.
func (t *Till) Begun(x *core.Exchange, h *Hold) core.Verdict {
	if h.there != nil {
		if v, ok := h.there.f.begun(x, h); ok {
			return v
		}
	}
	return t.await(x, h.seq)
}

// End ends what h holds: it is charged, costs nothing, or goes on as a job (see Book.Jobs), whose note
// is that of e. It is done once, whoever does it. Who does not wait for it (Ended) calls Nudge.
func (t *Till) End(h *Hold, e *End, kind ledger.Kind) {
	if c := h.call; c != nil && !c.isEnd { // nobody knows yet whether it is held
		c.drop()
		h.call = nil
		return
	}
	b := t.enter()
	for ; b == nil; b = t.enter() {
		if t.far.Load().end(h, e, kind) {
			return
		}
	}
	defer t.leave()
	if h.book == b {
		h.end, _ = b.end(h, e, kind)
	} else if h.state.CompareAndSwap(held, done) { // it was given away, and came back
		h.end = b.endTaken(h.intent(), e, kind)
	}
}

// Progress is Book.Progress. What another process holds is charged its floor if it is cut off.
func (t *Till) Progress(h *Hold, soFar core.Money, now int64) {
	if b := t.enter(); b != nil {
		defer t.leave()
		if h.book == b && h.call == nil {
			b.Progress(h, soFar, now)
		}
	}
}

// Conclude is End and Ended in one. The accounts get their money back while the disk is at work already.
func (t *Till) Conclude(x *core.Exchange, h *Hold, e *End, kind ledger.Kind) core.Verdict {
	if b := t.enter(); b != nil {
		if h.call == nil && h.book == b && kind != ledger.Job && h.state.CompareAndSwap(held, done) {
			defer t.leave()
			var cost core.Money
			h.end, cost = b.lay(h, e, kind)
			v := b.Wait(x, h.end)
			b.giveBack(h, cost, e.Spare)
			return orOn(x, v)
		}
		t.leave()
	}
	t.End(h, e, kind)
	return t.Ended(x, h)
}

// orOn is a verdict on an answer that has gone out but for its end: it goes on where it would be refused.
func orOn(x *core.Exchange, v core.Verdict) core.Verdict {
	if v == core.Refuse {
		x.Fault = nil
		return core.Continue
	}
	return v
}

// Ended is what a stage of Plan.Settle returns, once End was called: Continue when the end is
// durable, or never will be, for the answer has gone out but for its end; Wait until then.
func (t *Till) Ended(x *core.Exchange, h *Hold) core.Verdict {
	if h.call != nil {
		if v := h.call.ended(x, h); v != core.Continue {
			return v
		}
	}
	return orOn(x, t.await(x, h.end))
}

func (t *Till) await(x *core.Exchange, s ledger.Seq) core.Verdict {
	for {
		if b := t.enter(); b != nil { // who enlists once the last one was woken is woken by nobody
			v := b.Wait(x, s)
			t.leave()
			return v
		}
		if v, ok := t.far.Load().await(x, s); ok {
			return v
		}
	}
}

// Pass gives the Book away: it is closed, so that another process can open it, and what is held or
// ended from now on waits for Carry. The calls under way go on.
func (t *Till) Pass() error {
	b := t.book.Load()
	if b == nil {
		return errPassed
	}
	f := newFar(b.log.Durable())
	t.far.Store(f)
	t.given.Store(b)
	t.book.Store(nil)
	t.empty()
	b.dismiss()
	err := b.Close()
	f.closed(b.log.Durable())
	return err
}

// empty waits until nobody is inside: those who come have no Book.
func (t *Till) empty() {
	for t.inside.Load() > 0 {
		runtime.Gosched()
	}
}

var errPassed = errors.New("another process has the ledger already")

// Retake opens the Book again, because nobody has it: the process that was to take it over is gone.
// open is given what a Book needs to go on with what this process holds. It reports false when the
// Book was never given away: nothing was done.
func (t *Till) Retake(open func(goOn Options) (*Book, error)) (bool, error) {
	f, was := t.far.Load(), t.given.Swap(nil)
	if was == nil {
		return false, nil
	}
	var b *Book
	var err error
	for end := time.Now().Add(retakeWait); ; time.Sleep(retakeAgain) { // the lock of who is gone lasts a moment
		if b, err = open(Options{Live: true, Accounts: was.known()}); err == nil || time.Now().After(end) {
			break
		}
	}
	if err != nil {
		f.lose(err)
		return true, err
	}
	f.giveBack(was, b, func() { t.book.Store(b) })
	return true, nil
}

// Close closes the Book, if the process has it, and waits for what was asked of who has it instead.
func (t *Till) Close() error {
	if b := t.book.Load(); b != nil {
		b.dismiss()
		f := newFar(b.log.Durable())
		f.lose(errClosed)
		t.far.Store(f)
		t.book.Store(nil)
		t.empty()
		return b.Close()
	}
	f := t.far.Load()
	for end := time.Now().Add(leaveWait); f.unsaid() && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	return nil
}

var errClosed = errors.New("the process is ending")

// Account is Book.Account.
func (t *Till) Account(ctx context.Context, name string, l Limit) (*Account, error) {
	b := t.enter()
	if b == nil {
		return nil, errPassed
	}
	defer t.leave()
	return b.Account(ctx, name, l)
}
