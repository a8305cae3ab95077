package importer

import (
	"strings"
	"testing"

	"asbru/core/config"
)

// TestDecode reads files that may be Bifrost's.
func TestDecode(t *testing.T) {
	env := known()
	env.Lookup = variables
	doc, problems := Decode("config.json", sample(t, "bifrost.json"), env)
	if doc == nil {
		t.Fatal(told(problems))
	}
	if got := doc.Providers[0].Keys[1].Value.Reveal(); got != "sk-literal-0123456789" {
		t.Errorf("a literal secret is %q", got)
	}
	if got := doc.Providers[0].Keys[0].Value.Reveal(); got != "value-of-openai-api-key" {
		t.Errorf("a secret in a variable is %q", got)
	}
	if got := doc.Providers[0].Headers["x-org"]; got != "value-of-org-id" {
		t.Errorf("a header is %q", got)
	}
	for _, k := range doc.VirtualKeys {
		if k.Name == "stopped" {
			t.Error("a virtual key without a value is there")
		}
	}

	// What is wrong with the document is told where the file says it.
	env.Lookup = func(name string) (string, bool) {
		if name == "VK_TENANT_12" {
			return "", false
		}
		return variables(name)
	}
	doc, problems = Decode("config.json", sample(t, "bifrost.json"), env)
	if doc != nil || !strings.Contains(told(problems), "config.json:121: virtual_keys[0].key: environment variable VK_TENANT_12 is not set") {
		t.Errorf("told %s", told(problems))
	}
	late := []config.Problem{{Path: "providers[1].keys[0].value", Message: "m"}, {Path: "listen", Message: "m"}}
	Locate("config.json", sample(t, "bifrost.json"), env, late)
	if late[0].Line != 57 || late[1].Line != 0 {
		t.Errorf("located at %d and %d, want 57 and nowhere", late[0].Line, late[1].Line)
	}
}

// TestForeign tells Bifrost's files from ours.
func TestForeign(t *testing.T) {
	f := func(name, text string, want bool) {
		t.Helper()
		if got := foreign(name, []byte(text)); got != want {
			t.Errorf("%s %s: %v", name, text, got)
		}
	}
	f("config.json", `{"providers": {"openai": {}}}`, true)
	f("config", `{"providers": {}}`, true)
	f("config.json", `{"providers": [{"name": "openai"}]}`, false)
	f("config.json", `{"listen": ":1"}`, false)
	f("config.json", `{`, false)
	f("asbru.yaml", `providers: {openai: {}}`, false)
	f("asbru", "providers:\n  - name: a\n", false)

	env := known()
	env.Lookup = variables
	text := `{"providers": [{"name": "openai", "api_key": "env.K"}], "listn": 1}`
	_, ours := config.Decode("a.json", []byte(text), env)
	_, theirs := Decode("a.json", []byte(text), env)
	if told(ours) != told(theirs) {
		t.Errorf("of a document of ours Decode tells %s, config.Decode %s", told(theirs), told(ours))
	}
}
