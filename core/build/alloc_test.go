//go:build !race

package build

import (
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/config"
)

// From the name in the body to a target and a key, nothing is allocated.
func TestDecidingDoesNotAllocate(t *testing.T) {
	s, k := keyFor(t, seeds(), "eu-secure", "openai/*")
	x := new(core.Exchange)
	names := [][]byte{[]byte("eu-secure"), []byte("openai/gpt-4o"), []byte("gpt-4o")}
	allocs := testing.AllocsPerRun(100, func() {
		for _, name := range names {
			x.Reset()
			x.Snap, x.From, x.Key, x.Plan = s, openai.API, k, &k.Policy.Plans[core.OpChat]
			x.Peek.Model, x.Peek.Fallbacks[0] = name, names[1]
			x.Route, x.Name = s.Resolve(name)
			if core.Run(x, x.Plan.Admit) != core.Continue {
				t.Fatal(x.Fault)
			}
			if target, _ := x.Route.Pick(x, nil); target == nil {
				t.Fatal("nothing picked")
			}
		}
	})
	if allocs != 0 {
		t.Errorf("deciding allocates %v times, want 0", allocs)
	}
}

// Nor is where rules lead: the conditions, the draw, the chain and the scope.
func TestRulingDoesNotAllocate(t *testing.T) {
	doc := ruledBy(
		config.Rule{When: `model.startsWith("gpt-4") && headers["x-tier"] == "premium"`, Targets: to(at("mistral", "x"), at("mistral", "")), Chain: true},
		config.Rule{When: `provider == "mistral"`, Targets: to(model("eu-secure"))},
	)
	s, _ := must(t, doc, nil)
	k := by(t, s, "tight")
	x, name := new(core.Exchange), []byte("gpt-4o")
	allocs := testing.AllocsPerRun(100, func() {
		x.Reset()
		x.Snap, x.From, x.Key, x.Plan, x.Head = s, openai.API, k, &k.Policy.Plans[core.OpChat], premium{}
		x.Peek.Model = name
		x.Route, x.Name = s.Resolve(name)
		if core.Run(x, x.Plan.Admit) != core.Continue || x.Rule != "r1" {
			t.Fatal(x.Fault, x.Rule)
		}
	})
	if allocs != 0 {
		t.Errorf("ruling allocates %v times, want 0", allocs)
	}
}

func TestListingDoesNotAllocate(t *testing.T) {
	s, k := keyFor(t, seeds())
	x := &core.Exchange{Snap: s, Key: k, Op: core.OpModels, Path: []byte("/models")}
	if allocs := testing.AllocsPerRun(100, func() { core.Run(x, k.Policy.Plans[core.OpModels].Before) }); allocs != 0 {
		t.Errorf("the list of models allocates %v times, want 0", allocs)
	}
}

// TestGovernedAllocations: who is limited in every way pays with time only.
func TestGovernedAllocations(t *testing.T) {
	three, one := 3, 1
	limits := []config.RateLimit{{Requests: 1 << 30}, {Tokens: 1 << 30}, {Calls: 5}}
	s, k := governed(t, func(d *config.Document, k *config.VirtualKey) {
		d.Providers[1].Models = []string{"gpt-4o"}
		d.Teams[0].RateLimits, d.RateLimits, k.RateLimits = limits, limits, limits
		k.AllowedModels, k.BlockedModels = []string{"gpt-*", "regex:^o1"}, []string{"*-mini", "regex:preview$"}
		k.Providers = []config.KeyProvider{{Provider: "openai", Weight: &three, Keys: []string{"two"}}, {Provider: "mistral", Weight: &one, AllowedModels: []string{"gpt-*"}}}
	})
	x := &core.Exchange{Snap: s, Op: core.OpChat, From: s.Targets[0].Faces[0].Dialect}
	secret, model := []byte("secret-of-ci"), []byte("gpt-4o")
	if n := testing.AllocsPerRun(100, func() {
		x.Key = s.Caller(secret)
		x.Plan = &x.Key.Policy.Plans[x.Op]
		x.Peek.Model = model
		x.Route, x.Name = x.Key.Lead(s, model)
		if core.Run(x, x.Plan.Admit) != core.Continue {
			t.Fatal(x.Fault)
		}
		target, key := x.Route.Pick(x, nil)
		if target == nil || target.Price(x, key, x.Name) == nil {
			t.Fatal("nobody serves it, or nobody knows for how much")
		}
		core.Run(x, x.Plan.After)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if k.Limiter == nil {
		t.Error("nobody limits it")
	}
}

// Nor is whether an alias is charged to the budget of its model.
func TestCoveringDoesNotAllocate(t *testing.T) {
	doc := seeds()
	doc.Models = append(doc.Models, config.Model{Alias: "quick", Provider: "openai", Model: "gpt-4o"})
	doc.Budgets = []config.Budget{{Name: "a", USD: 1, Models: []string{"gpt-4o"}}, {Name: "b", USD: 1, Models: []string{"regex:^openai/gpt"}}}
	s, _ := must(t, doc, nil)
	x := &core.Exchange{Snap: s}
	x.Peek.Model = []byte("quick")
	x.Route, x.Name = s.Resolve(x.Peek.Model)
	others := budgetsIn(doc, s).others
	for _, b := range others[len(others)-2:] {
		if n := testing.AllocsPerRun(100, func() { b.Covers(x, x.Route.Targets[0], x.Name) }); n != 0 {
			t.Errorf("covering allocates %v times, want 0", n)
		}
	}
}
