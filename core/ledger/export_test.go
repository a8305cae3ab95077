package ledger

import "asbru/core"

// Step writes and syncs what was appended, in the place of the writer.
func (l *Ledger) Step() bool { return l.step() }

// Maintain does what the keeper does when a segment is full.
func (l *Ledger) Maintain() { l.maintain() }

// Prepare makes the spare, in the place of the keeper.
func (l *Ledger) Prepare() error { return l.prepare() }

// Idle reports whether the writer sleeps until it is woken.
func (l *Ledger) Idle() bool { return l.asleep.Load() && !l.armed.Load() }

// SmoothBytes is how many zeros are written ahead.
const SmoothBytes = smoothBytes

// Await is Enlist and Rouse.
func (l *Ledger) Await(s Seq, w core.Waker) bool {
	if !l.Enlist(s, w) {
		return false
	}
	l.Rouse(s)
	return true
}
