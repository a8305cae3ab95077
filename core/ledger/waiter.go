package ledger

import (
	"context"
	"sync/atomic"

	"asbru/core"
)

// A waiter waits for a Seq to become durable. Waiters belong to the ledger and not to
// what waits: an Exchange may end while it does.
type waiter struct {
	seq   Seq
	waker core.Waker
	done  func() // nil: waker is called
	next  *waiter
}

// waiters are two stacks, which everybody pushes to and takes as a whole: those that wait, for the writer, and
// those that are free. A sync.Pool would keep the free ones where the writer runs, and not where they are needed.
type waiters struct{ top, free stack }

// A stack of waiters. Nobody takes a single one of them from it, so it does not matter that the top one
// may have been away.
type stack struct{ atomic.Pointer[waiter] }

// push puts w on top.
func (s *stack) push(w *waiter) {
	for {
		top := s.Load()
		w.next = top
		if s.CompareAndSwap(top, w) {
			return
		}
	}
}

// take returns a waiter that is free, or a new one. Whoever finds the stack empty because somebody else is taking from it
// adds one to all there are, for good; so if others were given back meanwhile, the rest is left to the garbage
// collector, and the stack cannot grow without bound.
func (s *waiters) take() *waiter {
	w := s.free.Swap(nil)
	if w == nil {
		return new(waiter)
	}
	if w.next != nil {
		s.free.CompareAndSwap(nil, w.next)
	}
	return w
}

// Enlist has w called when s is durable or never will be: then either Durable() >= s, or Err
// says why not. It reports false, and w is not called, when that is so already. It takes
// no lock and allocates nothing. When it reports true, Rouse must follow: that may take a system call
// to wake the writer. A stage that waits for s asks it every time it is asked.
func (l *Ledger) Enlist(s Seq, w core.Waker) bool {
	if l.settled(s) {
		return false
	}
	n := l.waiters.take()
	n.seq, n.waker = s, w
	l.hurry(s)
	l.waiters.top.push(n)
	return true
}

// hurry has the writer write up to s at once.
func (l *Ledger) hurry(s Seq) {
	for {
		v := l.want.Load()
		if v >= uint64(s) || l.want.CompareAndSwap(v, uint64(s)) {
			return
		}
	}
}

// await has w told. After hurry that is soon, else when the writer writes anyway.
func (l *Ledger) await(w *waiter) {
	s := w.seq // the writer may take w as soon as it is pushed
	l.waiters.top.push(w)
	l.Rouse(s)
}

// Rouse has the writer begin what was enlisted for.
func (l *Ledger) Rouse(s Seq) {
	// The writer sleeps on what nobody waits for. Or it may have swept between the look and the
	// push, and have nothing left to do: it is asked to sweep again.
	if l.want.Load() >= uint64(s) && l.asleep.Load() || l.settled(s) {
		l.poke()
	}
}

// settled reports whether there is nothing to wait for.
func (l *Ledger) settled(s Seq) bool { return l.Durable() >= s || l.broken.Load() }

// sweep wakes those whose time has come. Only the writer calls it.
func (l *Ledger) sweep() {
	for w := l.waiters.top.Swap(nil); w != nil; {
		next := w.next
		w.next, l.parked = l.parked, w
		w = next
	}
	link := &l.parked
	for w := *link; w != nil; w = *link {
		if !l.settled(w.seq) {
			link = &w.next
			continue
		}
		*link = w.next
		if w.done != nil {
			w.done()
			continue
		}
		waker := w.waker
		*w = waiter{}
		l.waiters.free.push(w)
		waker.Wake()
	}
}

// Wait waits until s is durable. It is for whoever has a goroutine to spare: changes by
// operators, tests. It returns Err() when s never will be, or the context's error.
func (l *Ledger) Wait(ctx context.Context, s Seq) error {
	l.hurry(s)
	return l.expect(ctx, s)
}

// expect is Wait for who is in no hurry: nothing is synced the sooner for it.
func (l *Ledger) expect(ctx context.Context, s Seq) error {
	if !l.settled(s) {
		done := make(chan struct{})
		l.await(&waiter{seq: s, done: func() { close(done) }})
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if l.Durable() >= s {
		return nil
	}
	return l.Err()
}
