package price

import (
	"bufio"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"asbru/core"
)

// of is the price of one row.
func of(t *testing.T, text string) *core.Price {
	t.Helper()
	s, bad := Read("test", "[p]\nm "+text+"\n")
	if bad = append(bad, s.Check()...); len(bad) > 0 {
		t.Fatalf("%s: %v", text, bad)
	}
	return pricesOf(s, "p")["m"]
}

func pricesOf(s *Sheet, head string) map[string]*core.Price {
	prices, _ := s.prices(head)
	return prices
}

func TestCost(t *testing.T) {
	f := func(row string, u core.Usage, want core.Money) {
		t.Helper()
		u.Known = true
		p := of(t, row)
		if got := Cost(p, &u); got != want {
			t.Errorf("%s: %+v costs %d, want %d", row, u, got, want)
		}
		if worst := p.Worst(u.In, u.Out); worst < want {
			t.Errorf("%s: %+v costs %d and the worst is %d", row, u, want, worst)
		}
	}
	f("in=2.5 out=10", core.Usage{In: 1, Out: 1}, 12500)
	f("in=2.5 out=10", core.Usage{In: 1_000_000, Out: 1_000_000}, 12_500_000_000)
	f("in=0 out=0", core.Usage{In: 1_000_000_000, Out: 1_000_000_000}, 0)
	f("in=0.000001 out=0.000001", core.Usage{In: 1, Out: 1}, 2) // each kind is rounded up for itself
	f("in=3 out=15 cached=0.3", core.Usage{In: 1000, CachedIn: 1000}, 300_000)
	f("in=3 out=15 cached=0.3", core.Usage{In: 1000, CachedIn: 400, Out: 10}, 600*3000+400*300+10*15000)
	f("in=3 out=15", core.Usage{In: 1000, CachedIn: 400}, 3_000_000) // no price of its own: that of text
	f("in=3 out=15 cached=0", core.Usage{In: 1000, CachedIn: 1000}, 0)
	f("in=3 out=15 written=3.75 kept=6", core.Usage{In: 100, WrittenIn: 60, KeptIn: 20}, 40*3000+40*3750+20*6000)
	f("in=3 out=15 written=3.75", core.Usage{In: 100, WrittenIn: 60, KeptIn: 20}, 40*3000+60*3750)
	f("in=1 out=4 thought=8", core.Usage{Out: 100, Reasoning: 70}, 30*4000+70*8000)
	f("in=1 out=4 audio-in=40 audio-out=80", core.Usage{In: 10, AudioIn: 4, Out: 10, AudioOut: 10}, 6*1000+4*40000+10*80000)
	f("in=1 out=4 image-in=10 image-out=40", core.Usage{In: 10, ImageIn: 10, Out: 10, ImageOut: 5}, 10*10000+5*4000+5*40000)
	f("in=5 out=20 audio-in=40 cached=0.5", core.Usage{In: 10, AudioIn: 10, CachedIn: 8}, 8*500+2*40000) // both: as cached, once
	f("call=0.002", core.Usage{In: 5, Out: 5}, 2_000_000)
	f("in=1.25 out=10 cached=0.125 >200000 in=2.5 out=15 cached=0.25", core.Usage{In: 200_000, Out: 1}, 200_000*1250+10_000)
	f("in=1.25 out=10 cached=0.125 >200000 in=2.5 out=15 cached=0.25", core.Usage{In: 200_001, CachedIn: 1, Out: 1}, 200_000*2500+250+15_000)
	f("in=0.1 out=0.5 >10 in=0.2 >20 in=0.3 out=1", core.Usage{In: 15, Out: 1}, 15*200+500)
	f("in=0.1 out=0.5 >10 in=0.2 >20 in=0.3 out=1", core.Usage{In: 21, Out: 1}, 21*300+1000)
	f("in=1000000 out=1000000", core.Usage{In: 1 << 31, Out: 1 << 31}, 1<<32*1_000_000_000)
}

func TestCostStopsAtTheMost(t *testing.T) {
	r := core.Rates{In: core.MaxMoney, Out: core.MaxMoney}
	if got := r.Cost(&core.Usage{In: 1 << 40, Out: 1 << 40}); got != core.MaxMoney {
		t.Errorf("it is %d", got)
	}
}

func TestBatch(t *testing.T) {
	u := &core.Usage{In: 300_000, Out: 1000}
	half := of(t, "in=1.25 out=10 >200000 in=2.5 out=15 batch=50%")
	if got, want := half.ForBatch(u.In).Cost(u), half.For(u.In).Cost(u)/2; got != want {
		t.Errorf("half is %d, want %d", got, want)
	}
	own := of(t, "in=1.25 out=10 batch in=1 out=4 >200000 in=2")
	if got := own.ForBatch(u.In).Cost(u); got != 300_000*2000+1000*4000 {
		t.Errorf("its own is %d", got)
	}
	one := of(t, "in=1.25 out=10 call=0.5 batch in=1")
	if got := one.ForBatch(u.In).Cost(u); got != 300_000*1000+1000*10_000+500_000_000 {
		t.Errorf("what is not named costs %d", got)
	}
	none := of(t, "in=1.25 out=10")
	if got, want := none.ForBatch(u.In).Cost(u), none.For(u.In).Cost(u); got != want {
		t.Errorf("without one it is %d, want %d", got, want)
	}
}

func TestDays(t *testing.T) {
	s, _ := Read("test", "[p]\nm in=2 out=2 from=2026-03-01\nm in=1 out=1\nm in=4 out=4 from=2026-06-01\n")
	p := pricesOf(s, "p")["m"]
	f := func(now int64, want core.Money) {
		t.Helper()
		if got := p.At(now).In; got != want*1e9 {
			t.Errorf("at %d it is %d, want %d", now, got, want)
		}
	}
	const march, june = 1772323200, 1780272000
	f(0, 1)
	f(march-1, 1)
	f(march, 2)
	f(june-1, 2)
	f(june, 4)
	f(june*2, 4)
}

// TestDaysToCome: before its first day a row does not hold, and what another sheet or the ceiling says does.
func TestDaysToCome(t *testing.T) {
	read := func(text string) *Sheet {
		s, bad := Read("test", text)
		if bad = append(bad, s.Check()...); len(bad) > 0 {
			t.Fatal(bad)
		}
		return s
	}
	const march, june = 1772323200, 1780272000
	first := read("[p]\nm in=2 out=2 from=2026-03-01\nnew in=3 out=3 from=2026-06-01\nours-* in=4 out=4 from=2026-06-01\nlate in=5 out=5 from=2026-06-01\n")
	second := read("[p]\nm in=1 out=1\nlate in=6 out=6 from=2026-03-01\nlate in=7 out=7 from=2026-12-01\n")
	ceiling, err := Flat("ceiling", 30, 180)
	if err != nil {
		t.Fatal(err)
	}
	f := func(unknown *core.Price, model string, now int64, want core.Money) {
		t.Helper()
		p, _ := New([]*Sheet{first, second}, nil, unknown).Table("p", "p").Find(Query{Model: []byte(model)})
		if p == nil || p.At(now).In != want*1e9 {
			t.Errorf("%s at %d: %+v, want %d", model, now, p, want)
		}
	}
	f(ceiling, "m", 0, 1)
	f(ceiling, "m", march-1, 1)
	f(ceiling, "m-2025-01-31", march-1, 1)
	f(ceiling, "m", march, 2)
	f(ceiling, "m", june*2, 2)
	f(ceiling, "new", june-1, 30)
	f(ceiling, "new", june, 3)
	f(nil, "new", 0, 3) // there is no other
	f(ceiling, "ours-x", june-1, 30)
	f(ceiling, "ours-x", june, 4)
	f(ceiling, "late", march-1, 30)
	f(ceiling, "late", march, 6)
	f(ceiling, "late", june-1, 6)
	f(ceiling, "late", june, 5)
	f(ceiling, "late", june*2, 5)
	if p := pricesOf(second, "p")["m"]; p.Next != nil {
		t.Error("the other sheet was changed")
	}
}

// TestCostIsExact holds Cost against arithmetic without bounds.
func TestCostIsExact(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 11))
	for range 20_000 {
		in, out := rnd.Int64N(1<<31), rnd.Int64N(1<<31)
		a, b := rnd.Int64N(1<<40), rnd.Int64N(1<<40)
		r := core.Rates{In: core.Money(a), CachedIn: core.Money(b), Out: core.Money(b)}
		u := core.Usage{In: in, CachedIn: rnd.Int64N(in + 1), Out: out}
		want := new(big.Int)
		for _, part := range [][2]int64{{u.In - u.CachedIn, a}, {u.CachedIn, b}, {out, b}} {
			n := new(big.Int).Mul(big.NewInt(part[0]), big.NewInt(part[1]))
			n.Add(n, big.NewInt(999_999))
			want.Add(want, n.Div(n, big.NewInt(1_000_000)))
		}
		if !want.IsInt64() {
			want.SetInt64(int64(core.MaxMoney))
		}
		if got := r.Cost(&u); int64(got) != want.Int64() {
			t.Fatalf("%+v at %+v costs %d, want %s", u, r, got, want)
		}
	}
}

// TestShared holds the shared rows, when they are there.
func TestShared(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "protocol", "money", "price.jsonl"))
	if err != nil {
		t.Skip("the shared rows are not beside this checkout; TestCost has rows of its own")
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); rows++ {
		var row struct {
			ID     string      `json:"id"`
			In     json.Number `json:"usd_per_1m_in"`
			Out    json.Number `json:"usd_per_1m_out"`
			Cached json.Number `json:"usd_per_1m_cached"`
			TIn    json.Number `json:"tokens_in"`
			TOut   json.Number `json:"tokens_out"`
			TCache json.Number `json:"cached_in"`
			Nano   json.Number `json:"nano_usd"`
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		text := "in=" + row.In.String() + " out=" + row.Out.String()
		if row.Cached != "" {
			text += " cached=" + row.Cached.String()
		}
		p := of(t, text)
		u := core.Usage{Known: true}
		for _, c := range []struct {
			text json.Number
			n    *int64
		}{{row.TIn, &u.In}, {row.TOut, &u.Out}, {row.TCache, &u.CachedIn}} {
			if *c.n, err = c.text.Int64(); err != nil {
				u.Bad = true
			}
		}
		flaw := Judge(&u)
		if row.Nano == "" {
			if m, f := Settle(p, &u, Spent{In: 3, Out: 4}, 1000); !f.Estimated() || m < 0 || m > 1000 {
				t.Errorf("%s: charged %d, %v", row.ID, m, f)
			}
			continue
		}
		want, _ := row.Nano.Int64()
		if got := Cost(p, &u); int64(got) != want || flaw.Estimated() {
			t.Errorf("%s: %d (%v), want %d", row.ID, got, flaw, want)
		}
	}
	if rows < 60 {
		t.Errorf("saw %d rows", rows)
	}
}
