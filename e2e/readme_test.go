package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The configuration in the README is valid.
func TestReadmeConfiguration(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```yaml\n")
	yaml, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("the README shows no configuration")
	}
	file := filepath.Join(t.TempDir(), "asbru.yaml")
	write(t, file, yaml)
	env := []string{"OPENAI_API_KEY=sk-x", "MISTRAL_API_KEY=x", "TENANT_12=vk-0123456789abcdef"}
	out, _ := asbru(t, 0, env, "check", "--strict", file)
	if !strings.Contains(out, "ok: 3 providers, 1 alias, 1 virtual key") {
		t.Errorf("check says %s", out)
	}
	out, _ = asbru(t, 0, env, "explain", "--key", "tenant-12", "--model", "fast", file)
	if !strings.Contains(out, "openai/gpt-4o-mini") {
		t.Errorf("explain says %s", out)
	}
}
