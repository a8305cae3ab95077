package govern_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/core"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

func TestHold(t *testing.T) {
	b := open(t, memory(1))
	key := account(t, b, "key", 10*usd, Window{1, 'M', true, nil})
	team := account(t, b, "team", 5*usd, Window{})
	h := hold(t, b, 3*usd, noon, key, team)
	balance(t, key, noon, 0, 3*usd, 0)
	settle(t, b, h, 1*usd)
	balance(t, key, noon, 1*usd, 0, 1*usd)
	balance(t, team, noon, 1*usd, 0, 1*usd)

	// All or none: the team has 4 left.
	r := b.Hold(new(Hold), &Ask{Accounts: []*Account{key, team}, Worst: 4*usd + 1, Now: noon})
	if r == nil || r.Account != team || r.Left != 4*usd || r.Cap != 5*usd || r.Ends != 0 {
		t.Fatalf("refusal %+v", r)
	}
	balance(t, key, noon, 1*usd, 0, 1*usd)
	if r.Error() != `cannot start the request: the budget "team" has $4 left of $5 and this request may cost up to $4.000000001` {
		t.Errorf("says %q", r)
	}
	settle(t, b, hold(t, b, 4*usd, noon, key, team), 0)
	balance(t, team, noon, 1*usd, 0, 1*usd)

	// A release costs nothing, and a second end of any kind does nothing.
	h = hold(t, b, 2*usd, noon, key)
	if _, ok := b.Release(h, &End{Now: noon}); !ok {
		t.Error("not released")
	}
	if _, ok := b.Settle(h, &End{Cost: usd, Now: noon}); ok {
		t.Error("settled what was released")
	}
	if _, ok := b.Release(new(Hold), &End{}); ok {
		t.Error("released what was never held")
	}
	balance(t, key, noon, 1*usd, 0, 1*usd)
	if s := b.Stats(); s != (Stats{Refused: 1, Twice: 2}) {
		t.Errorf("stats %+v", s)
	}

	// A hold that is over can be used again.
	if r := b.Hold(h, &Ask{Accounts: []*Account{key}, Worst: usd, Now: noon}); r != nil || !h.Held() || h.Worst() != usd {
		t.Errorf("used again: %v", r)
	}
	settle(t, b, h, usd)
	balance(t, key, noon, 2*usd, 0, 2*usd)
}

// An account that the answer was none of pays nothing, now and after a restart.
func TestSpare(t *testing.T) {
	disk := memory(7)
	b := open(t, disk)
	key, one := account(t, b, "key", 10*usd, Window{}), account(t, b, "one", 10*usd, Window{1, 'd', true, nil})
	h := new(Hold)
	if r := b.Hold(h, &Ask{Accounts: []*Account{key, one}, Worst: 3 * usd, Now: noon, Some: true}); r != nil {
		t.Fatal(r)
	}
	seq, _ := b.Settle(h, &End{Cost: usd, Spare: 1 << 1, Now: noon})
	balance(t, key, noon, usd, 0, usd)
	balance(t, one, noon, 0, 0, 0)
	await(t, b, seq)
	b.Close()
	b = open(t, disk)
	balance(t, account(t, b, "key", 10*usd, Window{}), noon, usd, 0, usd)
	balance(t, account(t, b, "one", 10*usd, Window{1, 'd', true, nil}), noon, 0, 0, 0)
}

// A claim that cannot be true is charged as what was held, and stands in the ledger.
func TestClaims(t *testing.T) {
	b := open(t, memory(2))
	key := account(t, b, "key", 10*usd, Window{})
	settle(t, b, hold(t, b, usd, noon, key), usd+1)
	settle(t, b, hold(t, b, usd, noon, key), -1)
	settle(t, b, hold(t, b, usd, noon, key), math.MaxInt64)
	last := settle(t, b, hold(t, b, usd, noon, key), math.MinInt64)
	balance(t, key, noon, 4*usd, 0, 4*usd)
	if n := b.Stats().Clamped; n != 4 {
		t.Errorf("%d clamped; want 4", n)
	}
	await(t, b, last)
	var claims []core.Money
	b.Ledger().Replay(0, func(r *ledger.Record) error {
		if r.Kind == ledger.Settle {
			claims = append(claims, r.Floor)
			if r.Amount != usd || r.Flags&ledger.Clamped == 0 {
				t.Errorf("settled as %+v", r)
			}
		}
		return nil
	})
	if len(claims) != 4 || claims[0] != usd+1 || claims[3] != math.MinInt64 {
		t.Errorf("claims %v", claims)
	}
}

// Sums stay below what fits, and a cap that was lowered below what is spent refuses all
// but calls that cost nothing... and those too: nothing is left.
func TestCaps(t *testing.T) {
	b := open(t, memory(3))
	all := account(t, b, "all", Unlimited, Window{})
	huge := hold(t, b, math.MaxInt64-5, noon, all)
	if r := b.Hold(new(Hold), &Ask{Accounts: []*Account{all}, Worst: 6, Now: noon}); r == nil {
		t.Error("more money than there is was held")
	}
	b.Release(huge, &End{})
	key := account(t, b, "key", 2*usd, Window{})
	settle(t, b, hold(t, b, 2*usd, noon, key), 2*usd)
	if a := account(t, b, "key", usd, Window{}); a != key {
		t.Error("another account of the same name")
	}
	if r := b.Hold(new(Hold), &Ask{Accounts: []*Account{key}, Worst: 1, Now: noon}); r == nil || r.Left != 0 {
		t.Errorf("refusal %+v", r)
	}
	if _, err := b.Account(t.Context(), "key", Limit{Cap: usd, Extra: []Extra{{2 * usd, noon + 10}, {usd / 2, 0}}, Label: `budget of key "k"`}); err != nil {
		t.Fatal(err)
	}
	b.Release(hold(t, b, usd+usd/2, noon, key), &End{})
	r := b.Hold(new(Hold), &Ask{Accounts: []*Account{key}, Worst: 1, Now: noon + 10})
	if r == nil || r.Cap != usd+usd/2 || !strings.Contains(r.Error(), `the budget of key "k" has $0 left of $1.5`) {
		t.Errorf("after the override: %v", r)
	}
	for _, name := range []string{"", strings.Repeat("x", MaxName+1)} {
		if _, err := b.Account(t.Context(), name, Limit{}); err == nil {
			t.Errorf("an account named %q", name)
		}
	}
}

// What is begun in one window is settled there.
func TestWindows(t *testing.T) {
	b := open(t, memory(4))
	minute := account(t, b, "minute", usd, Window{1, 'm', false, nil})
	late := hold(t, b, usd, noon, minute)
	if r := b.Hold(new(Hold), &Ask{Accounts: []*Account{minute}, Worst: 1, Now: noon + 59e9}); r == nil || r.Ends != noon+60e9 {
		t.Fatalf("refusal %+v", r)
	}
	next := hold(t, b, usd, noon+60e9, minute)
	settle(t, b, late, usd)
	balance(t, minute, noon+61e9, 0, usd, usd)
	settle(t, b, next, usd/2)
	balance(t, minute, noon+61e9, usd/2, 0, usd+usd/2)
	balance(t, minute, noon+120e9, 0, 0, usd+usd/2)
	back := hold(t, b, usd/2, noon, minute) // a clock that went back
	settle(t, b, back, usd/2)
	balance(t, minute, noon+61e9, usd, 0, 2*usd)

	// A change of the window keeps what was spent.
	day := account(t, b, "minute", 2*usd, Window{1, 'd', true, nil})
	balance(t, day, noon+600e9, usd, 0, 2*usd)
	balance(t, day, noon+12*3600e9, 0, 0, 2*usd)
}

// Ten thousand at once on one dollar: not a nanodollar more is spent.
func TestTenThousand(t *testing.T) {
	b := open(t, memory(5))
	key := account(t, b, "key", usd, Window{})
	team := account(t, b, "team", 2*usd, Window{})
	const calls, worst = 10000, usd / 700
	var granted, spent atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range calls {
		wg.Go(func() {
			<-start
			var h Hold
			on := []*Account{team, key}
			if i%2 == 0 {
				on = []*Account{key, team}
			}
			r := b.Hold(&h, &Ask{Accounts: on, Worst: worst, Now: noon})
			for r != nil && r.Account == nil { // the ring is full: the disk is behind
				time.Sleep(time.Millisecond)
				r = b.Hold(&h, &Ask{Accounts: on, Worst: worst, Now: noon})
			}
			if r != nil {
				return
			}
			granted.Add(1)
			cost := core.Money(i) % (worst + 1)
			if i%3 == 0 {
				cost = worst
			}
			spent.Add(int64(cost))
			b.Settle(&h, &End{Cost: cost, Now: noon})
		})
	}
	close(start)
	wg.Wait()
	for more := true; more; { // who held while others were refused has given back since
		var h Hold
		r := b.Hold(&h, &Ask{Accounts: []*Account{key, team}, Worst: worst, Now: noon})
		if more = r == nil; more {
			granted.Add(1)
			spent.Add(int64(worst))
			b.Settle(&h, &End{Cost: worst, Now: noon})
		} else if r.Account == nil { // the ring is full: the disk is behind
			more = true
			time.Sleep(time.Millisecond)
		}
	}
	balance(t, key, noon, core.Money(spent.Load()), 0, core.Money(spent.Load()))
	balance(t, team, noon, core.Money(spent.Load()), 0, core.Money(spent.Load()))
	if got := core.Money(spent.Load()); got > usd || usd-got >= worst {
		t.Errorf("%d calls spent %v of %v: more than there is, or less than there was", granted.Load(), got, usd)
	}
	t.Logf("%d of %d calls were granted and spent %v", granted.Load(), calls, core.Money(spent.Load()))
}

// A ledger without room refuses, and says why.
func TestNoRoom(t *testing.T) {
	fs := &faultfs.Failing{FS: memory(6)}
	b := open(t, fs)
	key := account(t, b, "key", usd, Window{})
	await(t, b, b.Ledger().End())
	h := hold(t, b, 1, noon, key)
	await(t, b, h.Seq())
	fs.Fail(faultfs.Sync, 0, syscall.EIO, -1)
	s := settle(t, b, h, 1) // never fails
	if err := b.Ledger().Wait(t.Context(), s); !errors.Is(err, syscall.EIO) {
		t.Errorf("waited in vain: %v", err)
	}
	r := b.Hold(new(Hold), &Ask{Accounts: []*Account{key}, Worst: 1, Now: noon})
	if r == nil || r.Account != nil || !errors.Is(r, syscall.EIO) || strings.Contains(r.Error(), "input/output") {
		t.Errorf("refusal %v", r)
	}
	if b.Progress(h, 1, noon) || b.Stats().RefusedByLog != 1 {
		t.Errorf("stats %+v", b.Stats())
	}
	if err := b.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("closed with %v", err)
	}
}

func TestBugs(t *testing.T) {
	b := open(t, memory(7))
	key := account(t, b, "key", usd, Window{})
	h := hold(t, b, 1, noon, key)
	f := func(h *Hold, q Ask) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Error("a bug went through")
			}
		}()
		b.Hold(h, &q)
	}
	f(h, Ask{})
	f(new(Hold), Ask{Worst: -1})
	if r := b.Hold(new(Hold), &Ask{Accounts: make([]*Account, MaxAccounts+1)}); r == nil || r.Account != nil || r.Cause == nil {
		t.Errorf("too many accounts: %v", r)
	}
}
