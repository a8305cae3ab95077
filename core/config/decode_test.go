package config

import (
	"fmt"
	"strings"
	"testing"
)

// seeds is the form the product is introduced with; it must work as written.
const seeds = `providers:
  - {name: openai, api_key: ${OPENAI_API_KEY}}
  - {name: mistral, api_key: ${MISTRAL_API_KEY}}
  - {name: ollama, base_url: http://ollama:11434/v1}
models:
  - {alias: fast-cheap, provider: mistral, model: mistral-small-2410}
  - {alias: eu-secure, provider: mistral, model: mistral-large-2411, fallback: [premium-claude, gpt-4o]}
virtual_keys:
  - {name: tenant-12, key: vk-..., budget_usd_per_month: 50, allowed_models: [fast-cheap, eu-secure]}
`

// testEnv knows a few provider types and has the given variables, NAME=value.
func testEnv(vars ...string) Env {
	set := map[string]string{}
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		set[name] = value
	}
	return Env{
		Lookup: func(name string) (string, bool) { v, ok := set[name]; return v, ok },
		Known: map[string]Kind{
			"bedrock": {HasBase: true, NeedsKey: true, Auth: AuthAWS},
			"openai":  {NeedsKey: true, HasBase: true, Serves: []string{"gpt-*"}},
			"mistral": {NeedsKey: true, HasBase: true},
			"azure":   {NeedsKey: true},
			"ollama":  {HasBase: true},
			"cloud":   {NeedsKey: true, HasBase: true, Options: []string{"region", "zone"}, Needs: []string{"region"}, Dialects: []string{"openai", "anthropic"}},
		},
	}
}

// text is problems one a line, without the file's name where a line follows it.
func text(problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		if p.Line > 0 {
			fmt.Fprintln(&b, strings.TrimPrefix(p.String(), p.File+":"))
		} else {
			fmt.Fprintln(&b, p)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestSeeds(t *testing.T) {
	doc, problems := Decode("t.yaml", []byte(seeds), testEnv("OPENAI_API_KEY=sk-1:{x},[y]#z", "MISTRAL_API_KEY=m"))
	if doc == nil {
		t.Fatalf("refused:\n%s", text(problems))
	}
	if got := doc.Providers[0].APIKey; got.Reveal() != "sk-1:{x},[y]#z" || got.Ref() != "${OPENAI_API_KEY}" {
		t.Errorf("key = %q from %s", got.Reveal(), got)
	}
	if len(doc.Providers) != 3 || len(doc.Models) != 2 || doc.Models[1].Fallback[1] != "gpt-4o" {
		t.Errorf("read %+v", doc)
	}
	if k := doc.VirtualKeys[0]; k.Key.Reveal() != "vk-..." || *k.BudgetUSDPerMonth != 50 {
		t.Errorf("virtual key = %+v", k)
	}
}
