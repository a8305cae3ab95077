package build

import (
	"fmt"
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/config"
)

// ask admits a request for model with the caller's fallbacks, as the hot path
// does, and returns the fault, nil when it goes on.
func ask(s *core.Snapshot, k *core.VirtualKey, op core.Op, model string, fallbacks ...string) *core.Fault {
	x := &core.Exchange{Snap: s, Key: k, Op: op, Plan: &k.Policy.Plans[op]}
	x.Peek.Model = []byte(model)
	for i, f := range fallbacks {
		x.Peek.Fallbacks[i] = []byte(f)
	}
	x.Route, x.Name = s.Resolve(x.Peek.Model)
	core.Run(x, x.Plan.Admit)
	return x.Fault
}

func keyFor(t *testing.T, doc *config.Document, allowed ...string) (*core.Snapshot, *core.VirtualKey) {
	t.Helper()
	doc.VirtualKeys = []config.VirtualKey{{Name: "ci", Key: secret("secret-of-ci"), AllowedModels: allowed}}
	s, _ := must(t, doc, nil)
	for _, k := range s.Keys {
		return s, k
	}
	return nil, nil
}

func TestScope(t *testing.T) {
	s, k := keyFor(t, seeds(), "eu-secure", "gpt-4o", "openai/o1-mini", "ollama/*")
	f := func(model string, want bool) {
		t.Helper()
		if got := ask(s, k, core.OpChat, model) == nil; got != want {
			t.Errorf("%s: allowed %v, want %v", model, got, want)
		}
	}
	f("eu-secure", true)
	f("gpt-4o", true)
	f("openai/gpt-4o", true) // the same model at the same provider
	f("o1-mini", true)
	f("openai/o1-mini", true)
	f("ollama/anything", true)

	f("fast-cheap", false)
	f("mistral/mistral-large-2411", false) // what is behind an alias is not allowed with it
	f("openai/gpt-4o-mini", false)
	f("gpt-4o-mini", false)
	f("openai/eu-secure", false)
	f("nobody-serves-this", false)
	f("", false)

	all, anyone := keyFor(t, seeds())
	if fault := ask(all, anyone, core.OpChat, "gpt-4o-mini"); fault != nil {
		t.Errorf("a key without rules: %v", fault)
	}
	if n := len(anyone.Policy.Plans[core.OpChat].Admit); n != 0 {
		t.Errorf("a key without rules pays for %d stages", n)
	}
}

func TestScopeOfAliasInWildcard(t *testing.T) {
	s, k := keyFor(t, seeds(), "mistral/*")
	if fault := ask(s, k, core.OpChat, "mistral/anything"); fault != nil {
		t.Errorf("mistral/anything: %v", fault)
	}
	// eu-secure falls back to openai, which this key may not use
	if fault := ask(s, k, core.OpChat, "eu-secure"); fault == nil {
		t.Error("an alias is allowed that nobody allowed")
	}
}

func TestScopeFaults(t *testing.T) {
	f := func(op core.Op, model string, fallbacks []string, param string, parts ...string) {
		t.Helper()
		s, k := keyFor(t, seeds(), "m1", "m2", "m3", "m4", "m5", "fast-cheap", "eu-secure")
		fault := ask(s, k, op, model, fallbacks...)
		if fault == nil {
			t.Fatalf("%s %v: allowed", model, fallbacks)
		}
		if fault.Code != core.Forbidden || fault.Param != param {
			t.Errorf("code %v param %q, want forbidden and %q", fault.Code, fault.Param, param)
		}
		for _, p := range parts {
			if !strings.Contains(fault.Message, p) {
				t.Errorf("message %q does not say %s", fault.Message, p)
			}
		}
	}
	f(core.OpChat, "gpt-4o", nil, "model", `key "ci"`, `model "gpt-4o"`, `"eu-secure", "fast-cheap", "m1", "m2", "m3" and 2 more`)
	f(core.OpEmbed, "gpt-4o", nil, "model", `model "gpt-4o"`)
	f(core.OpChat, "fast-cheap", []string{"eu-secure", "openai/gpt-4o"}, "fallbacks", `model "openai/gpt-4o"`)
	f(core.OpPass, "", nil, "", "does not name a model")
}

func TestEverything(t *testing.T) {
	_, k := keyFor(t, seeds(), "fast-cheap", "*")
	if k.Policy.Allows != nil || len(k.Policy.Plans[core.OpChat].Admit) != 0 {
		t.Error("* among the allowed models does not allow all")
	}
}

func TestPatterns(t *testing.T) {
	f := func(allowed, blocked []string, model string, want bool) {
		t.Helper()
		doc := seeds()
		doc.VirtualKeys = []config.VirtualKey{{Name: "ci", Key: secret("secret-of-ci"), AllowedModels: allowed, BlockedModels: blocked}}
		s, _ := must(t, doc, nil)
		if got := ask(s, s.Caller([]byte("secret-of-ci")), core.OpChat, model); (got == nil) != want {
			t.Errorf("allowed %q, blocked %q, %s: %v, want %v", allowed, blocked, model, got, want)
		}
	}
	type l = []string
	f(l{"gpt-4*"}, nil, "gpt-4o", true)
	f(l{"gpt-4*"}, nil, "openai/gpt-4o", true)
	f(l{"gpt-4*"}, nil, "gpt-5", false)
	f(l{"openai/gpt-4*"}, nil, "gpt-4o", true)
	f(l{"openai/gpt-4*"}, nil, "mistral/gpt-4o", false)
	f(l{"*/gpt-4*"}, nil, "mistral/gpt-4o", true)
	f(l{"fast-*"}, nil, "fast-cheap", true) // an alias by its own name
	f(l{"mistral-*"}, nil, "fast-cheap", false)
	f(l{"regex:^(gpt|o1)-"}, nil, "gpt-4o", true)
	f(l{"regex:^(gpt|o1)-"}, nil, "fast-cheap", false)
	f(l{"regex:^eu-"}, nil, "eu-secure", true)
	f(nil, l{"gpt-4o"}, "gpt-4o", false)
	f(nil, l{"gpt-4o"}, "openai/gpt-4o", false)
	f(nil, l{"gpt-4o"}, "gpt-4o-mini", true)
	f(nil, l{"openai/*"}, "gpt-4o", false)
	f(nil, l{"*-mini"}, "openai/gpt-4o-mini", false)
	f(nil, l{"*-mini"}, "fast-cheap", true)
	f(nil, l{"fast-cheap"}, "fast-cheap", false)
	f(nil, l{"mistral/mistral-small-2410"}, "fast-cheap", false) // what is behind an alias is blocked with it
	f(nil, l{"mistral-*"}, "fast-cheap", false)
	f(nil, l{"regex:small"}, "mistral/mistral-small-2410", false)
	f(nil, l{"gpt-4o"}, "", false) // what cannot be seen cannot be let through
	f(l{"gpt-*"}, l{"*-mini"}, "gpt-4o-mini", false)
	f(l{"gpt-*"}, l{"*-mini"}, "gpt-4o", true)
}

// TestContestedNamesAreBlocked holds that a block and a cap by a bare name last when a second provider comes to serve it.
func TestContestedNamesAreBlocked(t *testing.T) {
	doc := seeds()
	doc.Providers = append(doc.Providers, config.Provider{Name: "second", Type: "openai", APIKey: secret("k")})
	doc.VirtualKeys = []config.VirtualKey{{Name: "ci", Key: secret("secret-of-ci"), BlockedModels: []string{"gpt-4o", "new-model"}}}
	s, _ := must(t, doc, nil)
	for model, want := range map[string]bool{"openai/gpt-4o": false, "second/gpt-4o": false, "second/new-model": false, "second/gpt-4o-mini": true} {
		if got := ask(s, s.Caller([]byte("secret-of-ci")), core.OpChat, model); (got == nil) != want {
			t.Errorf("%s: %v, want %v", model, got, want)
		}
	}
	set := newModelSet(s, []string{"gpt-4o", "mistral-small-2410"}).anywhere(s, []string{"gpt-4o", "mistral-small-2410"}, false)
	for where, want := range map[string]bool{"openai gpt-4o": true, "second gpt-4o": true, "openai gpt-4o-mini": false, "mistral mistral-small-2410": true, "openai mistral-small-2410": false} {
		provider, model, _ := strings.Cut(where, " ")
		if got := set.has(s.Providers[provider], []byte(model)); got != want {
			t.Errorf("a cap counts %s: %v, want %v", where, got, want)
		}
	}
}

// Only here is it known that a name has too many servers.
func TestContestedNamesAreTold(t *testing.T) {
	doc := seeds()
	doc.Providers = append(doc.Providers, config.Provider{Name: "second", Type: "openai", APIKey: secret("k")})
	doc.VirtualKeys[0].AllowedModels = []string{"gpt-4o", "fast-cheap"}
	s, problems, _ := Compile(doc, nil, fakeDeps())
	if s == nil {
		t.Fatal(problems)
	}
	want := []string{"models[1].fallback[1]", "virtual_keys[0].allowed_models"}
	for i, p := range problems {
		if i >= len(want) || p.Path != want[i] || p.Severity != config.Warning || p.Hint != "write provider/gpt-4o" {
			t.Errorf("got %v, want a warning at each of %v", p, want)
		}
	}
	if len(problems) != len(want) {
		t.Errorf("%d problems, want %d", len(problems), len(want))
	}
	if got := lead(s, "eu-secure"); got != "mistral/mistral-large-2411" {
		t.Errorf("eu-secure leads to %s, want no guess between two providers", got)
	}
}

func TestSteps(t *testing.T) {
	_, k := keyFor(t, seeds(), "fast-cheap")
	f := func(op core.Op, want string) {
		t.Helper()
		got := ""
		for _, s := range k.Policy.Plans[op].Steps {
			got += fmt.Sprintln(s.Point, s.Name, s.From)
		}
		if got != want {
			t.Errorf("%v: got %s, want %s", op, got, want)
		}
	}
	f(core.OpChat, "admit scope virtual_keys[0].allowed_models\nbefore repeats repeats\nafter cost prices\nafter repeats repeats\n")
	f(core.OpModels, "before models virtual_keys[0].allowed_models\n")
}
