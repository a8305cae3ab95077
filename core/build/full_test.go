package build

import (
	"testing"
	"time"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/ledger"
)

// When the ledger has no room, every operation that has to be paid is refused before it begins: nothing of it is in the
// ledger but that, nothing stays held, and its limits are given back.
func TestLedgerFull(t *testing.T) {
	s, book := audits(t, new(clerk), func(d *config.Document) {
		d.VirtualKeys[0].Budgets = []config.Budget{{USD: 1e6, Window: "1d"}}
		d.VirtualKeys[0].RateLimits = []config.RateLimit{{Tokens: 1e9, Per: config.Duration(time.Hour)}, {Calls: 1e6}}
	})
	id := byte(0)
	begin := func(op core.Op) (*core.Exchange, core.Verdict) {
		x, k := new(core.Exchange), s.Caller(secretOf)
		x.Reset()
		id++
		x.Snap, x.Key, x.Plan, x.Op, x.ID, x.Start = s, k, &k.Policy.Plans[op], op, [16]byte{byte(op) + 1, id}, core.Clock()
		x.From, x.Path, x.Head = openai.API, []byte("/images/generations"), head{}
		x.Body, x.Peek.Model, x.Peek.MaxTokens = body, asked, 10
		x.Route, x.Name = s.Resolve(x.Peek.Model)
		v := core.Run(x, x.Plan.Admit)
		if v == core.Continue {
			v = core.Run(x, x.Plan.Before)
		}
		return x, v
	}
	var all []*core.Exchange
	for {
		x, v := begin(core.OpChat)
		if v == core.Refuse {
			core.Conclude(x, x.Plan.After)
			break
		}
		if all = append(all, x); len(all) > 1e5 {
			t.Fatal("the ledger is never full")
		}
	}
	left := func() int64 { return s.Caller(secretOf).Limiter.Report(core.Clock())[1].Left }
	before := left()
	for op := range core.NumOps {
		if op == core.OpModels {
			continue
		}
		x, v := begin(op)
		if v != core.Refuse || x.Fault == nil || x.Fault.Code != core.Overloaded || x.Fault.Retry == 0 {
			t.Errorf("%s: %v, %+v", op, v, x.Fault)
		}
		core.Conclude(x, x.Plan.After)
		if x.Cost != 0 || left() != before {
			t.Errorf("%s: it costs %d, and %d calls are left, want %d", op, x.Cost, left(), before)
		}
	}
	for _, x := range all {
		core.Conclude(x, x.Plan.After)
	}
	if err := book.Ledger().Wait(t.Context(), book.Ledger().End()); err != nil {
		t.Fatal(err)
	}
	count := map[ledger.Kind]int{}
	if _, err := book.Ledger().Replay(0, func(r *ledger.Record) error { count[r.Kind]++; return nil }); err != nil {
		t.Fatal(err)
	}
	if count[ledger.Intent] != len(all) || count[ledger.Release] != len(all) || count[ledger.Settle] != 0 || book.Stats().Holds != 0 {
		t.Errorf("%d calls began, and the ledger has %v; held are %d", len(all), count, book.Stats().Holds)
	}
	if x, v := begin(core.OpChat); v != core.Continue {
		t.Errorf("once there is room: %+v", x.Fault)
	}
}
