package build

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
)

// balanced is a document whose model "fast" has two targets and a fallback.
func balanced(strategy string) *config.Document {
	doc := seeds()
	three := 3
	doc.Models = append(doc.Models, config.Model{
		Alias: "fast", Strategy: strategy, Fallback: []string{"ollama/llama3"},
		Targets: []config.ModelTarget{
			{Provider: "openai", Model: "gpt-4o-mini", Weight: &three, Price: &config.Price{Input: 1, Output: 4}},
			{Provider: "mistral", Model: "mistral-small", Price: &config.Price{Input: 0.1, Output: 0.3}},
		},
	})
	return doc
}

func picks(s *core.Snapshot, n int) map[string]int {
	got := map[string]int{}
	for range n {
		for _, k := range s.Keys {
			x := &core.Exchange{Snap: s, Key: k, Name: []byte("fast"), From: s.Targets[0].Faces[0].Dialect}
			x.Route, x.Name = s.Resolve(x.Name)
			if t, _ := x.Route.Pick(x, nil); t != nil {
				got[t.Name]++
			}
		}
	}
	return got
}

func TestBalancedModel(t *testing.T) {
	s, _ := must(t, balanced("weighted"), nil)
	if got, want := lead(s, "fast"), "openai/gpt-4o-mini mistral/mistral-small ollama/llama3"; got != want {
		t.Errorf("fast leads to %q, want %q", got, want)
	}
	if got := picks(s, 400); got["openai/gpt-4o-mini"] != 300 || got["mistral/mistral-small"] != 100 {
		t.Errorf("weights 3 and 1: %v", got)
	}
	plan := s.Models["fast"].Plan
	if plan.Strategy != "weighted" || plan.Balanced != 2 {
		t.Errorf("the plan is %+v", plan)
	}
	all := plan.Say()
	if len(all) != 3 || !all[0].Next || all[0].State != "closed" || all[0].Reason != "75.0% of requests" || all[1].Next {
		t.Errorf("said %+v", all)
	}
	cheap, _ := must(t, balanced("cheapest"), nil)
	if got := picks(cheap, 10); got["mistral/mistral-small"] != 10 {
		t.Errorf("cheapest: %v", got)
	}
	ordered, _ := must(t, balanced("ordered"), nil)
	if got := picks(ordered, 10); got["openai/gpt-4o-mini"] != 10 {
		t.Errorf("ordered: %v", got)
	}
}

// The breaker of a provider's own names is the provider's.
func TestBreakerOfProvider(t *testing.T) {
	doc := seeds()
	doc.Providers[0].Breaker = &config.Breaker{WhenAllBenched: "try"}
	for i := range doc.Providers {
		if b := doc.Providers[i].Breaker; b == nil {
			doc.Providers[i].Breaker = &config.Breaker{WhenAllBenched: "refuse"}
		}
	}
	s, _ := must(t, doc, nil)
	f := func(model string, want bool) {
		t.Helper()
		for _, k := range s.Keys {
			x := &core.Exchange{Snap: s, Key: k, From: s.Targets[0].Faces[0].Dialect}
			x.Route, x.Name = s.Resolve([]byte(model))
			if target, _ := x.Route.Pick(x, nil); (target != nil) != want {
				t.Errorf("%s leads to %v though its provider is not well", model, target)
			}
		}
	}
	s.Health.Probed("openai", false, time.Hour)
	s.Health.Probed("mistral", false, time.Hour)
	f("openai/gpt-4o", true)
	f("mistral/mistral-tiny", false)
}

// What a route learnt stays when the document changes elsewhere.
func TestHealthIsCarriedOver(t *testing.T) {
	first, _ := must(t, balanced("weighted"), nil)
	first.Health.Probed("openai", false, time.Hour)
	doc := balanced("weighted")
	doc.Models[0].Model = "mistral-tiny"
	next, _ := must(t, doc, first)
	if got := picks(next, 100); got["mistral/mistral-small"] != 100 {
		t.Errorf("after a reload: %v, want none for openai", got)
	}
}

func TestUnknownTargetIsToldOnce(t *testing.T) {
	doc := balanced("weighted")
	doc.Models[2].Targets[1].Provider = "mistrall"
	_, problems, _ := Compile(doc, nil, fakeDeps())
	if len(problems) != 1 || problems[0].Path != "models[2].targets[1].provider" || !strings.Contains(problems[0].Hint, "mistral") {
		t.Errorf("problems %v", problems)
	}
}

func TestHealthChecks(t *testing.T) {
	doc := seeds()
	s, _ := must(t, doc, nil)
	if len(s.Checks) != 1 || s.Checks[0] != (core.HealthCheck{Provider: "ollama", URL: "http://ollama:11434/v1/models", Every: 10 * time.Second}) {
		t.Errorf("by default: %+v", s.Checks)
	}
	doc.Providers[2].Health = &config.Health{Off: true}
	doc.Providers[0].Health = &config.Health{Path: "/health", Every: config.Duration(time.Minute)}
	s, _ = must(t, doc, nil)
	if len(s.Checks) != 1 || s.Checks[0] != (core.HealthCheck{Provider: "openai", URL: "https://api.openai.com/health", Every: time.Minute}) {
		t.Errorf("as set: %+v", s.Checks)
	}
}
