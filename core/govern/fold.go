package govern

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"asbru/core"
	"asbru/core/ledger"
)

// A fold adds up the records of a ledger: what was spent from each account, and which
// calls have begun and not ended. It is a ledger.Fold and knows nothing that does not
// stand in the log.
type fold struct {
	accounts []balance // by number; the first has number 1
	open     map[ledger.Seq]int32
	slots    []pending // that open leads to, and free ones
	free     []int32
	ended    ended
	Sums
}

// Sums are what a ledger adds up to.
type Sums struct {
	Intents, Settles, Releases, Charges uint64
	Partial                             uint64     // settles made at restart
	Strays                              uint64     // that end a call which nobody has begun, or ended before: none
	Spent                               core.Money // by all of Settles and Charges
}

// A balance is one account. Numbers without a name were never used.
type balance struct {
	name   string
	window uint32
	spent  core.Money // in the window
	total  core.Money
}

// A pending is a call that has begun and not ended.
type pending struct {
	seq     ledger.Seq
	id      [16]byte
	time    int64
	worst   core.Money
	least   core.Money // floor, or progress if that is more
	attempt uint8
	n       uint8
	lines   [MaxAccounts]ledger.Line
	note    string // of a job, never empty; of a call it is
}

func newFold() *fold { return &fold{open: map[ledger.Seq]int32{}} }

var (
	errNumber = errors.New("an account number that was not given out")
	errTwo    = errors.New("an account number that was given out twice")
	errState  = errors.New("a state that cannot be read")
)

// Apply implements ledger.Fold.
func (f *fold) Apply(r *ledger.Record) error {
	switch r.Kind {
	case ledger.Account:
		return f.account(r)
	case ledger.Intent:
		f.Intents++
		return f.begin(r)
	case ledger.Progress:
		if i, ok := f.open[r.Ref]; ok {
			f.slots[i].least = max(f.slots[i].least, r.Amount)
		}
	case ledger.Job:
		if i, ok := f.open[r.Ref]; ok {
			f.slots[i].note = string(r.Payload)
		}
	case ledger.Settle:
		f.Settles++
		if r.Flags&ledger.Partial != 0 {
			f.Partial++
		}
		f.end(r)
	case ledger.Release:
		f.Releases++
		f.end(r)
	case ledger.Charge:
		f.Charges++
		f.Spent = f.Spent.Plus(r.Amount)
		for _, l := range r.Lines {
			if err := f.charge(l, r.Amount); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *fold) account(r *ledger.Record) error {
	if len(r.Lines) != 1 || r.Lines[0].Account != uint32(len(f.accounts))+1 {
		return errTwo
	}
	f.accounts = append(f.accounts, balance{name: string(r.Payload)})
	return nil
}

// at is the account of a line, in the line's window if that is a later one.
func (f *fold) at(l ledger.Line) (*balance, error) {
	if l.Account == 0 || int(l.Account) > len(f.accounts) {
		return nil, errNumber
	}
	b := &f.accounts[l.Account-1]
	if l.Window > b.window {
		b.window, b.spent = l.Window, 0
	}
	return b, nil
}

func (f *fold) begin(r *ledger.Record) error {
	var i int32
	if n := len(f.free); n > 0 {
		i, f.free = f.free[n-1], f.free[:n-1]
	} else {
		i = int32(len(f.slots))
		f.slots = append(f.slots, pending{})
	}
	p := &f.slots[i]
	*p = pending{seq: r.Seq, id: r.ID, time: r.Time, worst: r.Amount, least: r.Floor, attempt: r.Attempt, n: uint8(len(r.Lines))}
	copy(p.lines[:], r.Lines)
	for _, l := range r.Lines {
		if _, err := f.at(l); err != nil {
			return err
		}
	}
	f.open[r.Seq] = i
	return nil
}

func (f *fold) end(r *ledger.Record) {
	i, ok := f.open[r.Ref]
	if !ok {
		f.Strays++
		return
	}
	delete(f.open, r.Ref)
	f.free = append(f.free, i)
	f.Spent = f.Spent.Plus(r.Amount)
	p := &f.slots[i]
	if p.note != "" {
		f.ended.add(nameIn(p.note), r.Time)
	}
	for _, l := range p.lines[:p.n] {
		if !slices.Contains(r.Lines, l) { // those that the end names pay nothing
			f.charge(l, r.Amount) // begin has seen the lines
		}
	}
}

// charge adds to an account. What belongs to a window that is over counts in the total.
func (f *fold) charge(l ledger.Line, amount core.Money) error {
	b, err := f.at(l)
	if err != nil {
		return err
	}
	b.total = b.total.Plus(amount)
	if l.Window == b.window {
		b.spent = b.spent.Plus(amount)
	}
	return nil
}

// The first byte of a state. One without jobs can be read by versions that know none.
const (
	stateVersion = 1
	stateOfJobs  = 2 // each open call is followed by the note of its job, which is empty where it is none
	stateOfEnded = 3 // as stateOfJobs, and at the end the jobs that have ended
)

func (f *fold) stateVersion() byte {
	if len(f.ended) > 0 {
		return stateOfEnded
	}
	for _, i := range f.open {
		if f.slots[i].note != "" {
			return stateOfJobs
		}
	}
	return stateVersion
}

// AppendState implements ledger.Fold. All numbers are varints, but for those of fixed length.
func (f *fold) AppendState(b []byte) []byte {
	u := binary.AppendUvarint
	version := f.stateVersion()
	b = append(b, version)
	for _, n := range []uint64{f.Intents, f.Settles, f.Releases, f.Charges, f.Partial, f.Strays, uint64(f.Spent), uint64(len(f.accounts))} {
		b = u(b, n)
	}
	for i := range f.accounts {
		a := &f.accounts[i]
		b = u(b, uint64(len(a.name)))
		b = append(b, a.name...)
		b = u(u(u(b, uint64(a.window)), uint64(a.spent)), uint64(a.total))
	}
	b = u(b, uint64(len(f.open)))
	for _, i := range f.open {
		p := &f.slots[i]
		b = append(u(b, uint64(p.seq)), p.id[:]...)
		b = u(u(u(b, uint64(p.time)), uint64(p.worst)), uint64(p.least))
		b = append(b, p.attempt, p.n)
		for _, l := range p.lines[:p.n] {
			b = u(u(b, uint64(l.Account)), uint64(l.Window))
		}
		if version >= stateOfJobs {
			b = append(u(b, uint64(len(p.note))), p.note...)
		}
	}
	if version < stateOfEnded {
		return b
	}
	b = u(b, uint64(len(f.ended)))
	for _, e := range f.ended {
		b = append(u(b, uint64(len(e.name))), e.name...)
		b = u(b, uint64(e.at))
	}
	return b
}

// LoadState implements ledger.Fold.
func (f *fold) LoadState(src []byte, s ledger.Seq) error {
	d := decoder{b: src}
	*f = *newFold()
	version := d.byte()
	if version < stateVersion || version > stateOfEnded {
		return errState
	}
	for _, n := range []*uint64{&f.Intents, &f.Settles, &f.Releases, &f.Charges, &f.Partial, &f.Strays, (*uint64)(nil)} {
		if v := d.uint(); n != nil {
			*n = v
		} else {
			f.Spent = core.Money(v)
		}
	}
	for range d.count() {
		f.accounts = append(f.accounts, balance{string(d.take(d.count())), uint32(d.uint()), core.Money(d.uint()), core.Money(d.uint())})
	}
	for range d.count() {
		p := pending{seq: ledger.Seq(d.uint())}
		copy(p.id[:], d.take(len(p.id)))
		p.time, p.worst, p.least = int64(d.uint()), core.Money(d.uint()), core.Money(d.uint())
		p.attempt, p.n = d.byte(), d.byte()
		if int(p.n) > len(p.lines) || p.seq > s {
			return errState
		}
		for i := range p.n {
			p.lines[i] = ledger.Line{Account: uint32(d.uint()), Window: uint32(d.uint())}
		}
		if version >= stateOfJobs {
			p.note = string(d.take(d.count()))
		}
		f.open[p.seq] = int32(len(f.slots))
		f.slots = append(f.slots, p)
	}
	if version == stateOfEnded {
		for range d.count() {
			f.ended = append(f.ended, goneJob{string(d.take(d.count())), int64(d.uint())})
		}
	}
	if d.bad || len(d.b) > 0 {
		return fmt.Errorf("%w, %d bytes before its end", errState, len(d.b))
	}
	return nil
}

// A decoder reads what AppendState wrote. bad stays once it is set.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count is a number of things of which each takes a byte at least.
func (d *decoder) count() int {
	v := d.uint()
	if v > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return 0
	}
	return int(v)
}

func (d *decoder) take(n int) []byte {
	if n > len(d.b) {
		d.bad, d.b = true, nil
		return nil
	}
	p := d.b[:n]
	d.b = d.b[n:]
	return p
}

func (d *decoder) byte() byte {
	if p := d.take(1); len(p) == 1 {
		return p[0]
	}
	return 0
}
