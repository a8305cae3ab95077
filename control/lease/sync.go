package lease

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"asbru/core"
	"asbru/core/govern"
)

// A settling is the reconciliation of one account with the database.
type settling struct {
	a       *Agent
	account *govern.Account
	l       *govern.Lease
	now     int64
	back    bool // give back everything idle
	asked   bool // another machine asked for what is idle: grant no slices now

	mine, was    part
	others       core.Money // what other machines have, and what is unaccounted for
	othersSpent  core.Money
	left         core.Money // of the budget, not granted to anyone
	needs        []core.Money
	base, more   core.Money
	off          error // this machine's clock is: grant nothing, and begin no window
	short, final bool  // some holds need more than there is; and nobody can give it back
	recall       int64
}

// settle reconciles an account with the database in one transaction: it reports spending, and obtains
// what holds need. Holds see a grant after the commit, and what is given back before it.
func (a *Agent) settle(ctx context.Context, account *govern.Account, l *govern.Lease, now int64, back bool) error {
	for {
		err := a.settleOnce(ctx, account, l, now, back)
		if !errors.Is(err, errBegun) {
			return err
		}
		if l = account.Lease(now); l == nil {
			return nil // it is no longer shared
		}
	}
}

// errBegun reports that a hold has begun another window during a settling.
var errBegun = errors.New("another window has begun")

// settleOnce is settle while no hold begins another window; otherwise it returns errBegun and has done nothing.
func (a *Agent) settleOnce(ctx context.Context, account *govern.Account, l *govern.Lease, now int64, back bool) error {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	s := &settling{a: a, account: account, l: l, now: now, back: back}
	// Once the lock is held, everything committed by then must be visible.
	tx, err := a.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, careful); err != nil {
		return err
	}
	sh, err := read(ctx, tx, a.machine, account.Name())
	if err != nil {
		return err
	}
	if sh.seen != a.wrote {
		return errForgotten
	}
	s.recall = sh.recall
	start, fresh := s.window(&sh)
	if _, s.off = a.skew(now, sh.now); s.off != nil && !stays(l, start, fresh) {
		return s.off
	}
	switch {
	case fresh && sh.early:
		err = s.rename(ctx, tx, &sh, start)
	case fresh:
		err = begin(ctx, tx, account.Name(), start)
	}
	if err != nil {
		return err
	}
	if !s.join(&sh, start) {
		return errBegun
	}
	s.asked = s.mine.answered < s.recall
	if s.asked || back {
		if given := l.GiveBack(); given > 0 {
			a.returned.Add(1)
		}
	}
	s.mine.answered = s.recall
	s.divide()
	if err := s.write(ctx, tx, s.judge(&sh)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.done()
	return s.off
}

// write writes what has changed, and notifies other machines if they have to know it. recalls: they are
// asked for what they do not use.
func (s *settling) write(ctx context.Context, tx *sql.Tx, recalls bool) error {
	name := s.account.Name()
	if recalls {
		s.mine.answered = s.recall
		if _, err := tx.ExecContext(ctx, `UPDATE asbru_budgets SET recall = $2 WHERE account = $1`, name, s.recall); err != nil {
			return err
		}
	}
	s.mine.granted = int64(s.base+s.more) + s.mine.sunk
	s.mine.spent = int64(s.l.Spent()) + s.mine.sunk
	if s.mine == s.was || s.was.machine == "" && s.mine.granted <= 0 && !recalls {
		return nil
	}
	if err := s.mine.write(ctx, tx, name); err != nil {
		return err
	}
	if recalls || s.asked && s.was.granted > s.was.spent {
		return tell(ctx, tx, s.a.machine, name)
	}
	return nil
}

// window returns the current window of the budget for all machines; fresh: it begins now.
func (s *settling) window(sh *sheet) (start int64, fresh bool) {
	w := s.l.Window()
	if !sh.known {
		if o, ok := s.l.Origin(); ok {
			return o, true
		}
		return s.l.Local(), true // this machine's spending counts in it
	}
	if sh.early = s.ahead(sh.start); sh.early {
		return w.Begin(s.now), true
	}
	end := w.End(sh.start)
	if o, ok := s.l.Origin(); ok && o >= end && !s.ahead(o) && s.now/int64(time.Second) < w.End(o) {
		return o, true // the database is older than the window, which has begun for all
	}
	if s.now/int64(time.Second) < end {
		return sh.start, false
	}
	start = s.l.Local()
	if start < end {
		start = max(w.Begin(s.now), sh.start+1)
	}
	return start, true
}

// ahead reports whether a window has not begun yet, by the clock of this machine, which is that of the database: the clocks were wrong when it
// was begun.
func (s *settling) ahead(start int64) bool {
	return time.Duration(start)*time.Second > time.Duration(s.now)+2*mostSkew
}

// rename has the window that was begun too early begin at start. What machines have been granted in it counts in this one: they may go on
// spending it until they hear of that.
func (s *settling) rename(ctx context.Context, tx *sql.Tx, sh *sheet, start int64) error {
	name := s.account.Name()
	s.a.Log.Warn("the window of a shared budget was begun by a clock that was ahead; it begins now, and what was granted in it counts as spent",
		"budget", name, "began", time.Unix(sh.start, 0).UTC(), "begins", time.Unix(start, 0).UTC())
	if _, err := tx.ExecContext(ctx, `UPDATE asbru_budgets SET start = $2 WHERE account = $1`, name, start); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE asbru_leases SET start = $2 WHERE account = $1 AND start = $3`, name, start, sh.start); err != nil {
		return err
	}
	for i := range sh.parts {
		if p := &sh.parts[i]; p.start == sh.start {
			p.start = start
		}
	}
	return nil
}

// join moves this machine into the window that began at start, and finds what it has there. It returns
// false if a hold has begun another one meanwhile.
func (s *settling) join(sh *sheet, start int64) bool {
	var had part // of this machine in this window
	for _, p := range sh.parts {
		switch {
		case p.start != start:
		case p.machine == s.a.machine:
			had = p
		default:
			s.others += core.Money(p.granted)
			s.othersSpent += core.Money(p.spent)
		}
	}
	moved := true
	switch o, ok := s.l.Origin(); {
	case ok && o == start:
	case ok:
		moved = s.l.Move(start, s.now)
	case had.machine != "" && had.local == s.l.Local() || s.l.Local() >= start:
		s.l.Join(start)
	default:
		moved = s.l.Move(start, s.now)
	}
	if !moved {
		return false
	}
	s.was = had
	s.mine = part{machine: s.a.machine, start: start, local: s.l.Local(), sunk: had.sunk, answered: had.answered, live: had.live}
	switch {
	case had.machine == "":
		s.mine.answered = s.recall // it has nothing to give back
	case had.local == s.mine.local:
		s.mine.sunk += int64(s.missing(&had, s.l.Spent()))
	case s.l.Unknown(had.local):
		s.mine.sunk += int64(s.missing(&had, 0))
	default:
		s.mine.sunk = had.granted // its spending was recorded in a window that is gone
	}
	s.others += core.Money(s.mine.sunk)
	s.othersSpent += core.Money(s.mine.sunk)
	return true
}

// missing returns what this machine has reported as spent and its ledger does not know of, beyond spent: the
// ledger is an older copy, or lost its end. The money was spent all the same.
func (s *settling) missing(had *part, spent core.Money) core.Money {
	lost := core.Money(had.spent-had.sunk) - spent
	if lost <= 0 {
		return 0
	}
	s.a.Log.Warn("the ledger knows of less than this machine has reported as spent of a shared budget, as an older copy does; the difference counts as spent",
		"budget", s.account.Name(), "missing", lost.String())
	return lost
}

// divide computes what this machine is granted.
func (s *settling) divide() {
	var room [maxNeeds]core.Money
	s.needs = s.l.Needs(room[:0])
	if s.base = s.l.Has(); s.l.Cap(s.now) < s.others+s.base { // the cap was lowered
		if s.l.GiveBack() > 0 {
			s.a.returned.Add(1)
		}
		s.base = s.l.Has()
	}
	s.left = max(s.l.Cap(s.now)-s.others-s.base, 0)
	if core.Clock() < s.a.wary || s.off != nil { // others may have what the database has forgotten
		s.needs = nil
		return
	}
	idle := s.l.Idle()
	var sum core.Money
	for _, n := range s.needs {
		if n <= idle+s.left {
			sum = sum.Plus(n)
		} else {
			s.short = true
		}
	}
	if sum > idle {
		s.more = sum - idle
		if slice := s.left / core.Money(slices*max(s.a.machines, 1)); slice > s.more && !s.asked {
			s.more = slice
		}
		s.more = min(s.more, s.left)
	}
}

// judge decides the answer to holds for which there is too little. It reports whether others must be
// asked for what they do not use.
func (s *settling) judge(sh *sheet) (recalls bool) {
	s.a.mu.Lock()
	defer s.a.mu.Unlock()
	asked, ok := s.a.asked[s.account]
	if !s.short {
		delete(s.a.asked, s.account)
		return false
	}
	if !ok {
		asked = recall{number: sh.recall + 1, at: core.Clock()}
	}
	wait := false
	for _, p := range sh.parts {
		if p.machine != s.a.machine && p.start == s.mine.start && p.live && p.granted > p.spent && p.answered < asked.number {
			wait = true
		}
	}
	if !wait || core.Clock()-asked.at > int64(recallWait) {
		s.final = true
		delete(s.a.asked, s.account)
		return false
	}
	if ok {
		return false
	}
	s.recall = asked.number
	s.a.asked[s.account] = asked
	s.a.recalled.Add(1)
	return true
}

// done gives holds the result.
func (s *settling) done() {
	s.l.Others(s.others, s.othersSpent)
	if s.more > 0 {
		s.l.Grant(s.base, s.more)
		s.a.granted.Add(1)
	}
	if s.final {
		s.a.denied.Add(1)
	}
	s.l.Answer(len(s.needs), s.final, s.left-s.more+s.l.Idle(), s.now)
	if len(s.needs) == maxNeeds {
		s.a.mu.Lock()
		s.a.more[s.account] = struct{}{}
		s.a.mu.Unlock()
	}
	if s.mine.granted > 0 || s.was.machine != "" {
		s.a.note(s.account, s.l)
	}
}
