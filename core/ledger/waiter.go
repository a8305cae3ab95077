package ledger

import (
	"context"
	"sync/atomic"
)

// A Waiter waits for a Seq to become durable. It is embedded in what waits, belongs to
// the ledger from Await until Wake is called, and can be used again after that.
type Waiter struct {
	Seq Seq

	// Wake is called once, by the goroutine that syncs: it must not wait. Then either
	// Durable() >= Seq, or Err says why it never will be.
	Wake func()

	next *Waiter
}

// waiters is a stack that everybody pushes to and the writer takes as a whole.
type waiters struct{ top atomic.Pointer[Waiter] }

func (s *waiters) push(w *Waiter) {
	for {
		top := s.top.Load()
		w.next = top
		if s.top.CompareAndSwap(top, w) {
			return
		}
	}
}

// Await has w.Wake called when w.Seq is durable or never will be. It reports false, and
// forgets w, when that is so already. It takes no lock and allocates nothing.
func (l *Ledger) Await(w *Waiter) bool {
	if l.settled(w.Seq) {
		return false
	}
	l.waiters.push(w)
	// The writer may have swept between the look and the push, and have nothing left to
	// do: it is asked to sweep again.
	if l.settled(w.Seq) {
		l.poke()
	}
	return true
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
		if !l.settled(w.Seq) {
			link = &w.next
			continue
		}
		*link = w.next
		w.next = nil
		w.Wake()
	}
}

// Wait waits until s is durable. It is for whoever has a goroutine to spare: changes by
// operators, tests. It returns Err() when s never will be, or the context's error.
func (l *Ledger) Wait(ctx context.Context, s Seq) error {
	done := make(chan struct{})
	w := &Waiter{Seq: s, Wake: func() { close(done) }}
	if l.Await(w) {
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
