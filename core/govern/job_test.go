package govern_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/core"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

// job has a call of so much go on as a job, in till's own Book.
func job(t testing.TB, till *Till, name string, worst core.Money, on ...*Account) *Hold {
	t.Helper()
	h := new(Hold)
	var x core.Exchange
	v, r := till.Hold(&x, h, &Ask{Accounts: on, Worst: worst, Floor: worst / 4, Now: noon, Note: MaxJobNote})
	if v != core.Continue {
		t.Fatalf("%v, %v", v, r)
	}
	till.End(h, &End{Now: noon, Note: []byte(name + "\n{}")}, ledger.Job)
	return h
}

func finish(t testing.TB, till *Till, name string, cost core.Money) bool {
	t.Helper()
	j, there := till.Job(name)
	ok, err := till.Finish(context.Background(), j.Seq, &End{Cost: cost, Now: noon, Note: []byte("what it came to")})
	if err != nil || ok != there {
		t.Fatalf("%s: %v, %v", name, ok, err)
	}
	return ok
}

// A job is held through restarts, orderly or not, and charged once.
func TestJobs(t *testing.T) {
	disk := memory(80)
	b := open(t, disk)
	till := NewTill(b)
	key, all := account(t, b, "key", 10*usd, Window{1, 'd', true, nil}), account(t, b, "all", Unlimited, Window{})
	job(t, till, "one", 3*usd, key, all)
	job(t, till, "two", 2*usd, key)
	hold(t, b, usd, noon, key) // cut off
	job(t, till, "one", usd, key)
	balance(t, key, noon, 0, 6*usd, 0)
	if s := b.Stats(); s.Holds != 3 {
		t.Errorf("%d are held; want 3", s.Holds)
	}
	for _, closed := range []bool{true, false} {
		if closed {
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
		} else {
			await(t, b, b.Ledger().End())
			disk.CutAfter(0)
			b.Ledger().Close()
			disk.Restore()
		}
		b = open(t, disk)
		till = NewTill(b)
		if r := b.Restart(); r.Jobs != 2 || closed && r.Partial != 1 || !closed && r.Partial != 0 {
			t.Errorf("restart %+v", r)
		}
		key, all = account(t, b, "key", 10*usd, Window{1, 'd', true, nil}), account(t, b, "all", Unlimited, Window{})
		balance(t, key, noon, usd/4, 5*usd, usd/4)
		balance(t, all, noon, 0, 3*usd, 0)
		if list := till.Jobs(); len(list) != 2 || list[0].Name() != "one" || list[1].Note != "two\n{}" || list[0].Worst != 3*usd {
			t.Errorf("jobs %+v", list)
		}
	}
	if r := b.Hold(new(Hold), &Ask{Accounts: []*Account{key}, Worst: 5 * usd, Now: noon}); r == nil {
		t.Error("the cap was passed beside a job")
	}
	if !finish(t, till, "one", usd) || finish(t, till, "one", usd) || !finish(t, till, "two", 0) {
		t.Error("a job ended twice, or not at all")
	}
	balance(t, key, noon, usd+usd/4, 0, usd+usd/4)
	balance(t, all, noon, usd, 0, usd)
	if at, ok := till.EndedJob("one"); !ok || at != noon {
		t.Errorf("it ended at %d, %v", at, ok)
	}
	if _, ok := till.EndedJob("three"); ok {
		t.Error("what never was has ended")
	}
	job(t, till, "one", usd, key) // the name is free again
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = open(t, disk)
	_, one := b.EndedJob("one")
	if _, two := b.EndedJob("two"); !one || !two {
		t.Error("what has ended is forgotten after a restart")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	x, err := Examine(disk, nil)
	if err != nil || len(x.Open) != 1 || x.Open[0].Job != "one\n{}" || x.Strays > 0 || x.Agreed == 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

// Power cuts at any moment: a job that was told to be kept is held, for all of its worst, until its end
// is durable, and is then charged that, once.
func TestJobsThroughPowerCuts(t *testing.T) {
	n := 40
	if testing.Short() {
		n = 15
	}
	for seed := range n {
		jobCuts(t, rand.New(rand.NewPCG(uint64(seed), 81)))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// A promise is what is known of a job when the power is cut.
type promise struct {
	worst, cost core.Money
	kept, ended ledger.Seq // 0: not
}

func jobCuts(t *testing.T, r *rand.Rand) {
	disk := faultfs.NewDisk(rand.New(rand.NewPCG(r.Uint64(), 0)))
	known := map[string]*promise{}
	for life := range 4 {
		o := small()
		o.Ledger.Ring, o.Ledger.Segment = 1<<15, 1<<16
		b, err := Open(disk, o)
		if err != nil {
			t.Fatal(err)
		}
		till, key := NewTill(b), account(t, b, "key", Unlimited, Window{})
		spent, held := core.Money(0), core.Money(0)
		for name, p := range known {
			j, open := till.Job(name)
			switch {
			case open && (j.Worst != p.worst || p.kept == 0):
				t.Errorf("%s holds %v; want %v", name, j.Worst, p.worst)
			case open:
				held += p.worst
				p.ended = 0
			case p.ended > 0:
				spent += p.cost // or charged as a call that was cut off, if its job was never durable
			}
		}
		x := key.Balance(noon)
		if x.Held != held || x.Spent < spent {
			t.Errorf("life %d: %v held, %v spent; want %v, and %v at least", life, x.Held, x.Spent, held, spent)
		}
		disk.CutAfter(r.IntN(60))
		for i := range 3 + r.IntN(20) {
			if list := till.Jobs(); len(list) > 0 && r.IntN(2) == 0 {
				p := known[list[0].Name()]
				p.cost = core.Money(r.Int64N(int64(p.worst))) + 1
				if ok, err := till.Finish(context.Background(), list[0].Seq, &End{Cost: p.cost, Now: noon}); ok && err == nil {
					p.ended = b.Ledger().End()
				}
			} else {
				p := &promise{worst: core.Money(r.Int64N(int64(usd))) + 8}
				name := fmt.Sprintf("%d-%d", life, i)
				h := new(Hold)
				var x core.Exchange
				if v, _ := till.Hold(&x, h, &Ask{Accounts: []*Account{key}, Worst: p.worst, Now: noon, Note: MaxJobNote}); v != core.Continue {
					continue
				}
				till.End(h, &End{Now: noon, Note: []byte(name)}, ledger.Job)
				known[name], p.kept = p, b.Ledger().End()
			}
			switch r.IntN(6) {
			case 0:
				b.Ledger().Wait(context.Background(), b.Ledger().End())
			case 1:
				b.Ledger().Checkpoint()
			}
		}
		b.Ledger().Close()
		durable := b.Ledger().Durable()
		disk.Restore()
		for name, p := range known { // what was promised to nobody may be there or not
			if p.kept > durable || p.ended > durable {
				delete(known, name)
			}
		}
		if err := settleStrays(disk, known); err != nil {
			t.Error(err)
			return
		}
	}
}

// settleStrays opens the ledger once more, and forgets the jobs that are in it beyond what was promised.
func settleStrays(disk *faultfs.Disk, known map[string]*promise) error {
	b, err := Open(disk, small())
	if err != nil {
		return err
	}
	for _, j := range b.Jobs() {
		if known[j.Name()] == nil {
			if ok, err := b.Finish(context.Background(), j.Seq, &End{Now: noon}); !ok || err != nil {
				return fmt.Errorf("%s: %v, %v", j.Name(), ok, err)
			}
		}
	}
	return b.Close()
}

// What a process has under way when it hands over may go on as a job in the next one, and a job of its own
// goes on there.
func TestJobsHandedOver(t *testing.T) {
	disk := memory(82)
	first := open(t, disk)
	till := NewTill(first)
	key := account(t, first, "key", 10*usd, Window{1, 'd', true, nil})
	job(t, till, "before", usd, key)
	c := at(t, till, 2*usd, key)
	c.q.Note = MaxJobNote
	if r := c.hold(); r != nil {
		t.Fatal(r)
	}
	second, end := succeed(t, till, disk)
	theirs := account(t, second, "key", 10*usd, Window{1, 'd', true, nil})
	till.End(&c.h, &End{Now: noon, Note: []byte("late")}, ledger.Job)
	c.until(func() core.Verdict { return till.Ended(&c.x, &c.h) })
	if ok, err := till.Finish(context.Background(), first.Jobs()[0].Seq, &End{Now: noon}); ok || err != nil || till.Jobs() != nil || till.Crowded() {
		t.Errorf("a job was finished where the Book is not: %v, %v", ok, err)
	}
	end()
	for until := time.Now().Add(20 * time.Second); len(second.Jobs()) < 2 && time.Now().Before(until); time.Sleep(time.Millisecond) {
	}
	balance(t, theirs, noon, 0, 3*usd, 0)
	next := NewTill(second)
	if !finish(t, next, "before", usd) || !finish(t, next, "late", usd/2) {
		t.Error("the jobs are not there")
	}
	balance(t, theirs, noon, usd+usd/2, 0, usd+usd/2)
	till.Lost(net.ErrClosed)
	if err := second.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
}

// There is a bound to how many jobs are open, and all of them stand in a checkpoint.
func TestJobsAreBounded(t *testing.T) {
	disk := memory(83)
	o := small()
	o.Ledger.Ring, o.Ledger.Segment = 1<<23, 1<<24
	b, err := Open(disk, o)
	if err != nil {
		t.Fatal(err)
	}
	till, key := NewTill(b), account(t, b, "key", Unlimited, Window{})
	for i := range MaxJobs {
		if till.Crowded() {
			t.Fatalf("crowded by %d", i)
		}
		job(t, till, fmt.Sprint(i), 1, key)
	}
	if !till.Crowded() {
		t.Error("there is room for more")
	}
	if !finish(t, till, "7", 1) || till.Crowded() {
		t.Error("one has ended, and there is no room")
	}
	if err := till.Close(); err != nil {
		t.Fatal(err)
	}
	if b = open(t, disk); b.Restart().Jobs != MaxJobs-1 || b.Restart().Ledger.Checkpoint == 0 {
		t.Errorf("%+v", b.Restart())
	}
	balance(t, account(t, b, "key", Unlimited, Window{}), noon, 1, MaxJobs-1, 1)
}
