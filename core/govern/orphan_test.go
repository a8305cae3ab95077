package govern_test

import (
	"errors"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/core"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

// What a successor answered and had not written when it died is done again, by the process that
// takes the Book back or by the next successor; and what it began itself is charged.
func TestForgotten(t *testing.T) {
	for name, next := range map[string]func(*testing.T, *Till, *faultfs.Disk) (b *Book, end func()){
		"retaken": func(t *testing.T, till *Till, disk *faultfs.Disk) (*Book, func()) {
			if _, err := till.Retake(reopen(disk)); err != nil {
				t.Fatal(err)
			}
			return till.Book(), func() {}
		},
		"next": func(t *testing.T, till *Till, disk *faultfs.Disk) (*Book, func()) {
			b, err := reopen(disk)(Options{Live: true})
			if err != nil {
				t.Fatal(err)
			}
			return b, carry(t, till, b)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk := memory(72)
			first := open(t, disk)
			till := NewTill(first)
			key := account(t, first, "key", 100*usd, Window{1, 'd', true, nil})
			ended, old := at(t, till, usd, key), at(t, till, 2*usd, key)
			ended.hold()
			old.hold()
			second, end := succeed(t, till, disk)
			durable := at(t, till, 3*usd, key)
			durable.hold()
			theirs := account(t, second, "key", 100*usd, Window{1, 'd', true, nil})
			hold(t, second, 4*usd, noon, theirs)
			second.Ledger().Close() // from here on it forgets what it is told

			held, both, gone := at(t, till, 5*usd, key), at(t, till, 6*usd, key), at(t, till, 7*usd, key)
			for _, c := range []*caller{held, both, gone} {
				if v := c.until(func() core.Verdict { v, _ := till.Hold(&c.x, &c.h, &c.q); return v }); v != core.Continue {
					t.Fatal(v)
				}
			}
			till.End(&ended.h, &End{Cost: usd / 2, Now: noon}, ledger.Settle)
			till.End(&both.h, &End{Cost: usd / 4, Now: noon}, ledger.Settle)
			till.End(&gone.h, &End{Now: noon}, ledger.Release)
			quiet(t, second, 14*usd)
			if v := till.Begun(&held.x, &held.h); v != core.Wait {
				t.Errorf("its intent is not durable, and it is %v", v)
			}
			end()

			third, end := next(t, till, disk)
			if v := held.until(func() core.Verdict { return till.Begun(&held.x, &held.h) }); v != core.Continue {
				t.Errorf("its intent: %v", v)
			}
			for _, c := range []*caller{ended, both, gone} {
				if v := c.until(func() core.Verdict { return till.Ended(&c.x, &c.h) }); v != core.Continue {
					t.Errorf("its end: %v", v)
				}
			}
			for _, c := range []*caller{old, durable, held} {
				c.ends(c.q.Worst, ledger.Settle)
			}
			end()
			quiet(t, third, 0)
			if err := third.Close(); err != nil {
				t.Fatal(err)
			}
			e, err := Examine(disk, nil)
			if want := usd/2 + usd/4 + (2+3+5)*usd + 4*usd/4; err != nil || len(e.Open) > 0 || e.Strays > 0 || e.Partial != 1 || e.Accounts[0].Total != want {
				t.Errorf("%+v, %v; want %v charged", e, err, want)
			}
		})
	}
}

// quiet waits until a Book's account "key" holds no more than that.
func quiet(t *testing.T, b *Book, most core.Money) {
	t.Helper()
	key := account(t, b, "key", 100*usd, Window{1, 'd', true, nil})
	for end := time.Now().Add(20 * time.Second); key.Balance(noon).Held > most; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%v held, want %v at most", key.Balance(noon).Held, most)
		}
	}
}

func reopen(disk *faultfs.Disk) func(Options) (*Book, error) {
	return func(o Options) (*Book, error) {
		o.Ledger = small().Ledger
		return Open(disk, o)
	}
}

// Calls go on while one successor after the other dies, each with what it had not written, and while the Book
// comes back and is given away again: each is charged once what it cost.
func TestSuccessorsDie(t *testing.T) {
	disk := memory(73)
	first := open(t, disk)
	till := NewTill(first)
	key := account(t, first, "key", Unlimited, Window{1, 'd', true, nil})
	settle(t, first, hold(t, first, 1, noon, key), 1) // its window has begun
	done, stop := make(chan core.Money), make(chan struct{})
	const callers = 6
	for i := range callers {
		go func() { done <- trades(t, till, key, byte(i), stop) }()
	}
	for range 3 {
		second, end := succeed(t, till, disk)
		account(t, second, "key", Unlimited, Window{1, 'd', true, nil})
		for i := range 4 {
			time.Sleep(time.Duration(i) * 3 * time.Millisecond)
			second.Ledger().Close()
			time.Sleep(time.Millisecond)
			end()
			if i == 3 {
				break
			}
			var err error
			if second, err = reopen(disk)(Options{Live: true}); err != nil {
				t.Fatal(err)
			}
			account(t, second, "key", Unlimited, Window{1, 'd', true, nil})
			end = carry(t, till, second)
		}
		if _, err := till.Retake(reopen(disk)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Millisecond)
	}
	close(stop)
	want := core.Money(1)
	for range callers {
		want += <-done
	}
	balance(t, key, noon, want, 0, want)
	if err := till.Close(); err != nil {
		t.Fatal(err)
	}
	if e, err := Examine(disk, nil); err != nil || len(e.Open) > 0 || e.Strays > 0 || e.Partial > 0 || e.Accounts[0].Total != want || want == 1 {
		t.Errorf("%+v, %v; want %v charged", e, err, want)
	}
}

// trades makes one call after the other, some of which leave early, and returns what they cost.
func trades(t *testing.T, till *Till, key *Account, who byte, stop chan struct{}) (sum core.Money) {
	for n := 1; ; n++ {
		select {
		case <-stop:
			return sum
		default:
		}
		c := at(t, till, core.Money(n)*1000, key)
		c.q.ID = [16]byte{who, byte(n), byte(n >> 8), 1}
		if n%5 == 4 { // its client leaves before it is known whether it is held
			till.Hold(&c.x, &c.h, &c.q)
			till.End(&c.h, &End{Now: noon}, ledger.Release)
			continue
		}
		for { // small segments fill faster than the next is made
			var r *Refusal
			if v := c.until(func() (v core.Verdict) { v, r = till.Hold(&c.x, &c.h, &c.q); return v }); v == core.Continue {
				break
			} else if r.Account != nil {
				t.Errorf("refused: %v", r)
				return sum
			}
			time.Sleep(time.Millisecond)
		}
		if n%3 > 0 {
			if v := c.until(func() core.Verdict { return till.Begun(&c.x, &c.h) }); v != core.Continue {
				t.Errorf("its intent: %v %v", v, c.x.Fault)
			}
		}
		cost := c.q.Worst / core.Money(1+n%4)
		till.End(&c.h, &End{Cost: cost, Now: noon}, ledger.Settle)
		c.until(func() core.Verdict { return till.Ended(&c.x, &c.h) })
		sum += cost
	}
}

// When nobody has the Book for a while, calls end without it, and the next one that has it charges what they cost.
func TestNobodyForAWhile(t *testing.T) {
	disk := memory(75)
	first := open(t, disk)
	till := NewTill(first)
	key := account(t, first, "key", 100*usd, Window{1, 'd', true, nil})
	old := at(t, till, 2*usd, key)
	old.hold()
	second, end := succeed(t, till, disk)
	account(t, second, "key", 100*usd, Window{1, 'd', true, nil})
	there, forgotten := at(t, till, 3*usd, key), at(t, till, 5*usd, key)
	there.hold()
	second.Ledger().Close()
	if v := forgotten.until(func() core.Verdict { v, _ := till.Hold(&forgotten.x, &forgotten.h, &forgotten.q); return v }); v != core.Continue {
		t.Fatal(v)
	}
	end()

	till.Lost(errors.New("it was killed"))
	if r := at(t, till, usd, key).hold(); r == nil || r.Account != nil {
		t.Errorf("nobody is there, and it is %v", r)
	}
	old.ends(usd, ledger.Settle)
	there.ends(usd/2, ledger.Settle)
	if !till.Unsaid() {
		t.Error("what they cost is written down nowhere")
	}
	third, err := reopen(disk)(Options{Live: true})
	if err != nil {
		t.Fatal(err)
	}
	account(t, third, "key", 100*usd, Window{1, 'd', true, nil})
	end = carry(t, till, third)
	said := func() {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); till.Unsaid(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("nobody writes down what they cost")
			}
		}
	}
	said()
	if v := forgotten.until(func() core.Verdict { return till.Begun(&forgotten.x, &forgotten.h) }); v != core.Continue {
		t.Errorf("its intent: %v", v)
	}
	forgotten.ends(5*usd, ledger.Settle)
	said()
	end()
	quiet(t, third, 0)
	if err := third.Close(); err != nil {
		t.Fatal(err)
	}
	e, err := Examine(disk, nil)
	if want := usd + usd/2 + 5*usd; err != nil || len(e.Open) > 0 || e.Strays > 0 || e.Partial > 0 || e.Accounts[0].Total != want {
		t.Errorf("%+v, %v; want %v charged", e, err, want)
	}
}
