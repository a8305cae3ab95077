package govern_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/core"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

func await(t testing.TB, b *Book, s ledger.Seq) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := b.Ledger().Wait(ctx, s); err != nil {
		t.Fatal(err)
	}
}

// After a restart the accounts are where they were; what had begun is charged as partial,
// in the window in which it began.
func TestRestart(t *testing.T) {
	for _, closed := range []bool{true, false} {
		disk := memory(10)
		b := open(t, disk)
		key := account(t, b, "key", 10*usd, Window{1, 'd', true, nil})
		all := account(t, b, "all", Unlimited, Window{})
		account(t, b, "unused", usd, Window{1, 'M', true, nil})
		settle(t, b, hold(t, b, 3*usd, noon, key, all), 2*usd)
		hold(t, b, 4*usd, noon, key, all) // cut off: the floor is a quarter
		told := hold(t, b, usd, noon, key)
		if !b.Progress(told, usd/2, noon) {
			t.Error("no progress")
		}
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
		if r := b.Restart(); r.Partial != 2 || r.Charged != usd+usd/2 || r.Ledger.Torn != 0 {
			t.Errorf("restart %+v", r)
		}
		if closed != (b.Restart().Ledger.Checkpoint > 0) {
			t.Errorf("closed %v, read from %v", closed, b.Restart().Ledger.Checkpoint)
		}
		key = account(t, b, "key", 10*usd, Window{1, 'd', true, nil})
		all = account(t, b, "all", Unlimited, Window{})
		balance(t, key, noon, 3*usd+usd/2, 0, 3*usd+usd/2)
		balance(t, all, noon, 3*usd, 0, 3*usd)
		balance(t, key, noon+12*3600e9, 0, 0, 3*usd+usd/2)
		if n := len(b.Balances(noon)); n != 3 {
			t.Errorf("%d accounts; want 3", n)
		}
		settle(t, b, hold(t, b, 6*usd, noon, key), 6*usd)
		if r := b.Hold(new(Hold), &Ask{Accounts: []*Account{key}, Worst: usd/2 + 1, Now: noon}); r == nil {
			t.Error("the cap was passed across a restart")
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		b = open(t, disk)
		if r := b.Restart(); r.Partial != 0 {
			t.Errorf("charged again: %+v", r)
		}
		b.Close()
	}
}

// A call of the client's ledger: what it was told.
type call struct {
	worst, floor, cost core.Money
	began, ended       ledger.Seq // 0: not
}

// Power cuts at any moment: what was promised to be charged is charged once, what was cut
// off is charged its floor or what it had come to, and no cap is passed.
func TestPowerCuts(t *testing.T) {
	n := 150
	if text := os.Getenv("SEEDS"); text != "" {
		n, _ = strconv.Atoi(text)
	} else if testing.Short() {
		n = 30
	}
	for s := range n {
		cuts(t, rand.New(rand.NewPCG(uint64(s), 21)))
		if t.Failed() {
			t.Fatalf("seed %d", s)
		}
	}
}

func cuts(t *testing.T, r *rand.Rand) {
	disk := faultfs.NewDisk(rand.New(rand.NewPCG(r.Uint64(), 0))) // which the writer asks, too
	const most = 3 * usd
	least, upper := core.Money(0), core.Money(0) // bounds of what is spent, before this life
	for range 3 {
		disk.CutAfter(r.IntN(120))
		o := small()
		o.Ledger.Ring, o.Ledger.Segment = 1<<14, 1<<15
		b, err := Open(disk, o)
		if err != nil {
			if !errors.Is(err, faultfs.ErrCut) {
				t.Errorf("cannot open: %v", err)
				return
			}
			disk.Restore()
			continue
		}
		key, err := b.Account(context.Background(), "key", Limit{Cap: most})
		if err == nil {
			got := key.Balance(noon).Spent
			if got < least || got > upper || got > most {
				t.Errorf("%v spent; want %v to %v", got, least, upper)
			}
			least, upper = got, got
			calls := trade(b, key, r)
			disk.CutAfter(r.IntN(3))
			b.Ledger().Close()
			for _, c := range calls {
				lo, hi := c.bounds(b.Ledger().Durable())
				least, upper = least+lo, upper+hi
			}
		} else {
			b.Ledger().Close()
		}
		disk.Restore()
	}
}

// bounds is what a call may have cost when the log is known to reach durable, and may
// reach further.
func (c *call) bounds(durable ledger.Seq) (least, most core.Money) {
	if c.ended > 0 && c.ended <= durable {
		return c.cost, c.cost
	}
	least, most = c.floor, c.floor
	if c.ended > 0 {
		least, most = min(c.cost, c.floor), max(c.cost, c.floor)
	}
	if c.began > durable {
		least = 0
	}
	return least, most
}

// trade makes calls until the disk fails or it has had enough.
func trade(b *Book, key *Account, r *rand.Rand) (calls []*call) {
	var open []*Hold
	which := map[*Hold]*call{}
	for range 5 + r.IntN(60) {
		switch {
		case len(open) == 0 || r.IntN(2) == 0:
			h, c := new(Hold), &call{worst: core.Money(r.Int64N(int64(usd / 3)))}
			c.floor = c.worst / 5
			if b.Hold(h, &Ask{Accounts: []*Account{key}, Worst: c.worst, Floor: c.floor, Now: noon}) != nil {
				continue
			}
			c.began = h.Seq()
			calls, open, which[h] = append(calls, c), append(open, h), c
		default:
			i := r.IntN(len(open))
			h := open[i]
			c := which[h]
			open = append(open[:i], open[i+1:]...)
			if r.IntN(5) == 0 {
				c.ended, _ = b.Release(h, &End{Now: noon})
			} else {
				c.cost = core.Money(r.Int64N(int64(c.worst) + 1))
				c.ended, _ = b.Settle(h, &End{Cost: c.cost, Now: noon})
			}
		}
		if r.IntN(8) == 0 {
			b.Ledger().Wait(context.Background(), b.Ledger().End())
		}
		if r.IntN(20) == 0 {
			b.Ledger().Checkpoint()
		}
	}
	return calls
}
