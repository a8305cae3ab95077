package govern_test

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"asbru/bench/faultfs"
	"asbru/bench/leak"
	"asbru/core"
	. "asbru/core/govern"
	"asbru/core/ledger"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

const usd = core.Money(1e9)

// noon is a moment: 2026-11-21 12:00 UTC, a Saturday.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC).UnixNano()

func memory(seed uint64) *faultfs.Disk { return faultfs.NewDisk(rand.New(rand.NewPCG(seed, 0))) }

func small() Options {
	return Options{
		Ledger: ledger.Options{Ring: 1 << 18, Segment: 1 << 19},
		Now:    func() time.Time { return time.Unix(0, noon) },
	}
}

func open(t testing.TB, fs ledger.FS) *Book {
	t.Helper()
	b, err := Open(fs, small())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Ledger().Close() })
	return b
}

func account(t testing.TB, b *Book, name string, cap core.Money, w Window) *Account {
	t.Helper()
	a, err := b.Account(context.Background(), name, Limit{Cap: cap, Window: w})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// hold holds, and fails when it is refused.
func hold(t testing.TB, b *Book, worst core.Money, now int64, on ...*Account) *Hold {
	t.Helper()
	h := new(Hold)
	r := b.Hold(h, &Ask{Accounts: on, Worst: worst, Floor: worst / 4, Now: now})
	for end := time.Now().Add(10 * time.Second); r != nil && r.Account == nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
		r = b.Hold(h, &Ask{Accounts: on, Worst: worst, Floor: worst / 4, Now: now}) // small segments fill faster than the next is made
	}
	if r != nil {
		t.Fatalf("refused: %v", r)
	}
	return h
}

func settle(t testing.TB, b *Book, h *Hold, cost core.Money) ledger.Seq {
	t.Helper()
	s, ok := b.Settle(h, &End{Cost: cost, Now: noon})
	if !ok {
		t.Fatal("not settled")
	}
	return s
}

// balance checks what an account says of itself.
func balance(t testing.TB, a *Account, now int64, spent, held, total core.Money) {
	t.Helper()
	if x := a.Balance(now); x.Spent != spent || x.Held != held || x.Total != total {
		t.Errorf("%s: spent %v, held %v, in all %v; want %v, %v, %v", x.Name, x.Spent, x.Held, x.Total, spent, held, total)
	}
}
