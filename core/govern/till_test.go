package govern_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/core"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

// A caller is an exchange at a Till: it asks again as often as it is woken.
type caller struct {
	t    *testing.T
	till *Till
	x    core.Exchange
	h    Hold
	q    Ask
}

func at(t *testing.T, till *Till, worst core.Money, on ...*Account) *caller {
	c := &caller{t: t, till: till, q: Ask{ID: [16]byte{1: byte(worst / usd), 2: byte(worst)}, Accounts: on, Worst: worst, Floor: worst / 4, Now: noon, Note: 64, Some: true}}
	c.x.Lane = make(lane, 100)
	return c
}

func (c *caller) until(f func() core.Verdict) core.Verdict {
	c.t.Helper()
	for {
		v := f()
		if v != core.Wait {
			return v
		}
		select {
		case <-c.x.Lane.(lane):
		case <-time.After(20 * time.Second):
			panic("nobody wakes it") // in whichever goroutine
		}
	}
}

func (c *caller) hold() *Refusal {
	c.t.Helper()
	var r *Refusal
	if v := c.until(func() (v core.Verdict) { v, r = c.till.Hold(&c.x, &c.h, &c.q); return v }); (v == core.Continue) != (r == nil) {
		c.t.Fatalf("%v, %v", v, r)
	}
	if r == nil {
		if v := c.until(func() core.Verdict { return c.till.Begun(&c.x, &c.h) }); v != core.Continue {
			c.t.Fatalf("its intent: %v %v", v, c.x.Fault)
		}
	}
	return r
}

func (c *caller) ends(cost core.Money, kind ledger.Kind) {
	c.t.Helper()
	c.till.End(&c.h, &End{Cost: cost, Now: noon, Note: []byte("a note")}, kind)
	if v := c.until(func() core.Verdict { return c.till.Ended(&c.x, &c.h) }); v != core.Continue {
		c.t.Fatalf("its end: %v", v)
	}
}

// succeed has another Book take over what till gives away, and returns it with what ends its service.
func succeed(t *testing.T, till *Till, disk *faultfs.Disk) (b *Book, end func()) {
	t.Helper()
	if err := till.Pass(); err != nil {
		t.Fatal(err)
	}
	o := small()
	o.Live = true
	b, err := Open(disk, o)
	if err != nil {
		t.Fatal(err)
	}
	return b, carry(t, till, b)
}

// carry has b serve till, until what it returns is called.
func carry(t *testing.T, till *Till, b *Book) (end func()) {
	ours, theirs := net.Pipe()
	served, carried := make(chan error, 1), make(chan error, 1)
	go func() { served <- b.Serve(theirs) }()
	go func() { carried <- till.Carry(ours) }()
	return func() {
		ours.Close()
		<-carried
		if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	}
}

func TestHandedOver(t *testing.T) {
	disk := memory(70)
	first := open(t, disk)
	till := NewTill(first)
	key, other := account(t, first, "key", 10*usd, Window{1, 'd', true, nil}), account(t, first, "other", 10*usd, Window{})
	before, cut, spares := at(t, till, 2*usd, key), at(t, till, 4, key), at(t, till, usd, key, other)
	for _, c := range []*caller{before, cut, spares} {
		if r := c.hold(); r != nil {
			t.Fatal(r)
		}
	}
	second, end := succeed(t, till, disk)
	theirs := account(t, second, "key", 10*usd, Window{1, 'd', true, nil})
	balance(t, theirs, noon, 0, 3*usd+4, 0)

	before.ends(usd, ledger.Settle)
	balance(t, theirs, noon, usd, usd+4, usd)
	spares.till.End(&spares.h, &End{Cost: usd / 2, Spare: 2, Now: noon}, ledger.Settle)
	spares.until(func() core.Verdict { return spares.till.Ended(&spares.x, &spares.h) })
	balance(t, theirs, noon, usd+usd/2, 4, usd+usd/2)
	balance(t, account(t, second, "other", 10*usd, Window{}), noon, 0, 0, 0)

	// The cap is one, whichever process asks.
	mine := hold(t, second, 8*usd, noon, theirs)
	if r := at(t, till, usd, key).hold(); r == nil || r.Account != key || r.Left != usd/2-4 {
		t.Errorf("refusal %+v", r)
	}
	settle(t, second, mine, 0)
	late := at(t, till, usd, key)
	if r := late.hold(); r != nil {
		t.Fatal(r)
	}
	late.ends(usd/4, ledger.Settle)
	free := at(t, till, usd, key)
	free.hold()
	free.ends(0, ledger.Release)
	gone := at(t, till, usd, key) // its client leaves before it is known whether it is held
	till.Hold(&gone.x, &gone.h, &gone.q)
	till.End(&gone.h, &End{Now: noon}, ledger.Release)
	sync := at(t, till, 1, key)
	sync.hold()
	sync.ends(0, ledger.Release)
	if s := second.Stats(); s.Holds != 1 {
		t.Errorf("%d held, want the one that is cut off", s.Holds)
	}
	end()
	for end := time.Now().Add(20 * time.Second); second.Stats().Holds > 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
	}
	balance(t, theirs, noon, usd+usd/2+usd/4+1, 0, usd+usd/2+usd/4+1) // cut off: its floor
	till.Lost(errors.New("gone"))
	if r := at(t, till, 1, key).hold(); r == nil || r.Account != nil {
		t.Errorf("nobody is there, and it is %v", r)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	e, err := Examine(disk, nil)
	if err != nil || len(e.Open) > 0 || e.Strays > 0 || e.Partial != 1 {
		t.Errorf("%+v, %v", e, err)
	}
}

// A successor that dies gives the Book back, and nothing is charged twice or lost.
func TestRetaken(t *testing.T) {
	disk := memory(71)
	first := open(t, disk)
	till := NewTill(first)
	key := account(t, first, "key", 10*usd, Window{1, 'd', true, nil})
	held, ended := at(t, till, 2*usd, key), at(t, till, usd, key)
	held.hold()
	ended.hold()
	second, end := succeed(t, till, disk)
	ended.ends(usd/2, ledger.Settle)
	there := at(t, till, 3*usd, key)
	there.hold()
	end0 := make(chan struct{})
	go func() { // it dies: what it served is not ended in order
		defer close(end0)
		second.Ledger().Close()
	}()
	<-end0
	asks := at(t, till, 4*usd, key)
	v, _ := till.Hold(&asks.x, &asks.h, &asks.q)
	end()
	_, err := till.Retake(func(o Options) (*Book, error) {
		o.Ledger = small().Ledger
		return Open(disk, o)
	})
	if err != nil || v != core.Wait {
		t.Fatal(v, err)
	}
	if r := asks.hold(); r != nil {
		t.Fatal(r)
	}
	balance(t, key, noon, usd/2, 9*usd, usd/2)
	held.ends(usd, ledger.Settle)
	there.ends(3*usd, ledger.Settle)
	asks.ends(usd, ledger.Settle)
	balance(t, key, noon, 5*usd+usd/2, 0, 5*usd+usd/2)
	if err := till.Close(); err != nil {
		t.Fatal(err)
	}
	if r := at(t, till, 1, key).hold(); r == nil {
		t.Error("held by a process that is ending")
	}
	notes := 0
	e, err := Examine(disk, func(r *ledger.Record) error {
		notes += bytes.Count(r.Payload, []byte("a note"))
		return nil
	})
	if err != nil || len(e.Open) > 0 || e.Strays > 0 || notes != 4 {
		t.Errorf("%+v, %d notes, %v", e, notes, err)
	}
}

// Who takes a Book over answers nobody before its accounts have their limits: until then they have none.
func TestLimitsFirst(t *testing.T) {
	disk := memory(74)
	first := open(t, disk)
	till := NewTill(first)
	key := account(t, first, "key", 10*usd, Window{1, 'd', true, nil})
	if err := till.Pass(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	o := small()
	o.Live, o.Ready = true, ready
	second, err := Open(disk, o)
	if err != nil {
		t.Fatal(err)
	}
	end := carry(t, till, second)
	c := at(t, till, 11*usd, key)
	if v, _ := till.Hold(&c.x, &c.h, &c.q); v != core.Wait {
		t.Fatal(v)
	}
	select {
	case <-c.x.Lane.(lane):
		t.Error("answered already")
	case <-time.After(20 * time.Millisecond):
	}
	account(t, second, "key", 10*usd, Window{1, 'd', true, nil})
	close(ready)
	if r := c.hold(); r == nil || r.Account != key || r.Cap != 10*usd {
		t.Errorf("refusal %+v", r)
	}
	end()
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}
