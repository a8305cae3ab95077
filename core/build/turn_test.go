package build

import (
	"testing"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/ledger"
)

// A WebSocket has more turns than a byte counts, and each is charged for what it used, once. One that has no report is
// charged for what was delivered of it.
func TestManyTurns(t *testing.T) {
	const turns, each, last = 600, 10, 3
	s, book := audits(t, new(clerk), func(d *config.Document) {
		d.VirtualKeys[0].Budgets = []config.Budget{{USD: 1000, Window: "1d"}}
	})
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
