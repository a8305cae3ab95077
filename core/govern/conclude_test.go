package govern_test

import (
	"testing"

	"asbru/core"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

// TestConclude: the end of a call is charged once, its account has the rest back, and the exchange waits
// until it is durable; also when another process has the Book by then.
func TestConclude(t *testing.T) {
	disk := memory(60)
	b := open(t, disk)
	till := NewTill(b)
	key := account(t, b, "key", 10*usd, Window{})
	f := func(c *caller, cost core.Money) {
		t.Helper()
		e := End{Cost: cost, Now: noon, Note: []byte("a note")}
		asked := false
		if v := c.until(func() core.Verdict {
			if asked {
				return c.till.Ended(&c.x, &c.h)
			}
			asked = true
			return c.till.Conclude(&c.x, &c.h, &e, ledger.Settle)
		}); v != core.Continue {
			t.Errorf("its end: %v, %v", v, c.x.Fault)
		}
		if v := c.until(func() core.Verdict { return c.till.Conclude(&c.x, &c.h, &e, ledger.Settle) }); v != core.Continue {
			t.Errorf("its end once more: %v", v)
		}
	}
	one, two := at(t, till, 4*usd, key), at(t, till, 3*usd, key)
	if r := one.hold(); r != nil {
		t.Fatal(r)
	}
	if r := two.hold(); r != nil {
		t.Fatal(r)
	}
	f(one, usd)
	balance(t, key, noon, usd, 3*usd, usd)
	if end := b.Ledger().End(); b.Ledger().Durable() < end {
		t.Errorf("durable up to %v of %v", b.Ledger().Durable(), end)
	}

	next, end := succeed(t, till, disk)
	f(two, 2*usd)
	for _, a := range next.Balances(noon) {
		if a.Spent != 3*usd || a.Held != 0 {
			t.Errorf("the next process has %+v", a)
		}
	}
	end()
	if err := next.Close(); err != nil {
		t.Error(err)
	}
}
