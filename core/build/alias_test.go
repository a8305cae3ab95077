package build

import (
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
)

// The budget of an alias pays for what its target answers, also when the client named it as a fallback only.
func TestBudgetOfFallback(t *testing.T) {
	s, book := audits(t, new(clerk), func(d *config.Document) {
		d.Models = []config.Model{{Alias: "big", Targets: []config.ModelTarget{{Provider: "openai", Model: "gpt-4o-mini"}}, Budgets: []config.Budget{{USD: 1, Window: "1d"}}}}
	})
	for i, served := range []bool{false, true} {
		x, k := new(core.Exchange), s.Caller(secretOf)
		x.Snap, x.Key, x.Plan, x.Op, x.ID = s, k, &k.Policy.Plans[core.OpChat], core.OpChat, [16]byte{byte(i + 1)}
		x.Body, x.Peek.Model, x.Peek.MaxTokens = body, asked, 10
		x.Peek.Fallbacks[0] = []byte("big")
		x.Route, x.Name = s.Resolve(x.Peek.Model)
		if v := core.Run(x, x.Plan.Before); v != core.Continue {
			t.Fatal(v, x.Fault)
		}
		at := x.Route.Targets[0]
		if served {
			x.Begin(at, at.Keys[0]).Status = 500
			r, _ := s.Resolve([]byte("big"))
			at = r.Targets[0]
		}
		x.Begin(at, at.Keys[0]).Status = 200
		x.Usage = core.Usage{In: 10, Out: 5, Known: true}
		core.Conclude(x, x.Plan.After)
		spent := core.Money(0)
		if a := book.Known("model big: 1d"); a != nil {
			spent = a.Balance(time.Now().UnixNano()).Spent
		}
		if spent > 0 != served || x.Cost <= 0 {
			t.Errorf("served by the fallback: %v; the alias paid %v of %v", served, spent, x.Cost)
		}
	}
}
