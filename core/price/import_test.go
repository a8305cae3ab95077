package price

import (
	"strings"
	"testing"
)

func imported(t *testing.T, list string) (*Import, *Sheet) {
	t.Helper()
	m, err := ReadList([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	s, bad := Read("imported", string(m.Append(nil)))
	if bad = append(bad, s.Check()...); len(bad) > 0 {
		t.Fatalf("%v in\n%s", bad, m.Append(nil))
	}
	return m, s
}

func TestLiteLLM(t *testing.T) {
	m, s := imported(t, `{
		"sample_spec": {"litellm_provider": "one of the documented providers", "input_cost_per_token": 0},
		"gpt-x": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
			"cache_read_input_token_cost": 1.25e-06, "input_cost_per_token_batches": 1.25e-06, "output_cost_per_token_batches": 5e-06,
			"input_cost_per_token_priority": 5e-06, "max_input_tokens": 128000, "max_output_tokens": 16384, "max_tokens": 16384},
		"gemini/gem-x": {"litellm_provider": "gemini", "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05,
			"input_cost_per_token_above_200k_tokens": 2.5e-06, "output_cost_per_token_above_200k_tokens": 1.5e-05, "input_cost_per_audio_token": 1e-06},
		"claude-x": {"litellm_provider": "anthropic", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
			"cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06},
		"azure/eu/gpt-x": {"litellm_provider": "azure", "input_cost_per_token": "2.75e-06", "output_cost_per_token": 1.1e-05},
		"rerank-x": {"litellm_provider": "cohere", "input_cost_per_query": 0.002, "input_cost_per_token": 0.0},
		"dall-e-x": {"litellm_provider": "openai", "output_cost_per_image": 0.04},
		"free-x": {"litellm_provider": "openai", "input_cost_per_token": 0, "output_cost_per_token": 0},
		"broken-x": {"litellm_provider": "openai", "input_cost_per_token": -1},
		"bad name": {"litellm_provider": "openai", "input_cost_per_token": 1e-6},
		"else-x": {"litellm_provider": "somebody", "input_cost_per_token": 1e-6}
	}`)
	if m.Form != "LiteLLM" || m.Rows != 5 || m.Free != 1 || m.Blank != 1 || m.Other["somebody"] != 1 || len(m.Bad) != 2 || m.Fresh["input_cost_per_token_priority"] != 1 {
		t.Errorf("%+v", m)
	}
	want := strings.TrimSpace(`
[anthropic]
claude-x in=3 out=15 written=3.75 kept=6

[azure]
eu/gpt-x in=2.75 out=11

[cohere]
rerank-x in=0 search=0.002

[gemini]
gem-x in=1.25 out=10 audio-in=1 >200000 in=2.5 out=15

[openai]
gpt-x in=2.5 out=10 cached=1.25 max-in=128000 max-out=16384 batch in=1.25 out=5`)
	if got := strings.TrimSpace(string(s.Append(nil))); got != want {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
}

func TestModelsDev(t *testing.T) {
	m, s := imported(t, `{
		"google": {"id": "google", "name": "Google", "models": {
			"gem-x": {"id": "gem-x", "cost": {"input": 1.25, "output": 10, "cache_read": 0.125, "input_audio": 1, "context_over_200k": {"input": 2.5, "output": 15}}, "limit": {"context": 1048576, "output": 65536}},
			"gem-y": {"cost": {"input": 1, "output": 2, "tiers": [{"input": 3, "output": 4, "tier": {"type": "context", "size": 128000}}]}, "limit": {"context": 9, "input": 8}},
			"gem-z": {"cost": {"input": 1, "output": 2, "tiers": [{"input": 3, "tier": {"type": "moon", "size": 1}}]}},
			"gem-0": {"cost": {"input": 0, "output": 0}},
			"gem-n": {"limit": {"context": 5}},
			"gem-v": {"cost": {"input": 1, "output": 2, "video": 7}}}},
		"nobody": {"models": {"a": {}, "b": {}}}
	}`)
	if m.Form != "models.dev" || m.Rows != 3 || m.Free != 1 || m.Blank != 1 || m.Other["nobody"] != 2 || m.Bad["tiers that cannot be read"] != 1 || m.Fresh["video"] != 1 {
		t.Errorf("%+v", m)
	}
	want := strings.TrimSpace(`
[gemini]
gem-v in=1 out=2
gem-x in=1.25 out=10 cached=0.125 audio-in=1 max-in=1048576 max-out=65536 >200000 in=2.5 out=15
gem-y in=1 out=2 max-in=8 >128000 in=3 out=4`)
	if got := strings.TrimSpace(string(s.Append(nil))); got != want {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
}

// TestHostileLists: whatever a list has in it, the sheet made of it can be read, and says nothing of other models.
func TestHostileLists(t *testing.T) {
	tiers := ""
	for _, k := range "123456789" {
		tiers += `,"input_cost_per_token_above_` + string(k) + `k_tokens":1e-6`
	}
	entry := `{"litellm_provider":"openai","input_cost_per_token":1e-6,"output_cost_per_token":2e-6`
	m, s := imported(t, `{"good": `+entry+`}, "[anthropic]": `+entry+`}, "gpt-*": `+entry+`}, "*": `+entry+`}, "a\u000bb": `+entry+`}, "a\u00a0b": `+entry+`},
		"a\u2003b": `+entry+`}, "a\u0085b": `+entry+`}, "a\u0000b": `+entry+`}, "a#b": `+entry+`}, "": `+entry+`}, "many": `+entry+tiers+`},
		"mute": {"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6}, "vector": {"litellm_provider":"openai","mode":"embedding","input_cost_per_token":1e-6}}`)
	if got, want := string(s.Append(nil)), "[openai]\ngood in=1 out=2\nvector in=1\n"; got != want || m.Rows != 2 {
		t.Errorf("it is\n%s\nwant\n%s\n%+v", got, want, m)
	}
	if m.Bad["a name that no row can have"] != 10 || m.Bad["more than 8 tiers"] != 1 || m.Bad["no price for their answers"] != 1 {
		t.Errorf("%+v", m.Bad)
	}
	m, s = imported(t, `{"openai":{"models":{"good":{"cost":{"input":1,"output":2}},"mute":{"cost":{"input":1}},"[x] y":{"cost":{"input":1,"output":2}},
		"many":{"cost":{"input":1,"output":2,"context_over_200k":{"input":3},"tiers":[{"input":1,"tier":{"type":"context","size":1}},{"input":1,"tier":{"type":"context","size":2}},
		{"input":1,"tier":{"type":"context","size":3}},{"input":1,"tier":{"type":"context","size":4}},{"input":1,"tier":{"type":"context","size":5}},
		{"input":1,"tier":{"type":"context","size":6}},{"input":1,"tier":{"type":"context","size":7}},{"input":1,"tier":{"type":"context","size":8}}]}}}}}`)
	if got, want := string(s.Append(nil)), "[openai]\ngood in=1 out=2\n"; got != want || len(m.Bad) != 3 {
		t.Errorf("it is\n%s\nwant\n%s\n%+v", got, want, m)
	}
}

func TestListRefused(t *testing.T) {
	f := func(list, part string) {
		t.Helper()
		if _, err := ReadList([]byte(list)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", list, err)
		}
	}
	f(`[]`, "JSON object")
	f(`{`, "JSON object")
	f(`{}`, "neither")
	f(`{"a":1,"b":{"price":2}}`, "neither")
}

func FuzzImport(f *testing.F) {
	f.Add(`{"m":{"litellm_provider":"openai","input_cost_per_token":1e-6,"input_cost_per_token_above_128k_tokens":2e-6,"max_input_tokens":5}}`)
	f.Add(`{"google":{"models":{"m":{"cost":{"input":1,"output":2,"context_over_200k":{"input":3}}}}}}`)
	f.Add(`{"[m":{"litellm_provider":"openai","input_cost_per_token":1e-6},"a\u2003b":{"litellm_provider":"openai","input_cost_per_token":1e-6}}`)
	f.Fuzz(func(t *testing.T, list string) {
		m, err := ReadList([]byte(list))
		if err != nil {
			return
		}
		s, bad := Read("imported", string(m.Append(nil)))
		if bad = append(bad, s.Check()...); len(bad) > 0 {
			t.Fatalf("%q became %q: %v", list, m.Append(nil), bad)
		}
	})
}
