package govern_test

import (
	"errors"
	"testing"
	"time"

	"asbru/core"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

// shared is an account that machines share, and who grants it.
func shared(t testing.TB, seed uint64) (*Book, *Account, *Desk) {
	b := open(t, memory(seed))
	a, err := b.Account(t.Context(), "key", Limit{Cap: 10 * usd, Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	d := NewDesk()
	b.Lend(d)
	return b, a, d
}

// A hold takes what was granted, waits for more, and is told what there is.
func TestShared(t *testing.T) {
	b, key, d := shared(t, 60)
	till, x, h := NewTill(b), new(core.Exchange), new(Hold)
	ask := func(worst core.Money) (core.Verdict, *Refusal) {
		return till.Hold(x, h, &Ask{Accounts: []*Account{key}, Worst: worst, Now: noon})
	}
	if v, _ := ask(usd); v != core.Wait || x.Until <= core.Clock() {
		t.Fatalf("%v; want a wait with an end", v)
	}
	select {
	case <-d.Asked():
	default:
		t.Fatal("nobody was asked")
	}
	if all := d.Take(); len(all) != 1 || all[0] != key || len(d.Take()) != 0 {
		t.Fatalf("asked for %v", all)
	}
	l := key.Lease(noon)
	if _, ok := l.Origin(); ok {
		t.Fatal("joined already")
	}
	l.Join(0)
	needs := l.Needs(make([]core.Money, 0, 4))
	if len(needs) != 1 || needs[0] != usd {
		t.Fatalf("needs %v", needs)
	}
	l.Grant(l.Has(), 3*usd)
	l.Answer(1, false, 7*usd, noon)
	if v, r := ask(usd); v != core.Continue {
		t.Fatalf("%v %v", v, r)
	}
	till.End(h, &End{Cost: usd / 2, Now: noon}, ledger.Settle)
	if l.Has() != 3*usd || l.Taken() != usd/2 || l.Idle() != 2*usd+usd/2 || l.Spent() != usd/2 {
		t.Errorf("has %v, taken %v, idle %v", l.Has(), l.Taken(), l.Idle())
	}

	// what is given back is gone, and what others have shows
	if got := l.GiveBack(); got != 2*usd+usd/2 || l.GiveBack() != 0 || l.Has() != usd/2 || l.Idle() != 0 {
		t.Errorf("gave back %v, has %v", got, l.Has())
	}
	l.Others(8*usd, 5*usd)
	balance(t, key, noon, 5*usd+usd/2, 3*usd, usd/2)
	if s := key.Balance(noon); !s.Shared || s.Granted != usd/2 || s.Left() != usd+usd/2 {
		t.Errorf("%+v", s)
	}

	// nothing comes: refused with the figures of all, and for a while without asking again
	if v, _ := ask(2 * usd); v != core.Wait {
		t.Fatal(v)
	}
	d.Take()
	l.Answer(1, true, usd+usd/2, noon)
	for range 2 {
		if v, r := ask(2 * usd); v != core.Refuse || r.Cause != nil || r.Left != usd+usd/2 || r.Cap != 10*usd || len(d.Take()) > 0 {
			t.Errorf("%v %+v", v, r)
		}
	}
	if v, r := ask(11 * usd); v != core.Refuse || r.Cause != nil {
		t.Errorf("more than the cap: %v %+v", v, r)
	}
	if v, _ := ask(usd); v != core.Wait || len(d.Take()) != 1 {
		t.Error("what may be had is not asked for")
	}

	// who grants is away
	d.Lost(errors.New("gone"))
	key.Away()
	if v, r := ask(usd); v != core.Refuse || !errors.Is(r, ErrAway) {
		t.Errorf("%v %v", v, r)
	}
	if s := b.Stats(); s.Refused != 4 || s.Holds != 0 {
		t.Errorf("%+v", s)
	}
	d.Lost(nil)
	b.Lend(nil) // the Book is about to change hands
	if v, _ := ask(usd); v != core.Wait || x.Until > core.Clock()+int64(time.Second) {
		t.Errorf("%v; want a short wait", v)
	}
}

// Whoever held with an older grant, what was given back is not there for them.
func TestGiveBackUnderway(t *testing.T) {
	b, key, _ := shared(t, 61)
	l := key.Lease(noon)
	l.Join(0)
	stop := make(chan struct{})
	done := make(chan core.Money)
	for range 3 {
		go func() {
			var spent core.Money
			defer func() { done <- spent }()
			for {
				select {
				case <-stop:
					return
				default:
				}
				var h Hold
				if b.Hold(&h, &Ask{Accounts: []*Account{key}, Worst: 1000, Now: noon}) == nil {
					b.Settle(&h, &End{Cost: 1000, Now: noon})
					spent += 1000
				}
			}
		}()
	}
	var granted core.Money
	for range 30_000 {
		l.Grant(l.Has(), 10_000)
		granted += 10_000
		granted -= l.GiveBack()
		if l.Taken() > granted {
			t.Fatalf("%v is taken of %v", l.Taken(), granted)
		}
	}
	close(stop)
	sum := <-done + <-done + <-done
	if sum > granted || sum != l.Spent() || l.Has() != granted {
		t.Errorf("spent %v of %v; has %v", sum, granted, l.Has())
	}
}
