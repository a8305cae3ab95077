package govern

import (
	"fmt"
	"math/bits"
	"runtime"
	"sync/atomic"

	"asbru/core"
	"asbru/core/ledger"
)

// An Ask is what a hold is asked for.
type Ask struct {
	ID       [16]byte   // of the Exchange
	Attempt  uint8      // which of its holds this is, if it needs several
	Accounts []*Account // each once, at most MaxAccounts; not kept. None: the call is only written down
	Worst    core.Money // the most that the call can cost
	Floor    core.Money // due if a crash cuts the call off and nothing is known of it; at most Worst
	Now      int64      // wall clock, Unix nanoseconds
	Note     int        // bytes of payload that the Settle or Release will have at most
	Some     bool       // the End may spare accounts
}

// A Hold is the worst case of one call, kept on its accounts until it is settled or
// released. The zero Hold is idle; one that is done can be used again. One goroutine
// makes the hold; any may end it, and the first one does.
type Hold struct {
	state atomic.Uint32
	try   uint8
	n     int
	worst core.Money
	seq   ledger.Seq
	id    [16]byte
	room  int // reserved for its end

	// Of a Till.
	book  *Book      // that it was made in; nil: in that of another process
	call  *call      // to that process, which has not been answered; nil: none
	there *call      // that made it there; nil: it was made here
	end   ledger.Seq // of its settle or release; 0: it has not ended
	loan  loan       // while it lacks money on accounts that machines share

	periods [MaxAccounts]*period
	accts   [MaxAccounts]*Account
}

var errMany = fmt.Errorf("a call can be charged to %d budgets at most", MaxAccounts)

const (
	idle uint32 = iota
	held
	done
)

// Seq is the intent's place in the ledger: no byte of an answer goes to the client before
// it is durable.
func (h *Hold) Seq() ledger.Seq { return h.seq }

// Held reports whether h waits to be settled.
func (h *Hold) Held() bool { return h.state.Load() == held }

// Worst is what is held.
func (h *Hold) Worst() core.Money { return h.worst }

// Hold holds q.Worst on all of q.Accounts, or on none and says why. nil: it is held, and
// the intent is appended to the ledger (see Hold.Seq), whose writer is to be told by Nudge when
// there is time for it. It neither waits nor allocates, but for a refusal and the first call of a
// window.
func (b *Book) Hold(h *Hold, q *Ask) *Refusal {
	if q.Worst < 0 || h.state.Load() == held {
		panic("BUG: govern: a hold of less than nothing, or held already")
	}
	if len(q.Accounts) > MaxAccounts {
		b.refusedByLog.Add(1)
		return &Refusal{Cause: errMany}
	}
	first := ledger.Size(len(q.Accounts), 0)
	h.room = ledger.Size(0, q.Note)
	if q.Some {
		h.room = ledger.Size(len(q.Accounts), q.Note)
	}
	if !b.log.Reserve(first + h.room) {
		b.refusedByLog.Add(1)
		return &Refusal{Cause: b.log.Trouble()}
	}
	h.n = len(q.Accounts)
	copy(h.accts[:], q.Accounts)
	if r := h.take(q); r != nil {
		b.log.Return(first + h.room)
		if !r.shared() { // nobody is refused yet
			b.refused.Add(1)
		}
		h.clear()
		return r
	}
	h.worst, h.id, h.try = q.Worst, q.ID, q.Attempt
	var room [usualAccounts]ledger.Line
	lines := room[:0]
	for i := range h.n {
		lines = append(lines, ledger.Line{Account: h.accts[i].num, Window: h.periods[i].window()})
	}
	rec := ledger.Record{
		Kind: ledger.Intent, Attempt: q.Attempt, ID: q.ID, Time: q.Now,
		Amount: q.Worst, Floor: min(max(q.Floor, 0), q.Worst), Lines: lines,
	}
	h.seq = b.log.Lay(&rec, first)
	h.state.Store(held)
	b.holds.Add(1)
	return nil
}

// Nudge has what was held and settled written within milliseconds, if nobody waits for it.
func (b *Book) Nudge() { b.log.Nudge() }

// take adds the worst case to all accounts, or to none. It looks first, so that what is
// refused for want of money is refused without a trace, as a rule.
func (h *Hold) take(q *Ask) *Refusal {
	for try := 0; ; try++ {
		short := h.short(q)
		if short < 0 {
			if short = h.add(q); short < 0 {
				return nil
			}
		}
		if h.sure(short, q) || try > maxTries {
			return h.refusal(short, q)
		}
		if try > eagerTries {
			runtime.Gosched()
		}
	}
}

// short finds the periods and returns the first whose account lacks the money; -1: none.
func (h *Hold) short(q *Ask) int {
	found := -1
	for i, a := range h.accts[:h.n] {
		h.periods[i] = a.at(q.Now)
		if found < 0 && h.lacks(i, q) {
			found = i
		}
	}
	return found
}

// lacks reports whether the worst case does not fit under the cap of account i now.
func (h *Hold) lacks(i int, q *Ask) bool {
	c := h.periods[i]
	return c.most(h.accts[i].limit.Load(), q.Now)-core.Money(c.taken.Load()) < q.Worst
}

// add adds to one period after the other. When one lacks the money it takes back what it
// added and returns which; -1: all of it is held.
func (h *Hold) add(q *Ask) int {
	short, entered := -1, 0
	for i, c := range h.periods[:h.n] {
		if h.n > 1 {
			c.enter()
			entered++
		}
		pause()
		if !c.fit(q.Worst, c.most(h.accts[i].limit.Load(), q.Now)) {
			short = i
			break
		}
	}
	for i := range max(short, 0) {
		pause()
		h.periods[i].taken.Add(-int64(q.Worst))
	}
	pause()
	for i := range entered {
		h.periods[i].leave()
	}
	return short
}

// fit adds to what is taken unless that passes most.
func (c *period) fit(worst, most core.Money) bool {
	for {
		v := c.taken.Load()
		if most-core.Money(v) < worst {
			return false
		}
		if c.taken.CompareAndSwap(v, v+int64(worst)) {
			return true
		}
	}
}

// sure reports whether account i lacks the money at a moment when nobody was about to
// give some back: a moment at which a lock would have refused as well.
func (h *Hold) sure(i int, q *Ask) bool {
	c := h.periods[i]
	before := c.turns.Load()
	pause()
	return still(before) && h.lacks(i, q) && c.turns.Load() == before && h.accts[i].cur.Load() == c
}

// clear forgets the accounts.
func (h *Hold) clear() {
	clear(h.periods[:h.n])
	clear(h.accts[:h.n])
	h.n = 0
}

// An End is how a call ended.
type End struct {
	Cost  core.Money // what it came to
	Flags uint8      // of the ledger: Estimated, Cached
	Spare uint32     // accounts that pay nothing, a bit for each in the order of Ask.Accounts; 0 unless Ask.Some
	Note  []byte     // payload, at most as long as Ask.Note; not kept
	Now   int64      // wall clock, Unix nanoseconds
}

// Settle charges what the call cost and gives back the rest of what was held. Its Seq is
// to be durable before the client sees the end of the answer. ok is false, and nothing
// happens, when h was settled or released before, or never held. A cost beyond what was
// held is charged as what was held, one below nothing as well: the claim is in the record.
func (b *Book) Settle(h *Hold, e *End) (seq ledger.Seq, ok bool) {
	return b.close(h, e, ledger.Settle)
}

// Release gives back all that was held: the call cost nothing. ok is as that of Settle.
func (b *Book) Release(h *Hold, e *End) (seq ledger.Seq, ok bool) {
	return b.close(h, e, ledger.Release)
}

// close ends h, and has that written soon.
func (b *Book) close(h *Hold, e *End, kind ledger.Kind) (seq ledger.Seq, ok bool) {
	if seq, ok = b.end(h, e, kind); ok {
		b.Nudge()
	}
	return seq, ok
}

// end is close for who waits for the Seq next, or calls Nudge.
func (b *Book) end(h *Hold, e *End, kind ledger.Kind) (ledger.Seq, bool) {
	if !h.state.CompareAndSwap(held, done) {
		b.twice.Add(1)
		return 0, false
	}
	if kind == ledger.Job {
		rec := ledger.Record{Kind: kind, Flags: e.Flags, Attempt: h.try, ID: h.id, Time: e.Now, Ref: h.seq, Payload: e.Note}
		return b.keep(h, &rec), true
	}
	seq, cost := b.lay(h, e, kind)
	b.giveBack(h, cost, e.Spare)
	return seq, true
}

// lay appends the end of h, and returns what is charged. First the log, then the accounts (giveBack): a call that
// begins with the money that this one gives back comes after it in every prefix of the log.
func (b *Book) lay(h *Hold, e *End, kind ledger.Kind) (ledger.Seq, core.Money) {
	rec := ledger.Record{Kind: kind, Flags: e.Flags, Attempt: h.try, ID: h.id, Time: e.Now, Ref: h.seq, Payload: e.Note}
	if kind == ledger.Settle {
		rec.Amount = e.Cost
		if e.Cost < 0 || e.Cost > h.worst {
			rec.Amount, rec.Floor, rec.Flags = h.worst, e.Cost, e.Flags|ledger.Clamped
			b.clamped.Add(1)
		}
	}
	var lines [usualAccounts]ledger.Line
	rec.Lines = h.spared(lines[:0], e.Spare)
	return b.log.Lay(&rec, h.room), rec.Amount
}

// giveBack gives back what h holds beyond its cost, and forgets its accounts.
func (b *Book) giveBack(h *Hold, cost core.Money, spare uint32) {
	h.give(cost, spare)
	h.clear()
	b.holds.Add(-1)
}

// spared appends the lines of the accounts that pay nothing.
func (h *Hold) spared(lines []ledger.Line, spare uint32) []ledger.Line {
	for ; spare != 0; spare &= spare - 1 {
		i := bits.TrailingZeros32(spare)
		if i >= h.n {
			break
		}
		lines = append(lines, ledger.Line{Account: h.accts[i].num, Window: h.periods[i].window()})
	}
	return lines
}

// give turns what is held into what was spent, but for the accounts that pay nothing.
func (h *Hold) give(whole core.Money, spare uint32) {
	periods := h.periods[:h.n]
	if h.n > 1 {
		for _, c := range periods {
			c.enter()
		}
	}
	for i, c := range periods {
		pause()
		cost := whole
		if spare>>i&1 != 0 {
			cost = 0
		}
		c.spent.Add(int64(cost))
		c.taken.Add(int64(cost - h.worst))
		h.accts[i].total.Add(int64(cost))
	}
	if h.n > 1 {
		for _, c := range periods {
			c.leave()
		}
	}
}

// Progress writes down what the call has cost so far, for the case that a crash cuts it
// off: then the larger of this and the floor is charged. ok is false when h is not held or
// the ledger has no room; nothing is lost by that. Only who may settle h may call it.
func (b *Book) Progress(h *Hold, soFar core.Money, now int64) (ok bool) {
	room := ledger.Size(0, 0)
	if !h.Held() || !b.log.Reserve(room) {
		return false
	}
	rec := ledger.Record{Kind: ledger.Progress, Attempt: h.try, ID: h.id, Time: now, Ref: h.seq, Amount: min(max(soFar, 0), h.worst)}
	b.log.Append(&rec, room)
	return true
}

// A Refusal says why there is no hold.
type Refusal struct {
	Account *Account   // that lacks the money; nil: the ledger has no room, and Cause says why
	Need    core.Money // that was asked for
	Left    core.Money // that was there
	Cap     core.Money
	Ends    int64 // when the window ends, Unix nanoseconds; 0: never
	Cause   error // of an Account: ErrAway, if its budget may have money that cannot be had now
}

func (h *Hold) refusal(i int, q *Ask) *Refusal {
	a, c := h.accts[i], h.periods[i]
	l := a.limit.Load()
	r := &Refusal{Account: a, Need: q.Worst, Cap: l.most(q.Now), Left: c.left(l, q.Now)}
	if end := c.end.Load(); end != never {
		r.Ends = end
	}
	return r
}

// Error is one sentence for the caller, who may see it: it names no account but theirs.
func (r *Refusal) Error() string {
	if r.Account == nil {
		return "cannot start the request: what it costs cannot be written down now"
	}
	label := r.Account.limit.Load().Label
	if label == "" {
		label = fmt.Sprintf("budget %q", r.Account.name)
	}
	if r.Cause != nil {
		return fmt.Sprintf("cannot start the request: it may cost up to %v, and of the %s this machine has been granted less, and it gets no more from the store now", r.Need, label)
	}
	return fmt.Sprintf("cannot start the request: the %s has %v left of %v and this request may cost up to %v", label, r.Left, r.Cap, r.Need)
}

// Unwrap is why the ledger has no room, for the operator's log.
func (r *Refusal) Unwrap() error { return r.Cause }
