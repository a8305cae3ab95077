package config

import (
	"strings"
	"testing"
)

// What cannot be meant about targets and strategies is told where it stands.
func TestModelTargets(t *testing.T) {
	f := func(model, want string) {
		t.Helper()
		_, problems := Decode("t.yaml", []byte("providers:\n- {name: openai, api_key: sk-1}\n- {name: mistral, api_key: sk-2}\nmodels:\n- {alias: m, "+model+"}\n"), testEnv())
		got := text(problems)
		if want == "" && strings.Contains(got, "models[0]") || !strings.Contains(got, want) {
			t.Errorf("%s:\n%s\nwant %q", model, got, want)
		}
	}
	f("targets: [{provider: openai, model: a}, {provider: mistral, model: b}], strategy: adaptive", "")
	f("targets: [{provider: openai, weight: 3}, {provider: mistral}], strategy: weighted, retry: {attempts: 4, share: 0.1}, breaker: {failures: 3, open: 2s, when_all_benched: try}, affinity: {ttl: 10m}", "")
	f("targets: [{provider: openai}, {provider: mistral}], strategy: least-latncy", "did you mean least-latency?")
	f("targets: [{provider: opnai}]", "models[0].targets[0].provider: no provider is named \"opnai\"; hint: did you mean openai?")
	f("provider: openai, targets: [{provider: mistral}]", "stands beside provider or model")
	f("targets: [{provider: openai}, {provider: openai, model: m}]", "is openai/m, like targets[0]")
	f("targets: [{provider: openai, weight: -1}]", "weights go from 0")
	f("targets: [{provider: openai, weight: 0}, {provider: mistral, weight: 0}], strategy: weighted", "every target has weight 0")
	f("targets: [{provider: openai, weight: 2}, {provider: mistral}]", "is not looked at with strategy ordered")
	f("targets: [{provider: openai, price: {input: 1, output: 2}}, {provider: mistral}], strategy: cheapest", "")
	f("targets: [{provider: openai, price: {input: -1, output: 2}}, {provider: mistral}], strategy: cheapest", "targets[0].price: cannot be negative")
	f("targets: [{provider: openai}, {provider: mistral}], retry: {attempts: 9}", "1 to 6 attempts")
	f("targets: [{provider: openai}, {provider: mistral}], retry: {share: 3}", "multiplied")
	f("targets: [{provider: openai}, {provider: mistral}], breaker: {ratio: 50}", "it goes from 0 to 1")
	f("targets: [{provider: openai}, {provider: mistral}], breaker: {when_all_benched: maybe}", "it is one of refuse, try")
	f("provider: openai, strategy: round-robin", "has one target")
	f("targets: [{provider: openai, wieght: 2}]", "did you mean weight?")
	f("strategy: weighted", "needs a provider")
}

func TestHealthOfProviders(t *testing.T) {
	f := func(health, want string) {
		t.Helper()
		_, problems := Decode("t.yaml", []byte("providers:\n- {name: openai, api_key: sk-1, health: "+health+"}\n"), testEnv())
		if got := text(problems); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s:\n%s\nwant %q", health, got, want)
		}
	}
	f("{path: /health, every: 5s}", "")
	f("{path: health}", "providers[0].health.path")
	f("{every: 10ms}", "less than the 1s")
}

func TestHedges(t *testing.T) {
	f := func(hedge, want string) {
		t.Helper()
		tells(t, base+"models:\n  - {alias: a, targets: [{provider: openai, model: x, price: {input: 1, output: 2}}, {provider: openai, model: y, price: {input: 1, output: 2}}], hedge: "+hedge+"}\n", want)
	}
	f(`{}`, "")
	f(`{after: p99, max_share: 5%, max_cost_usd_per_hour: 0.5}`, "")
	f(`{after: 300ms, max_share: 0.05}`, "")
	f(`{max_cost_usd_per_hour: -1}`, "3: models[0].hedge.max_cost_usd_per_hour: cannot be negative (-1); hint: leave it out for the default")
	tells(t, base+"models:\n  - {alias: a, targets: [{provider: openai, model: x}, {provider: openai, model: y}], hedge: {max_cost_usd_per_hour: 1}}\n", "")
	f(`{after: p40}`, `3: models[0].hedge.after: is "p40", which is neither a duration nor a percentile from p50 to p99.9; hint: write p95, or 300ms`)
	f(`{after: soon}`, `3: models[0].hedge.after: is "soon", which is neither a duration nor a percentile from p50 to p99.9; hint: write p95, or 300ms`)
	f(`{max_share: 200%}`, `3: models[0].hedge.max_share: is 200%; it goes from 0.1% to 100%; hint: 5% is one request in twenty`)
	f(`{max_share: 0.01%}`, `3: models[0].hedge.max_share: is 0.01%; it goes from 0.1% to 100%; hint: leave hedge out to have none`)
	f(`{max_share: some}`, `3: models[0].hedge.max_share: expected a share such as 5%, found a string; hint: write 5%, or 0.05`)
	tells(t, base+"models:\n  - {alias: a, targets: [{provider: openai, model: x}, {provider: openai, model: y}], rescue: continue}\n", "")
	tells(t, base+"models:\n  - {alias: a, provider: openai, rescue: continue}\n", "3: warning: models[0].rescue: has no other target to continue a stream, unless a request brings fallbacks; hint: add a target or a fallback")
	shadow := func(text, want string) {
		t.Helper()
		tells(t, base+"models:\n  - {alias: a, provider: openai, shadow: "+text+"}\n", want)
	}
	shadow(`{target: openai/gpt-5, share: 1%, price: {input: 1, output: 2}}`, "")
	shadow(`{share: 1%}`, "3: models[0].shadow.target: is missing: a copy has to go somewhere; hint: name an alias, or write provider/model")
	shadow(`{target: opnai/x}`, `3: models[0].shadow.target: no provider serves "opnai/x"; hint: name an alias, or write provider/model`)
	shadow(`{target: openai/x, share: 300%, price: {input: -1, output: 0}}`, "3: models[0].shadow.share: is 300%; it goes from 0% to 100%; hint: 1% is one request in a hundred\n3: models[0].shadow.price: cannot be negative")
	tells(t, base+"models:\n  - {alias: a, provider: openai, rescue: yes}\n", `3: models[0].rescue: cannot be "yes"; it is one of off, continue`)
	tells(t, base+"models:\n  - {alias: a, provider: openai, hedge: {max_cost_usd_per_hour: 1}}\n",
		"3: warning: models[0].hedge: has no other target to ask, unless the provider has several keys or a request brings fallbacks; hint: add a target or a fallback")
}
