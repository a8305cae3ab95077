package build

import (
	"strings"
	"testing"

	"asbru/core/config"
)

// seedsText is the form the product is introduced with.
const seedsText = `providers:
  - {name: openai, api_key: ${OPENAI_API_KEY}}
  - {name: mistral, api_key: ${MISTRAL_API_KEY}}
  - {name: ollama, base_url: http://ollama:11434/v1}
models:
  - {alias: fast-cheap, provider: mistral, model: mistral-small-2410}
  - {alias: eu-secure, provider: mistral, model: mistral-large-2411, fallback: [premium-claude, gpt-4o]}
virtual_keys:
  - {name: tenant-12, key: vk-..., budget_usd_per_month: 50, allowed_models: [fast-cheap, eu-secure]}
`

func decode(t *testing.T, text string) *config.Document {
	t.Helper()
	vars := map[string]string{"OPENAI_API_KEY": "sk-o", "MISTRAL_API_KEY": "sk-m"}
	doc, problems := config.Decode("asbru.yaml", []byte(text), config.Env{
		Lookup: func(name string) (string, bool) { v, ok := vars[name]; return v, ok },
		Known:  Kinds(),
	})
	if doc == nil {
		t.Fatalf("cannot decode: %v", problems)
	}
	return doc
}

func TestSeedsAsWritten(t *testing.T) {
	s, _ := must(t, decode(t, seedsText), nil)
	if k := s.Caller([]byte("vk-...")); k == nil || k.Name != "tenant-12" {
		t.Error("the virtual key is not found by its secret")
	}
	if got, want := lead(s, "eu-secure"), "mistral/mistral-large-2411 openai/gpt-4o"; got != want {
		t.Errorf("eu-secure leads to %q, want %q", got, want)
	}
	if got := string(s.Providers["openai"].Targets[0].Keys[0].Header); !strings.Contains(got, "Bearer sk-o\r\n") {
		t.Errorf("openai's key is sent as %q", got)
	}
}

// Problems found here have paths; the lines come from the document.
func TestProblemsAreLocated(t *testing.T) {
	f := func(old, new, want string) {
		t.Helper()
		text := strings.Replace(seedsText, old, new, 1)
		s, problems, _ := Compile(decode(t, text), nil, fakeDeps())
		if s != nil {
			t.Fatalf("%s: compiled", new)
		}
		config.Locate("asbru.yaml", []byte(text), problems)
		for _, p := range problems {
			if strings.HasPrefix(p.String(), want) {
				return
			}
		}
		t.Errorf("%s: got %v, want %s", new, problems, want)
	}
	f("}}\n", "}, headers: {X-Api-Key: a}}\n", "asbru.yaml:2: providers[0].headers.X-Api-Key: cannot be set here")
	f("http://ollama:11434/v1}", "http://10.0.0.1/v1, network: {allow_private_network: false}}", "asbru.yaml:4: providers[2].base_url: leads to 10.0.0.1")
}
