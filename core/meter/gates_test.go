package meter

import (
	"strings"
	"testing"

	"asbru/core"
)

type busy struct{ core.Gate }

func (busy) Gauges() core.GateGauges {
	g := core.GateGauges{Limit: 40, Inflight: 39, Quick: 5e8, Waited: new(core.Histogram)}
	g.Waiting[core.Batch] = 7
	g.Queued[core.Interactive] = 11
	g.Refused[core.ShareUsed] = 3
	g.Waited.Add(1e6)
	return g
}

func TestGates(t *testing.T) {
	s := &core.Snapshot{Gated: true, Targets: []*core.Target{
		{Name: "openai/gpt", Provider: "openai", Gate: busy{}}, {Name: "free", Provider: "free"},
	}}
	p := &page{}
	gates(p, s)
	if _, err := parse(string(p.b)); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`asbru_overload_limit{target="openai/gpt",provider="openai"} 40`,
		`asbru_overload_in_flight{target="openai/gpt",provider="openai"} 39`,
		`asbru_overload_waiting{target="openai/gpt",provider="openai",lane="batch"} 7`,
		`asbru_overload_queued_total{target="openai/gpt",provider="openai",lane="interactive"} 11`,
		`asbru_overload_refused_total{target="openai/gpt",provider="openai",reason="share"} 3`,
		`asbru_overload_quick_seconds{target="openai/gpt",provider="openai"} 0.5`,
		`asbru_overload_wait_seconds_count{target="openai/gpt",provider="openai"} 1`,
	} {
		if !strings.Contains(string(p.b), want+"\n") {
			t.Errorf("%s is missing in\n%s", want, p.b)
		}
	}
	if strings.Contains(string(p.b), "free") {
		t.Error("a target without a gate is written")
	}
	none := &page{}
	gates(none, nil)
	gates(none, &core.Snapshot{Targets: s.Targets[1:]})
	if len(none.b) > 0 {
		t.Errorf("without a gate: %s", none.b)
	}
}
