package lease

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"asbru/core"
	"asbru/core/govern"
)

// A settling is one account while it is agreed with the database what this machine has of it.
type settling struct {
	a       *Agent
	account *govern.Account
	l       *govern.Lease
	now     int64
	back    bool // give back all that is idle
	asked   bool // another machine asked for what is idle: no slices now

	mine, was    part
	others       core.Money // what other machines have, and what nobody can account for
	othersSpent  core.Money
	left         core.Money // of the budget, granted to nobody
	needs        []core.Money
	base, more   core.Money
	short, final bool // some need more than there is; and nobody will bring it
	recall       int64
}

// settle brings an account to what the database says, and the database to what holds need. One
// transaction, of which holds see what it grants when it is over, and what it gives back before.
func (a *Agent) settle(ctx context.Context, account *govern.Account, l *govern.Lease, now int64, back bool) error {
	for {
		err := a.settleOnce(ctx, account, l, now, back)
		if !errors.Is(err, errBegun) {
			return err
		}
		if l = account.Lease(now); l == nil {
			return nil // it is not shared any more
		}
	}
}

// errBegun is of a settling whose window a hold has left for another.
var errBegun = errors.New("another window has begun")

// settleOnce is settle as long as no hold begins another window; then it is errBegun, and nothing was done.
func (a *Agent) settleOnce(ctx context.Context, account *govern.Account, l *govern.Lease, now int64, back bool) error {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	s := &settling{a: a, account: account, l: l, now: now, back: back}
	// What is read once the lock is had must be what others have committed by then.
	tx, err := a.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, careful); err != nil {
		return err
	}
	sh, err := read(ctx, tx, account.Name())
	if err != nil {
		return err
	}
	s.recall = sh.recall
	start, fresh := s.window(&sh)
	if fresh {
		if err := begin(ctx, tx, account.Name(), start); err != nil {
			return err
		}
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
	recalls := s.judge(&sh)
	if recalls {
		s.mine.answered = s.recall
		if _, err := tx.ExecContext(ctx, `UPDATE asbru_budgets SET recall = $2 WHERE account = $1`, account.Name(), s.recall); err != nil {
			return err
		}
	}
	s.mine.granted = int64(s.base+s.more) + s.mine.sunk
	s.mine.spent = int64(l.Spent()) + s.mine.sunk
	if s.mine != s.was && (s.was.machine != "" || s.mine.granted > 0 || recalls) {
		if err := s.mine.write(ctx, tx, account.Name()); err != nil {
			return err
		}
		if recalls || s.asked && s.was.granted > s.was.spent {
			if err := tell(ctx, tx, a.machine, account.Name()); err != nil {
				return err
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.done()
	return nil
}

// window is the window that the budget is in, for all; fresh: it begins now.
func (s *settling) window(sh *sheet) (start int64, fresh bool) {
	w := s.l.Window()
	if !sh.known {
		if o, ok := s.l.Origin(); ok {
			return o, true
		}
		return s.l.Local(), true // what this machine has spent in its own counts
	}
	end := w.End(sh.start)
	if s.now/int64(time.Second) < end {
		return sh.start, false
	}
	start = s.l.Local()
	if start < end {
		start = max(w.Begin(s.now), sh.start+1)
	}
	return start, true
}

// join has this machine count in the window that began at start, and finds what it has there. It reports
// false when a hold has begun another meanwhile.
func (s *settling) join(sh *sheet, start int64) bool {
	var had part // this machine's, in this window
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
	if had.machine == "" {
		s.mine.answered = s.recall // it has nothing to give
	} else if had.local != s.mine.local && !s.l.Unknown(had.local) {
		s.mine.sunk = had.granted // what became of it stands in a window that nobody looks at any more
	}
	s.others += core.Money(s.mine.sunk)
	s.othersSpent += core.Money(s.mine.sunk)
	return true
}

// divide finds what this machine is granted.
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

// judge finds what to say to those for whom there is too little. It reports whether others are to be
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

// done tells holds what came of it.
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
