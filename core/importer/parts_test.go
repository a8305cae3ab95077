package importer

import (
	"fmt"
	"testing"
	"time"
)

func TestWholeWeights(t *testing.T) {
	f := func(want string, weights ...float64) {
		t.Helper()
		if got, exact := whole(weights); fmt.Sprint(got, exact) != want {
			t.Errorf("%v: %v %v, want %s", weights, got, exact, want)
		}
	}
	f("[] true")
	f("[1] true", 1)
	f("[1] true", 0.3)
	f("[0 0] true", 0, 0)
	f("[7 3] true", 0.7, 0.3)
	f("[1 2 0] true", 0.5, 1, 0)
	f("[1 3] true", 25, 75)
	f("[3333 6667] false", 1.0/3, 2.0/3)
	f("[10000 1] false", 1, 1e-9)
	f("[1000000 1] false", 1e12, 1)
}

func TestSpan(t *testing.T) {
	f := func(text string, want time.Duration, ok bool) {
		t.Helper()
		if got, good := span(text); got != want || good != ok {
			t.Errorf("%q: %v %v", text, got, good)
		}
	}
	f("30s", 30*time.Second, true)
	f("5m", 5*time.Minute, true)
	f("1h", time.Hour, true)
	f("1w", 7*day, true)
	f("2M", 60*day, true)
	f("1Q", 91*day, true)
	f("1Y", 365*day, true)
	for _, bad := range []string{"", "s", "1", "0s", "-1m", "1x", "99999Y", "1.5h"} {
		f(bad, 0, false)
	}
}

func TestKindOf(t *testing.T) {
	f := func(model, custom string, based bool, want string) {
		t.Helper()
		prefix, kind, rest, ok := kindOf(model, custom, based)
		if got := fmt.Sprint(prefix, " ", kind, " ", rest, " ", ok); got != want {
			t.Errorf("%s: %s, want %s", model, got, want)
		}
	}
	f("openai/gpt-4o", "", false, "openai openai gpt-4o true")
	f("gpt-4o", "", false, "openai openai gpt-4o true")
	f("claude-sonnet-4-5", "", false, "anthropic anthropic claude-sonnet-4-5 true")
	f("azure/my/deployment", "", false, "azure azure my/deployment true")
	f("bedrock/converse/eu.x", "", false, "bedrock bedrock eu.x true")
	f("together_ai/meta/llama", "", false, "together_ai together meta/llama true")
	f("hosted_vllm/x", "", true, "hosted_vllm vllm x true")
	f("x", "groq", false, "groq groq x true")
	f("unheard-of", "", true, "openai openai unheard-of true")
	f("unheard-of", "", false, "openai openai unheard-of false")
	f("petals/x", "", true, "petals  x false")
}

// TestAddress puts addresses into the form of ours.
func TestAddress(t *testing.T) {
	b := &bifrost{}
	f := func(kind, url, want string) {
		t.Helper()
		if got := b.based(url, kind); got != want {
			t.Errorf("%s %s: %s, want %s", kind, url, got, want)
		}
	}
	f("openai", "https://api.openai.com", "https://api.openai.com/v1")
	f("openai", "https://x/v1", "https://x/v1")
	f("openai", "", "")
	f("gemini", "https://x/v1beta", "https://x")
	f("groq", "https://api.groq.com/openai", "https://api.groq.com/openai/v1")
	f("cohere", "https://api.cohere.ai", "https://api.cohere.ai")
	f("openai-compatible", "http://h:1", "http://h:1/v1")

	p := func(base string, want bool) {
		t.Helper()
		if private(base) != want {
			t.Errorf("%s: private is not %v", base, want)
		}
	}
	p("http://10.0.0.1:8000/v1", true)
	p("http://ollama:11434", true)
	p("http://localhost:1", false)
	p("https://api.example.com", false)
	p("${VARIABLE}/v1", false)
}
