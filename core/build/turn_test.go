package build

import (
	"testing"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/ledger"
)

// session is a WebSocket that is open, and paid for up to its first turn.
func session(t *testing.T, s *core.Snapshot) *core.Exchange {
	t.Helper()
	x := new(core.Exchange)
	x.Reset()
	k := s.Caller(secretOf)
	x.Snap, x.Key, x.Plan, x.Op, x.ID = s, k, &k.Policy.Plans[core.OpRealtime], core.OpRealtime, [16]byte{1}
	x.Peek.Model, x.Peek.Stream = asked, true
	x.Route, x.Name = s.Resolve(asked)
	if v := core.Run(x, x.Plan.Before); v != core.Continue {
		t.Fatal(v, x.Fault)
	}
	a := x.Begin(x.Route.Targets[0], x.Route.Targets[0].Keys[0])
	a.Status, a.Began = 101, 1
	return x
}

// A WebSocket has more turns than a byte counts, and each is charged for what it used, once. One that has no report is
// charged for what was delivered of it.
func TestManyTurns(t *testing.T) {
	const turns, each, last = 600, 10, 3
	s, book := audits(t, new(clerk), func(d *config.Document) {
		d.VirtualKeys[0].Budgets = []config.Budget{{USD: 1000, Window: "1d"}}
	})
	x := session(t, s)
	for range turns {
		x.Usage.Add(&core.Usage{In: each, Out: each, Known: true})
		if v := core.Run(x, x.Plan.Turn); v != core.Continue {
			t.Fatal(v, x.Fault)
		}
	}
	x.Stream.Said = last // the client leaves in the middle of one more
	core.Conclude(x, x.Plan.After)
	var costs []core.Money
	var sum core.Money
	if err := book.Ledger().Wait(t.Context(), book.Ledger().End()); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Ledger().Replay(0, func(r *ledger.Record) error {
		if r.Kind == ledger.Settle {
			costs, sum = append(costs, r.Amount), sum+r.Amount
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if p := 10_000 * core.Money(last); len(costs) != turns+1 || costs[turns] != p || sum != turns*costs[0]+p || x.Cost != sum || x.Usage.In != turns*each {
		t.Errorf("%d turns were charged %v together, the first %v; the exchange says %v for %+v", len(costs), sum, costs[0], x.Cost, x.Usage)
	}
}

// What cannot be used of the report of a turn is charged by our own count of it, and spoils no other turn.
func TestBadTurns(t *testing.T) {
	s, book := audits(t, new(clerk), func(d *config.Document) {
		d.VirtualKeys[0].Budgets = []config.Budget{{USD: 1000, Window: "1d"}}
	})
	x := session(t, s)
	for _, u := range []core.Usage{{Bad: true}, {In: 10, Out: 10, Known: true}, {In: 5, Bad: true, Known: true}, {In: 10, Out: 10, Known: true}} {
		x.Stream.Said = 4
		x.Usage.Add(&u)
		if v := core.Run(x, x.Plan.Turn); v != core.Continue {
			t.Fatal(v, x.Fault)
		}
		if x.Stream.Said != 0 {
			t.Error("what was paid is counted again")
		}
		x.Usage.Bad = false // as the bridge does
	}
	core.Conclude(x, x.Plan.After)
	var costs []core.Money
	if err := book.Ledger().Wait(t.Context(), book.Ledger().End()); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Ledger().Replay(0, func(r *ledger.Record) error {
		if r.Kind == ledger.Settle {
			costs = append(costs, r.Amount)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(costs) != 4 || costs[0] != 4*10_000 || costs[1] != costs[3] || costs[1] <= costs[0] || costs[2] != costs[0] {
		t.Errorf("charged are %v", costs)
	}
}
