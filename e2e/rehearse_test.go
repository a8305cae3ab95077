package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"asbru/bench/mock"
)

// A recording made through the gateway is replayed without a provider, and a script spoils answers so that the fallback has to
// serve.
func TestRehearse(t *testing.T) {
	dir := t.TempDir()
	tape, script := filepath.Join(dir, "tape"), filepath.Join(dir, "script")
	lanes := func(t *testing.T, config string, f func(g *gateway)) {
		lanes(t, config, func(t *testing.T, g *gateway) { f(g) })
	}
	base := standIn(t, mock.Options{})
	var want string
	lanes(t, fmt.Sprintf("providers: [{name: openai, base_url: %q, api_key: sk-live-0123456789, upstream: %q}]", base, "record:"+tape), func(g *gateway) {
		a := chat(t, g, "gpt-4o", "")
		if want = a.body; a.status != 200 {
			t.Errorf("recording: %d %s", a.status, a.body)
		}
		g.signal(syscall.SIGTERM)
		g.ends(0)
	})
	if b, err := os.ReadFile(tape); err != nil || strings.Contains(string(b), "sk-live") {
		t.Fatalf("%v: %s", err, b)
	}
	lanes(t, fmt.Sprintf("providers: [{name: openai, upstream: %q}]", "replay:"+tape), func(g *gateway) {
		if a := chat(t, g, "gpt-4o", ""); a.status != 200 || !sameWords(a.body, want) {
			t.Errorf("replay: %d %s, recorded %s", a.status, a.body, want)
		}
	})
	write(t, script, "model broken: status 503\nstream: cut 150\n")
	config := fmt.Sprintf(`
providers:
  - {name: openai, upstream: %q}
  - {name: mistral, upstream: %q}
models: [{alias: m, provider: openai, model: broken, fallback: [mistral/well]}]`, "chaos:"+script, "chaos:"+script)
	lanes(t, config, func(g *gateway) {
		if a := chat(t, g, "m", ""); a.status != 200 || !strings.Contains(a.body, `"well"`) {
			t.Errorf("fallback: %d %s", a.status, a.body)
		}
		if a := chat(t, g, "mistral/well", `,"stream":true`); a.status != 200 && a.status != 502 || strings.Contains(a.body, "[DONE]") {
			t.Errorf("a stream that is cut: %d %s", a.status, a.body)
		}
	})
	write(t, script, "always: explode\n")
	_, stderr := asbru(t, 1, nil, "check", config1(t, dir, fmt.Sprintf("providers: [{name: openai, upstream: %q}]", "chaos:"+script)))
	if !strings.Contains(stderr, `line 1: there is no action "explode"`) {
		t.Errorf("check says %s", stderr)
	}
}

func config1(t *testing.T, dir, text string) string {
	path := filepath.Join(dir, "bad.yaml")
	write(t, path, text)
	return path
}

// sameWords reports whether two answers of the stand-in are equal except for ids and times.
func sameWords(a, b string) bool {
	cut := func(s string) string {
		_, s, _ = strings.Cut(s, `"choices"`)
		return s
	}
	return cut(a) != "" && cut(a) == cut(b)
}
