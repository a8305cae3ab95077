package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestImport(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("config.json", `{"providers": {"openai": {"keys": [{"name": "main", "value": "sk-literal", "weight": 1, "models": ["*"]}]}},
 "mcp": {"client_configs": []}}`)
	out, errs := run(t, OK, "import", "bifrost", good)
	if want := "      - name: main\n        value: env.OPENAI_MAIN\n"; !strings.Contains(out, want) {
		t.Errorf("the document is %q, want %q in it", out, want)
	}
	for _, want := range []string{good + ":1: warning: providers.openai.keys[0].value: is a secret in the file", good + ":2: warning: mcp: is left out",
		good + ": imported: 1 provider, 0 aliases, 0 virtual keys; 3 fields to look at\n"} {
		if !strings.Contains(errs, want) {
			t.Errorf("told %q, want %q", errs, want)
		}
	}
	if out, _ = run(t, OK, "import", "--with-secrets", "bifrost", good); !strings.Contains(out, "value: sk-literal\n") {
		t.Errorf("with secrets the document is %q", out)
	}
	if _, errs = run(t, OK, "import", "bifrost", good, "--quiet"); strings.Count(errs, "\n") != 1 {
		t.Errorf("quietly it tells %q", errs)
	}
	run(t, Problem, "import", "--strict", "bifrost", good)

	// What was made of it can be checked, and so can the file itself.
	run(t, OK, "check", file("asbru.yaml", out))
	if out, _ = run(t, OK, "check", good); !strings.Contains(out, "config.json: ok: 1 provider") {
		t.Errorf("check of the file itself says %q", out)
	}

	out, errs = run(t, Problem, "import", "litellm", good)
	if out != "" || !strings.Contains(errs, "cannot be imported: ") {
		t.Errorf("of a file of another format: %q and %q", out, errs)
	}
	run(t, Problem, "import", "bifrost", filepath.Join(dir, "absent"))
	run(t, Usage, "import", "bifrost")
	if _, errs = run(t, Usage, "import", "portkey", good); !strings.Contains(errs, `there is no format "portkey"; they are bifrost | litellm`) {
		t.Errorf("told %q", errs)
	}
}
