package build

import (
	"fmt"
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/config"
)

func TestBudgets(t *testing.T) {
	fifty := 50.0
	doc := seeds()
	doc.Budgets = []config.Budget{{USD: 1000, Window: "1Y"}}
	doc.Customers = []config.Customer{{Name: "acme", Budgets: []config.Budget{{USD: 500, TimeZone: "Europe/Berlin"}}}}
	doc.Teams = []config.Team{{Name: "platform", Customer: "acme", Budgets: []config.Budget{{USD: 100, Window: "1h"}, {Name: "mini", USD: 10, Models: []string{"*-mini"}}}}}
	doc.Providers[0].Budgets = []config.Budget{{USD: 70, Window: "1w"}}
	doc.Models[0].Budgets = []config.Budget{{USD: 7, Window: "3d", Align: "rolling"}}
	doc.VirtualKeys = []config.VirtualKey{{Name: "ci", Key: secret("secret-of-ci"), Team: "platform", BudgetUSDPerMonth: &fifty,
		Budgets: []config.Budget{{USD: 20, Providers: []string{"openai", "mistral"}, Overrides: []config.BudgetOverride{{USD: 5, Until: "2027-01-31T00:00:00Z", Reason: "launch"}}}}}}
	s, _ := must(t, doc, nil)
	own, shared := budgetsIn(doc, s).of(s, &doc.VirtualKeys[0], "acme")
	all := append(own, shared...)
	var lines []string
	for _, b := range all {
		w := b.Limit.Window
		lines = append(lines, fmt.Sprintf("%s | %s | %v of %d%c %v %v +%v", b.Account, b.Limit.Label, b.Limit.Cap, w.Count, w.Unit, w.Calendar, w.Zone, b.Limit.Extra))
	}
	want := `
key ci: 1M | monthly budget of key "ci" | $50 of 1M true UTC +[]
key ci: 1M #2 | monthly budget of key "ci" | $20 of 1M true UTC +[{$5 1801353600000000000}]
team platform: 1h | hourly budget of team "platform" | $100 of 1h false UTC +[]
team platform: mini | mini budget of team "platform" | $10 of 1M true UTC +[]
customer acme: 1M | monthly budget of customer "acme" | $500 of 1M true Europe/Berlin +[]
provider openai: 1w | weekly budget of provider "openai" | $70 of 1w true UTC +[]
model fast-cheap: 3d | 3d budget of model "fast-cheap" | $7 of 3d false UTC +[]
everybody: 1Y | yearly budget of everybody | $1000 of 1Y true UTC +[]`
	if got := strings.Join(lines, "\n"); got != strings.TrimSpace(want) {
		t.Errorf("they are\n%s\nwant%s", got, want)
	}

	f := func(model string, want ...int) {
		t.Helper()
		x := &core.Exchange{Snap: s}
		x.Peek.Model = []byte(model)
		x.Route, x.Name = s.Resolve(x.Peek.Model)
		var got []int
		for i, b := range all {
			if b.Covers(x, x.Route.Targets[0], x.Name) {
				got = append(got, i)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is charged to %v, want %v", model, got, want)
		}
	}
	f("gpt-4o", 0, 1, 2, 4, 5, 7)
	f("openai/gpt-4o-mini", 0, 1, 2, 3, 4, 5, 7)
	f("fast-cheap", 0, 1, 2, 4, 6, 7)
	f("ollama/llama-mini", 0, 2, 3, 4, 7)
}

// TestBudgetsBehindAliases holds that a model is charged to its budget under whichever alias it is asked for.
func TestBudgetsBehindAliases(t *testing.T) {
	doc := seeds()
	doc.Models = append(doc.Models, config.Model{Alias: "quick", Provider: "openai", Model: "gpt-4o"})
	doc.Budgets = nil
	for _, name := range []string{"gpt-4o", "openai/gpt-4o", "openai/*", "gpt-4*", "regex:^openai/gpt", "quick", "gpt-4o-mini", "mistral/*", "fast-cheap"} {
		doc.Budgets = append(doc.Budgets, config.Budget{Name: "b", USD: 1, Models: []string{name}})
	}
	s, _ := must(t, doc, nil)
	x := &core.Exchange{Snap: s}
	x.Peek.Model = []byte("quick")
	x.Route, x.Name = s.Resolve(x.Peek.Model)
	others := budgetsIn(doc, s).others
	for i, b := range others[len(others)-len(doc.Budgets):] {
		if got, want := b.Covers(x, x.Route.Targets[0], x.Name), i < 6; got != want {
			t.Errorf("quick is charged to the budget of %s: %v, want %v", doc.Budgets[i].Models, got, want)
		}
	}
}
