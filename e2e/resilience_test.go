package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"asbru/bench/mock"
)

// A stream that the provider cuts is continued by the next one, and a copy of the request is compared in the background.
func TestRescueAndShadow(t *testing.T) {
	cut := standIn(t, mock.Options{Fault: "cut-12", Tokens: 40})
	whole := standIn(t, mock.Options{Tokens: 40})
	g := serve(t, fmt.Sprintf(`
providers:
  - {name: frail, type: openai, base_url: %s, api_key: a-key-for-one}
  - {name: firm, type: openai, base_url: %s, api_key: a-key-for-two}
models:
  - alias: m
    targets: [{provider: frail}, {provider: firm, price: {input: 1, output: 2}}]
    rescue: continue
    shadow: {target: firm/other, share: 100%%, price: {input: 1, output: 1}}
`, cut, whole))
	res, err := http.Post(g.url("/v1/chat/completions"), "application/json", strings.NewReader(chatBody("m", `,"stream":true`)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	res.Body.Close()
	got := string(b)
	if err != nil || res.StatusCode != 200 || strings.Count(got, "[DONE]") != 1 || strings.Contains(got, `"error"`) || strings.Count(got, ": continued by firm/m\n") != 1 {
		t.Errorf("%v: got %d %s", err, res.StatusCode, got)
	}
	line := g.stderr.has(t, "shadow compared")
	main, _ := line["main"].(map[string]any)
	other, _ := line["shadow"].(map[string]any)
	if line["route"] != "m" || line["same_finish"] != true || main["target"] != "firm/m" || other["target"] != "firm/other" || other["whole"] != true || other["cost_usd"] == nil {
		t.Errorf("logged %v", line)
	}
	res, err = http.Get(g.url("/metrics"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ = io.ReadAll(res.Body)
	res.Body.Close()
	for _, want := range []string{
		`asbru_rescues_total{route="m",outcome="continued"} 1`,
		`asbru_shadows_total{route="m",target="firm/other",outcome="compared"} 1`,
		`asbru_requests_total{target="firm/m",provider="firm"} 1`, // the shadow is counted apart
	} {
		if !strings.Contains(string(b), want+"\n") {
			t.Errorf("no %s in the metrics", want)
		}
	}
	out, _ := asbru(t, 0, nil, "explain", "--model", "m", g.file)
	for _, want := range []string{"rescue", "shadow", "firm/other"} {
		if !strings.Contains(out, want) {
			t.Errorf("explain does not mention %s:\n%s", want, out)
		}
	}
}
