package govern

import (
	"fmt"
	"slices"

	"asbru/core"
	"asbru/core/ledger"
)

// An Examination is what a ledger holds, added up anew.
type Examination struct {
	ledger.Report
	Sums
	From     ledger.Seq // where adding up began; 0: at the beginning
	Accounts []Standing // in the order in which they were made
	Open     []OpenCall // in no order
	Agreed   int        // checkpoints that say the same as the records before them
}

// A Standing is what a ledger knows of an account.
type Standing struct {
	Name         string
	Window       uint32 // when its window began, Unix seconds; 0: it has none
	Spent, Total core.Money
}

// An OpenCall has begun and not ended: it is under way, or a crash cut it off.
type OpenCall struct {
	ID    [16]byte
	Time  int64 // wall clock, Unix nanoseconds
	Worst core.Money
	Least core.Money // what it is charged if it never ends
	On    int        // accounts that it is held on
	Job   string     // the note of a job, which is held until it ends; empty: it is a call
}

// Examine verifies a ledger (see ledger.Verify), adds all of it up and compares that with
// what its checkpoints say. Where the beginning was removed it goes on from the first
// checkpoint. It changes nothing. each is called for every record; nil: nobody wants them.
func Examine(fs ledger.FS, each func(*ledger.Record) error) (Examination, error) {
	x := &examiner{fold: newFold(), each: each}
	rep, err := ledger.Verify(fs, nil)
	if err == nil {
		err = x.load(fs, &rep)
	}
	if err == nil {
		_, err = ledger.Verify(fs, x.apply)
	}
	if err == nil && len(x.states) > 0 {
		err = x.compare() // one at the very end
	}
	return x.result(rep), err
}

type examiner struct {
	fold   *fold
	from   ledger.Seq
	states []snapshot // in order
	each   func(*ledger.Record) error
	agreed int
	at     ledger.Seq
}

type snapshot struct {
	at   ledger.Seq
	fold *fold
}

// load reads the checkpoints. Without the beginning of the log the first one is where
// adding up begins.
func (x *examiner) load(fs ledger.FS, rep *ledger.Report) error {
	for _, at := range slices.Backward(rep.Checkpoints) {
		state, err := ledger.ReadCheckpoint(fs, at)
		if err != nil {
			return err
		}
		f := newFold()
		if err := f.LoadState(state, at); err != nil {
			return fmt.Errorf("cannot read the checkpoint at %v: %w", at, err)
		}
		x.states = append(x.states, snapshot{at, f})
	}
	if rep.First > 0 && len(x.states) > 0 {
		x.from, x.fold = x.states[0].at, x.states[0].fold
		x.states = x.states[1:]
	}
	return nil
}

func (x *examiner) apply(r *ledger.Record) error {
	if x.each != nil {
		if err := x.each(r); err != nil {
			return err
		}
	}
	if r.Seq <= x.from {
		return nil
	}
	for len(x.states) > 0 && x.states[0].at < r.Seq {
		if err := x.compare(); err != nil {
			return err
		}
	}
	x.at = r.Seq
	return x.fold.Apply(r)
}

// compare holds the next checkpoint against what has been added up.
func (x *examiner) compare() error {
	s := x.states[0]
	x.states = x.states[1:]
	what := ""
	switch {
	case s.at != max(x.at, x.from):
		what = "the end of a record"
	case s.fold.Sums != x.fold.Sums:
		what = "the sums"
	case !slices.Equal(s.fold.accounts, x.fold.accounts):
		what = "the accounts"
	case len(s.fold.open) != len(x.fold.open):
		what = "the calls under way"
	}
	for seq, i := range s.fold.open {
		if j, ok := x.fold.open[seq]; what == "" && (!ok || s.fold.slots[i] != x.fold.slots[j]) {
			what = "the calls under way"
		}
	}
	if what != "" {
		return fmt.Errorf("the checkpoint at %v differs from the records before it in %s", s.at, what)
	}
	x.agreed++
	return nil
}

func (x *examiner) result(rep ledger.Report) Examination {
	e := Examination{Report: rep, Sums: x.fold.Sums, From: x.from, Agreed: x.agreed}
	for i := range x.fold.accounts {
		a := &x.fold.accounts[i]
		e.Accounts = append(e.Accounts, Standing{a.name, a.window, a.spent, a.total})
	}
	for _, i := range x.fold.open {
		p := &x.fold.slots[i]
		e.Open = append(e.Open, OpenCall{p.id, p.time, p.worst, p.least, int(p.n), p.note})
	}
	return e
}
