package meter

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
)

type known []core.Candidate

func (k known) Report() []core.Candidate           { return k }
func (k known) Probed(string, bool, time.Duration) {}

func TestHealth(t *testing.T) {
	a := &core.Target{Name: "openai/gpt", Provider: "openai"}
	s := &core.Snapshot{
		Health: known{
			{Target: a, Key: &core.ProviderKey{Name: "k1"}, State: "closed"},
			{Target: a, Key: &core.ProviderKey{Name: "k2"}, State: "dead", Dead: 2, Opened: 1, Benched: 3},
			{Target: &core.Target{Name: "ollama", Provider: "ollama"}, State: "open", Opened: 4},
		},
		Models: map[string]*core.Route{
			"fast": {Name: "fast", Plan: core.RoutePlan{Gauges: func() core.RouteGauges {
				return core.RouteGauges{Retries: 1, Refused: 2, Budget: 9.5, Hits: 3, Misses: 4, Kept: 5, Benched: 6}
			}}},
			"nobody": nil,
		},
		Providers: map[string]*core.Route{"bare": {Name: "bare"}},
	}
	p := &page{}
	health(p, s)
	if _, err := parse(string(p.b)); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`asbru_breaker_closed{target="openai/gpt",provider="openai",key="k1",state="closed"} 1`,
		`asbru_breaker_closed{target="openai/gpt",provider="openai",key="k2",state="dead"} 0`,
		`asbru_breaker_closed{target="ollama",provider="ollama",state="open"} 0`,
		`asbru_breaker_opened_total{target="ollama",provider="ollama"} 4`,
		`asbru_key_benched_total{target="openai/gpt",provider="openai",key="k2"} 3`,
		`asbru_key_refused_total{target="openai/gpt",provider="openai",key="k2"} 2`,
		`asbru_retry_budget{route="fast"} 9.5`,
		`asbru_retries_total{route="fast",outcome="refused"} 2`,
		`asbru_affinity_total{route="fast",outcome="hit"} 3`,
		`asbru_all_benched_total{route="fast"} 6`,
	} {
		if !strings.Contains(string(p.b), want+"\n") {
			t.Errorf("%s is missing in\n%s", want, p.b)
		}
	}
	none := &page{}
	health(none, nil)
	health(none, &core.Snapshot{})
	if len(none.b) > 0 {
		t.Errorf("without health: %s", none.b)
	}
}
