package hotpath

import (
	"os"
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/hotpath/http1"
)

// docs/HEADERS.md names every header that goes on or comes back.
func TestHeadersAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/HEADERS.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ToLower(string(page))
	f := func(name string) {
		t.Helper()
		if name != "" && !strings.Contains(text, "`"+strings.ToLower(name)) {
			t.Errorf("docs/HEADERS.md does not name %s", name)
		}
	}
	for id := range http1.NumFieldIDs {
		if forwarded[id] || answered[id] || crossed[id] {
			f(id.String())
		}
	}
	for _, d := range []*core.Dialect{openai.API, anthropic.API, gemini.API, adapters.Bedrock, cohere.API, ollama.API} {
		f(d.IDHeader)
		for _, name := range append(append([]string(nil), d.Forward...), d.Answered...) {
			f(name)
		}
	}
	for _, name := range []string{extraHeader, "x-bf-vk", "x-model-provider", "x-bf-compat", "x-bf-passthrough-extra-params", "x-bf-send-back-raw-request", "x-bf-send-back-raw-response", "x-bf-dropped-params", "x-amzn-errortype", "server-timing", "x-request-id"} {
		f(name)
	}
}
