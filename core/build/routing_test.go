package build

import (
	"fmt"
	"strings"
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/config"
)

// head is a core.Head for tests; names are in lower case, and "?" is the query.
type head map[string]string

func (h head) Field(name string) ([]byte, bool) {
	v, ok := h[name]
	return []byte(v), ok
}

// premium is a head of one field that is found without an allocation.
type premium struct{ head }

var premiumTier = []byte("premium")

func (premium) Field(name string) ([]byte, bool) { return premiumTier, name == "x-tier" }

func (h head) Query() []byte { return []byte(h["?"]) }

// ruledBy is seeds with the rules of a document.
func ruledBy(rules ...config.Rule) *config.Document {
	doc := seeds()
	doc.Providers[0].APIKey = config.Secret{}
	doc.Providers[0].Keys = []config.Key{{Name: "a", Value: secret("sk-a")}, {Name: "b", Value: secret("sk-b")}, {Name: "off", Value: secret("sk-off"), Weight: new(int)}}
	doc.VirtualKeys = []config.VirtualKey{
		{Name: "ci", Key: secret("secret-of-ci"), Team: "platform", Customer: "acme"},
		{Name: "dev", Key: secret("secret-of-dev"), Team: "platform"},
		{Name: "tight", Key: secret("secret-of-tight"), AllowedModels: []string{"gpt-4o", "mistral/*", "eu-secure"}},
	}
	for i := range rules {
		if rules[i].Name == "" {
			rules[i].Name = fmt.Sprintf("r%d", i)
		}
	}
	doc.Routing.Rules = rules
	return doc
}

func to(targets ...config.RuleTarget) []config.RuleTarget { return targets }

func model(name string) config.RuleTarget { return config.RuleTarget{Model: name} }

func at(provider, model string) config.RuleTarget {
	return config.RuleTarget{Provider: provider, Model: model}
}

// by finds a virtual key by its name.
func by(t *testing.T, s *core.Snapshot, name string) *core.VirtualKey {
	t.Helper()
	for _, k := range s.Keys {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no key %q", name)
	return nil
}

// ruledTo admits a request and tells where it would go: the targets that a failure
// each would lead through, the model sent to those that name none, and the rule.
func ruledTo(t *testing.T, s *core.Snapshot, key, model string, h head) string {
	t.Helper()
	k := by(t, s, key)
	x := &core.Exchange{Snap: s, Key: k, Op: core.OpChat, From: openai.API, Plan: &k.Policy.Plans[core.OpChat]}
	x.Peek.Model = []byte(model)
	if h != nil {
		x.Head = h
	}
	x.Route, x.Name = s.Resolve(x.Peek.Model)
	if core.Run(x, x.Plan.Admit) == core.Refuse {
		return fmt.Sprint(x.Fault.Code, ": ", x.Fault.Message)
	}
	var went []string
	for {
		target, key := x.Route.Pick(x, x.Attempts())
		if target == nil {
			break
		}
		name := target.Name
		if target.Model == "" {
			name += "(" + string(x.Name) + ")"
		}
		if len(target.Keys) == 1 && target.Provider == "openai" {
			name += "#" + key.Name
		}
		went = append(went, name)
		x.Begin(target, key).Status = 500
	}
	return strings.Join(append(went, x.Rule), " ")
}

func TestRules(t *testing.T) {
	s, _ := must(t, ruledBy(
		config.Rule{Name: "everybody", When: `model == "gpt-4o" && headers["x-tier"] == "free"`, Targets: to(at("mistral", "small"))},
		config.Rule{Name: "late", Priority: 5, When: `model == "gpt-4o"`, Targets: to(at("mistral", "late"))},
		config.Rule{Name: "early", Priority: -5, When: `provider == "openai" && params["early"] == "1"`, Targets: to(at("ollama", ""))},
		config.Rule{Name: "team", Scope: config.Scope{Team: "platform"}, When: `headers["x-who"] == "team"`, Targets: to(at("ollama", "team"))},
		config.Rule{Name: "customer", Scope: config.Scope{Customer: "acme"}, When: `"x-who" in headers`, Targets: to(at("ollama", "customer"))},
		config.Rule{Name: "key", Scope: config.Scope{Key: "ci"}, When: `headers["x-who"] == "key" || virtual_key_name != "ci"`, Targets: to(at("ollama", "key"))},
		config.Rule{Name: "off", Disabled: true, Targets: to(at("ollama", "off"))},
	), nil)
	f := func(key, model string, h head, want string) {
		t.Helper()
		if got := ruledTo(t, s, key, model, h); got != want {
			t.Errorf("%s asks for %s: got %q, want %q", key, model, got, want)
		}
	}
	f("ci", "o1-mini", nil, "openai(o1-mini) ")
	f("ci", "gpt-4o", nil, "mistral/late late")
	f("ci", "openai/gpt-4o", head{"x-tier": "free"}, "mistral/small everybody")
	f("ci", "openai/o1", head{"?": "early=1"}, "ollama(o1) early")
	f("ci", "gpt-4o", head{"?": "early=1", "x-who": "key"}, "ollama/key key")
	f("ci", "gpt-4o", head{"x-who": "team"}, "ollama/team team")
	f("ci", "gpt-4o", head{"x-who": "else"}, "ollama/customer customer")
	f("dev", "gpt-4o", head{"x-who": "team"}, "ollama/team team")
	f("dev", "gpt-4o", head{"x-who": "key"}, "mistral/late late")
}

func TestRuleTargets(t *testing.T) {
	none := new(int)
	f := func(r config.Rule, asked, want string) {
		t.Helper()
		s, _ := must(t, ruledBy(r), nil)
		if got := ruledTo(t, s, "ci", asked, nil); got != want+" r0" {
			t.Errorf("%+v: got %q, want %q", r, got, want)
		}
	}
	f(config.Rule{Targets: to(at("mistral", "x"))}, "gpt-4o", "mistral/x")
	f(config.Rule{Targets: to(at("ollama", ""))}, "openai/gpt-4o", "ollama(gpt-4o)")
	f(config.Rule{Targets: to(at("ollama", ""))}, "fast-cheap", "ollama(mistral-small-2410)")
	f(config.Rule{Targets: to(model("eu-secure"))}, "gpt-4o", "mistral/mistral-large-2411 openai/gpt-4o")
	f(config.Rule{Targets: to(model("o1-mini"))}, "gpt-4o", "openai/o1-mini")
	f(config.Rule{Targets: to(model("ollama/x"))}, "gpt-4o", "ollama/x")
	f(config.Rule{Targets: to(at("mistral", "x")), Fallbacks: []string{"openai/", "eu-secure"}}, "gpt-4o", "mistral/x openai(gpt-4o) mistral/mistral-large-2411")
	f(config.Rule{Targets: to(at("mistral", "x")), Fallbacks: []string{"openai/"}}, "fast-cheap", "mistral/x openai(mistral-small-2410)")
	f(config.Rule{Targets: to(at("mistral", ""), config.RuleTarget{Provider: "ollama", Weight: none}), Fallbacks: []string{"openai/y"}}, "mistral/z", "mistral(z) openai/y ollama(z)")
	f(config.Rule{Targets: to(config.RuleTarget{Provider: "openai", Model: "gpt-4o", Key: "b"})}, "gpt-4o", "openai/gpt-4o#b")
	f(config.Rule{Targets: to(config.RuleTarget{Provider: "openai", Key: "a"})}, "gpt-4o", "openai(gpt-4o)#a")
}

func TestRuleChains(t *testing.T) {
	rules := []config.Rule{
		{Name: "one", When: `model == "gpt-4o"`, Targets: to(model("eu-secure")), Chain: true},
		{Name: "two", When: `model == "eu-secure" && provider == "mistral"`, Targets: to(at("ollama", "")), Chain: true},
		{Name: "back", When: `provider == "ollama"`, Targets: to(model("gpt-4o")), Chain: true},
	}
	s, _ := must(t, ruledBy(rules...), nil)
	if got, want := ruledTo(t, s, "ci", "gpt-4o", nil), "openai/gpt-4o back"; got != want {
		t.Errorf("a circle leads to %q, want %q", got, want)
	}
	rules[2].Disabled = true
	s, _ = must(t, ruledBy(rules...), nil)
	if got, want := ruledTo(t, s, "ci", "gpt-4o", nil), "ollama(mistral-large-2411) two"; got != want {
		t.Errorf("a chain leads to %q, want %q", got, want)
	}
	long := make([]config.Rule, maxChain+5)
	for i := range long {
		long[i] = config.Rule{Targets: to(at("ollama", fmt.Sprint(i))), Chain: true}
	}
	s, _ = must(t, ruledBy(long...), nil)
	if got, want := ruledTo(t, s, "ci", "gpt-4o", nil), fmt.Sprintf("ollama/%d r%d", maxChain-1, maxChain-1); got != want {
		t.Errorf("a long chain leads to %q, want %q", got, want)
	}
}

// Where a rule leads is judged like what was asked for.
func TestRulesKeepScope(t *testing.T) {
	f := func(r config.Rule, asked, want string) {
		t.Helper()
		s, _ := must(t, ruledBy(r), nil)
		if got := ruledTo(t, s, "tight", asked, nil); got != want {
			t.Errorf("%+v: got %q, want %q", r, got, want)
		}
	}
	const refused = `forbidden: rule "r0" leads requests for model "gpt-4o" to one that key "tight" may not use`
	f(config.Rule{Targets: to(at("mistral", "any"))}, "gpt-4o", "mistral/any r0")
	f(config.Rule{Targets: to(at("mistral", ""))}, "gpt-4o", "mistral(gpt-4o) r0")
	f(config.Rule{Targets: to(at("openai", ""))}, "gpt-4o", "openai(gpt-4o) r0")
	f(config.Rule{Targets: to(model("eu-secure"))}, "gpt-4o", "mistral/mistral-large-2411 openai/gpt-4o r0")
	f(config.Rule{Targets: to(model("fast-cheap"))}, "gpt-4o", refused)
	f(config.Rule{Targets: to(at("openai", "o1"))}, "gpt-4o", refused)
	f(config.Rule{Targets: to(at("ollama", ""))}, "gpt-4o", refused)
	f(config.Rule{Targets: to(config.RuleTarget{Provider: "openai", Model: "o1", Key: "a"})}, "gpt-4o", refused)
	f(config.Rule{Targets: to(at("openai", ""))}, "eu-secure", strings.Replace(refused, "gpt-4o", "eu-secure", 1))
	// after a permitted target only permitted ones are tried
	f(config.Rule{Targets: to(at("mistral", "x")), Fallbacks: []string{"ollama/x", "openai/o1", "openai/", "gpt-4o"}}, "gpt-4o", "mistral/x openai/gpt-4o r0")
	f(config.Rule{Targets: to(at("mistral", "x"), config.RuleTarget{Provider: "ollama", Weight: new(int)})}, "gpt-4o", "mistral/x r0")
	// what may not be asked for stays so, wherever a rule would lead
	f(config.Rule{Targets: to(at("mistral", "x"))}, "fast-cheap", `forbidden: key "tight" may not use model "fast-cheap"; it may use "eu-secure", "gpt-4o", "mistral/*"`)
}

func TestRuleWeights(t *testing.T) {
	three := 3
	s, _ := must(t, ruledBy(config.Rule{Targets: to(at("mistral", "x"), config.RuleTarget{Provider: "ollama", Model: "y", Weight: &three}, config.RuleTarget{Provider: "ollama", Model: "z", Weight: new(int)})}), nil)
	seen := map[string]int{}
	for range 4000 {
		first, _, _ := strings.Cut(ruledTo(t, s, "ci", "gpt-4o", nil), " ") // the budget of retries ends the others early
		seen[first]++
	}
	if n := seen["mistral/x"]; n < 800 || n > 1200 {
		t.Errorf("one in four goes to mistral: %v", seen)
	}
	if len(seen) != 2 || seen["ollama/y"] == 0 {
		t.Errorf("seen %v", seen)
	}
}

func TestRulesCostNothingWhenOff(t *testing.T) {
	s, _ := must(t, ruledBy(config.Rule{Disabled: true, Targets: to(at("ollama", "x"))}), nil)
	if n := len(by(t, s, "ci").Policy.Plans[core.OpChat].Admit); n != 0 {
		t.Errorf("%d stages without a rule", n)
	}
	s, _ = must(t, ruledBy(config.Rule{Targets: to(at("ollama", "x"))}), nil)
	p := &by(t, s, "ci").Policy.Plans
	if len(p[core.OpEmbed].Steps) != 2 || p[core.OpEmbed].Steps[0] != (core.Step{Point: "admit", Name: "rules", From: "routing.rules"}) || len(p[core.OpModels].Admit) != 0 {
		t.Errorf("steps %v", p[core.OpEmbed].Steps)
	}
	x := &core.Exchange{Snap: s, Key: by(t, s, "ci"), Fixed: true}
	x.Peek.Model = []byte("gpt-4o")
	x.Route, x.Name = s.Resolve(x.Peek.Model)
	if r := x.Route; core.Run(x, p[core.OpPass].Admit) != core.Continue || x.Route != r {
		t.Error("a request through a provider's own door is led elsewhere")
	}
}

func TestRuleProblems(t *testing.T) {
	f := func(r config.Rule, want string) {
		t.Helper()
		s, problems, _ := Compile(ruledBy(r), nil, fakeDeps())
		if s != nil || len(problems) != 1 || problems[0].String() != want {
			t.Errorf("%+v: got %v, want %s", r, problems, want)
		}
	}
	key := func(model, key string) []config.RuleTarget {
		return to(config.RuleTarget{Provider: "openai", Model: model, Key: key})
	}
	f(config.Rule{Targets: key("x", "c")}, `routing.rules[0].targets[0].key: is "c", which is no key of openai; hint: did you mean "a"?`)
	f(config.Rule{Targets: key("x", "off")}, `routing.rules[0].targets[0].key: is "off", which has weight 0 and is never used`)
	f(config.Rule{Targets: to(at("opanai", "x"))}, `routing.rules[0].targets[0].provider: is "opanai", which is no provider's name; hint: did you mean "openai"?`)
	f(config.Rule{Targets: to(model("nobody/x"))}, `routing.rules[0].targets[0].model: is "nobody/x", which no provider serves; hint: known are eu-secure, fast-cheap`)
	f(config.Rule{When: "modle", Targets: to(model("gpt-4o"))}, `routing.rules[0].when: nothing is called "modle"; hint: did you mean model?`)
}
