package build

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
)

// admitted is a request for model after Admit, as the hot path begins it.
func admitted(s *core.Snapshot, k *core.VirtualKey, model string, h head) *core.Exchange {
	x := &core.Exchange{Snap: s, Key: k, Op: core.OpChat, Plan: &k.Policy.Plans[core.OpChat], From: s.Targets[0].Faces[0].Dialect, Head: h}
	x.Peek.Model = []byte(model)
	x.Route, x.Name = k.Lead(s, x.Peek.Model)
	core.Run(x, x.Plan.Admit)
	return x
}

// governed compiles the seeds with one key.
func governed(t *testing.T, change func(d *config.Document, k *config.VirtualKey)) (*core.Snapshot, *core.VirtualKey) {
	t.Helper()
	doc := seeds()
	doc.Providers[0].APIKey = config.Secret{}
	doc.Providers[0].Keys = []config.Key{{Name: "one", Value: secret("sk-1")}, {Name: "two", Value: secret("sk-2")}}
	doc.VirtualKeys = []config.VirtualKey{{Name: "ci", Key: secret("secret-of-ci"), Team: "platform"}}
	doc.Teams = []config.Team{{Name: "platform", Customer: "acme"}}
	change(doc, &doc.VirtualKeys[0])
	s, _ := must(t, doc, nil)
	return s, s.Caller([]byte("secret-of-ci"))
}

func TestCallersOfAllKinds(t *testing.T) {
	pepper := core.NewPepper([]byte(strings.Repeat("p", 32)))
	sum := pepper.Sum([]byte("secret-of-b"))
	yes, no := true, false
	doc := seeds()
	doc.Governance = config.Governance{Pepper: secret(strings.Repeat("p", 32)), ContentLogging: true}
	doc.Teams = []config.Team{{Name: "platform", Customer: "acme"}}
	doc.VirtualKeys = []config.VirtualKey{
		{Name: "a", Key: secret("secret-of-a"), Team: "platform", Expires: "2027-01-31T00:00:00Z", ContentLogging: &no,
			Previous: []config.OldKey{{Key: secret("old-of-a"), Until: "2026-12-31T00:00:00Z"}, {Key: secret("older-of-a"), Until: "2028-01-01T00:00:00Z"}}},
		{Name: "b", Digest: fmt.Sprintf("%x", sum), Team: "platform", Customer: "other", ContentLogging: &yes},
		{Name: "c", Key: secret("secret-of-c"), Disabled: true},
	}
	s, _ := must(t, doc, nil)
	f := func(secret, name, customer string, ends int64, old, disabled, content bool) {
		t.Helper()
		k := s.Caller([]byte(secret))
		if name == "" {
			if k != nil {
				t.Errorf("%s is %s", secret, k.Name)
			}
			return
		}
		if k == nil || k.Name != name || k.Customer != customer || k.Ends != ends || k.Old != old || k.Disabled != disabled || k.Content != content {
			t.Errorf("%s is %+v", secret, k)
		}
	}
	const jan, dec = 1801353600, 1798675200
	f("secret-of-a", "a", "acme", jan, false, false, false)
	f("old-of-a", "a", "acme", dec, true, false, false)
	f("older-of-a", "a", "acme", jan, true, false, false) // no longer than the key itself
	f("secret-of-b", "b", "other", 0, false, false, true)
	f("secret-of-c", "c", "", 0, false, true, true)
	f(doc.VirtualKeys[1].Digest, "", "", 0, false, false, false) // a digest is no credential
	f("secret-of-d", "", "", 0, false, false, false)
	if a, old := s.Caller([]byte("secret-of-a")), s.Caller([]byte("old-of-a")); a.Tally != old.Tally || a.Policy != old.Policy {
		t.Error("a key is counted apart under its old credential")
	}

	doc.VirtualKeys = append(doc.VirtualKeys, config.VirtualKey{Name: "d", Key: secret("old-of-a")})
	if s, problems, _ := Compile(doc, nil, fakeDeps()); s != nil || !strings.Contains(problems[0].Message, "virtual_keys[0].previous[0]") {
		t.Errorf("two callers with one secret: %v", problems)
	}
}

func TestPepperOfTheProcess(t *testing.T) {
	doc := seeds()
	one, _ := must(t, doc, nil)
	two, _ := must(t, doc, one)
	other, _ := must(t, doc, nil)
	if one.Pepper != two.Pepper || !one.Pepper.IsRandom() || one.Pepper.Sum([]byte("x")) == other.Pepper.Sum([]byte("x")) {
		t.Error("the pepper of a process is not kept, or is that of another one")
	}
	doc.Governance.Pepper = secret(strings.Repeat("p", 32))
	three, _ := must(t, doc, two)
	if three.Pepper.IsRandom() || three.Caller([]byte("vk-0123456789abcdef")) == nil {
		t.Error("the document's pepper is not used")
	}
}

func TestReach(t *testing.T) {
	f := func(change func(k *config.VirtualKey), model, kind string) {
		t.Helper()
		s, k := governed(t, func(_ *config.Document, k *config.VirtualKey) { change(k) })
		x := admitted(s, k, model, nil)
		got := ""
		if x.Fault != nil {
			got = x.Fault.Kind
			if x.Fault.HTTP() != 403 {
				t.Errorf("%s: status %d", model, x.Fault.HTTP())
			}
		}
		if got != kind {
			t.Errorf("%s: %v, want %q", model, x.Fault, kind)
		}
		if target, _ := x.Route.Pick(x, nil); x.Fault == nil && target == nil {
			t.Errorf("%s: nobody serves it", model)
		}
	}
	only := func(p ...config.KeyProvider) func(k *config.VirtualKey) {
		return func(k *config.VirtualKey) { k.Providers = p }
	}
	f(only(config.KeyProvider{Provider: "openai"}), "gpt-4o", "")
	f(only(config.KeyProvider{Provider: "openai"}), "fast-cheap", "provider_blocked")
	f(only(config.KeyProvider{Provider: "mistral"}), "eu-secure", "")
	f(only(config.KeyProvider{Provider: "openai", AllowedModels: []string{"gpt-4o", "o1-*"}}), "gpt-4o", "")
	f(only(config.KeyProvider{Provider: "openai", AllowedModels: []string{"gpt-4o", "o1-*"}}), "openai/o1-mini", "")
	f(only(config.KeyProvider{Provider: "openai", AllowedModels: []string{"gpt-4o", "o1-*"}}), "gpt-4.1", "model_blocked")
	f(only(config.KeyProvider{Provider: "openai", BlockedModels: []string{"regex:mini$"}}), "gpt-4o-mini", "model_blocked")
	f(only(config.KeyProvider{Provider: "openai", BlockedModels: []string{"regex:mini$"}}), "gpt-4o", "")
	f(func(k *config.VirtualKey) { k.BlockedProviders = []string{"mistral"} }, "fast-cheap", "provider_blocked")
	f(func(k *config.VirtualKey) { k.BlockedProviders = []string{"mistral"} }, "gpt-4o", "")
	f(func(k *config.VirtualKey) { k.BlockedProviders = []string{"mistral"} }, "eu-secure", "") // its fallback is at openai
	f(func(k *config.VirtualKey) { k.BlockedModels = []string{"mistral-*"} }, "fast-cheap", "model_blocked")
}

func TestPinnedKeys(t *testing.T) {
	s, k := governed(t, func(_ *config.Document, k *config.VirtualKey) {
		k.Providers = []config.KeyProvider{{Provider: "openai", Keys: []string{"two"}}}
	})
	for range 10 {
		x := admitted(s, k, "gpt-4o", nil)
		target, key := x.Route.Pick(x, nil)
		if target == nil || key.Name != "two" {
			t.Fatalf("it is served by %v with %v", target, key)
		}
		x.Begin(target, key).Status = 429
		if target, key := x.Route.Pick(x, x.Attempts()); target != nil && key.Name != "two" {
			t.Fatalf("after a failure it is served by %s with %s", target.Name, key.Name)
		}
	}
}

func TestSharedNames(t *testing.T) {
	three, one, none := 3, 1, 0
	s, k := governed(t, func(d *config.Document, k *config.VirtualKey) {
		d.Providers[1].Models = []string{"gpt-4o", "mistral-*"}
		k.Providers = []config.KeyProvider{{Provider: "openai", Weight: &three}, {Provider: "mistral", Weight: &one}, {Provider: "ollama", Weight: &none, AllowedModels: []string{"gpt-4o"}}}
	})
	served := map[string]int{}
	for range 400 {
		x := admitted(s, k, "gpt-4o", nil)
		if x.Fault != nil {
			t.Fatal(x.Fault)
		}
		target, _ := x.Route.Pick(x, nil)
		served[target.Name]++
		if string(x.Name) != "gpt-4o" {
			t.Fatalf("it is sent %s", x.Name)
		}
	}
	if served["openai"] != 300 || served["mistral"] != 100 || served["ollama"] != 0 {
		t.Errorf("%v", served)
	}
	x := admitted(s, k, "gpt-4o", nil)
	first, key := x.Route.Pick(x, nil)
	x.Begin(first, key).Status = 500
	second, key := x.Route.Pick(x, x.Attempts())
	x.Begin(second, key).Status = 500
	if third, _ := x.Route.Pick(x, x.Attempts()); third == nil || third.Provider != "ollama" {
		t.Errorf("when the others fail it is served by %v", third)
	}
	if x := admitted(s, k, "mistral-large", nil); x.Fault != nil || x.Route != s.Providers["mistral"] {
		t.Errorf("what one of them serves is led to %v, %v", x.Route, x.Fault)
	}
}

func TestRequiredHeaders(t *testing.T) {
	s, k := governed(t, func(d *config.Document, k *config.VirtualKey) {
		d.Governance.RequiredHeaders = []string{"X-Tenant"}
		k.RequiredHeaders = []string{"x-cost-center", "x-tenant"}
	})
	if x := admitted(s, k, "gpt-4o", head{"x-tenant": "a", "x-cost-center": "b"}); x.Fault != nil {
		t.Error(x.Fault)
	}
	x := admitted(s, k, "gpt-4o", head{"x-tenant": ""})
	if x.Fault == nil || x.Fault.HTTP() != 400 || !strings.Contains(x.Fault.Message, `"x-cost-center", "x-tenant"`) {
		t.Errorf("it is %v", x.Fault)
	}
}

func TestLimitsOfTheHierarchy(t *testing.T) {
	limits := func(n int) []config.RateLimit { return []config.RateLimit{{Requests: n}} }
	now := int64(0)
	doc := seeds()
	doc.RateLimits = []config.RateLimit{{Calls: 100}}
	doc.Customers = []config.Customer{{Name: "acme", RateLimits: limits(5)}}
	doc.Teams = []config.Team{{Name: "platform", Customer: "acme", RateLimits: limits(4)}}
	doc.Models[0].RateLimits = limits(1)
	doc.Providers[0].RateLimits = limits(2)
	doc.VirtualKeys = []config.VirtualKey{
		{Name: "a", Key: secret("secret-of-a"), Team: "platform", RateLimits: limits(3)},
		{Name: "b", Key: secret("secret-of-b"), Team: "platform"},
		{Name: "c", Key: secret("secret-of-c"), Customer: "acme"},
		{Name: "d", Key: secret("secret-of-d")},
	}
	deps := fakeDeps()
	deps.Clock = func() int64 { return now }
	s, problems, _ := Compile(doc, nil, deps)
	if s == nil {
		t.Fatal(problems)
	}
	f := func(caller, model string, holder string) {
		t.Helper()
		k := s.Caller([]byte("secret-of-" + caller))
		x := admitted(s, k, model, nil)
		switch {
		case x.Fault == nil && holder != "":
			t.Errorf("%s asks for %s and is let through", caller, model)
		case x.Fault != nil && (holder == "" || !strings.HasPrefix(x.Fault.Message, holder) || x.Fault.HTTP() != 429):
			t.Errorf("%s asks for %s: %v, want %s", caller, model, x.Fault, holder)
		case x.Fault == nil:
			if target, key := x.Route.Pick(x, nil); target != nil {
				x.Begin(target, key).Status = 200
			} else if holder = fmt.Sprint(x.Fault); !strings.Contains(holder, "limits set for the providers") {
				t.Errorf("%s asks for %s: %v", caller, model, x.Fault)
			}
			core.Run(x, x.Plan.After)
		}
	}
	f("a", "fast-cheap", "")
	f("a", "fast-cheap", `model "fast-cheap" has used its 1 requests a minute`)
	f("a", "mistral/x", "")
	f("a", "mistral/x", "")
	f("a", "mistral/x", `key "a"`)
	f("b", "mistral/x", "")
	f("b", "mistral/x", `team "platform"`)
	f("c", "mistral/x", "")
	f("c", "mistral/x", `customer "acme"`)
	f("d", "gpt-4o", "")
	f("d", "gpt-4o", "")
	x := admitted(s, s.Caller([]byte("secret-of-d")), "gpt-4o", nil)
	if target, _ := x.Route.Pick(x, nil); target != nil || x.Fault == nil || x.Fault.HTTP() != 429 || x.Fault.Retry != 30 {
		t.Errorf("the provider's limits: %v, %+v", target, x.Fault)
	}
	core.Run(x, x.Plan.After)
	next, problems, _ := Compile(doc, s, deps)
	if next == nil {
		t.Fatal(problems)
	}
	s = next
	f("c", "mistral/x", `customer "acme"`) // a reload opens nothing
	now = int64(time.Minute)
	f("c", "mistral/x", "")
	if got := s.Bounds.Report(`customer "acme"`, now); len(got) != 1 || got[0].Left != 4 {
		t.Errorf("the customer has %+v left", got)
	}
	if got := s.Caller([]byte("secret-of-a")).Limiter.Report(now); len(got) != 4 {
		t.Errorf("the key has %+v left", got)
	}
	for _, k := range []string{"b", "c", "d"} {
		if l := s.Caller([]byte("secret-of-" + k)).Limiter.Report(now); l[len(l)-1].Left != 100 {
			t.Errorf("%s: %+v calls are under way", k, l)
		}
	}
}

// Strategy cheapest knows the prices that the catalogue has.
func TestCheapestByTheCatalogue(t *testing.T) {
	targets := []config.ModelTarget{{Provider: "openai", Model: "gpt-4o"}, {Provider: "mistral", Model: "mistral-large-2411", Price: &config.Price{Input: 1, Output: 1}}, {Provider: "openai", Model: "gpt-4o-mini"}}
	doc := seeds()
	doc.Models = append(doc.Models, config.Model{Alias: "low", Strategy: "cheapest", Targets: targets})
	s, _ := must(t, doc, nil)
	k := s.Caller([]byte("vk-0123456789abcdef"))
	x := &core.Exchange{Snap: s, Key: k, From: s.Targets[0].Faces[0].Dialect}
	x.Route, x.Name = s.Resolve([]byte("low"))
	if target, _ := x.Route.Pick(x, nil); target == nil || target.Name != "openai/gpt-4o-mini" {
		t.Errorf("the cheapest is %v", target)
	}
	doc.Prices.Unknown = "refuse"
	doc.Models[2].Targets = append(targets, config.ModelTarget{Provider: "openai", Model: "unheard-of"})
	if s, problems, _ := Compile(doc, nil, fakeDeps()); s != nil || problems[0].Path != "models[2].targets[3].price" {
		t.Errorf("a target without a price: %v", problems)
	}
}

// The first key of a policy says nothing of the limits of the others that share it.
func TestLimitsOfOneAmongMany(t *testing.T) {
	doc := seeds()
	doc.VirtualKeys = []config.VirtualKey{
		{Name: "a", Key: secret("secret-of-a")},
		{Name: "b", Key: secret("secret-of-b"), RateLimits: []config.RateLimit{{Requests: 1}}},
	}
	s, _ := must(t, doc, nil)
	a, b := s.Caller([]byte("secret-of-a")), s.Caller([]byte("secret-of-b"))
	if a.Policy != b.Policy || a.Limiter != nil {
		t.Fatalf("%+v and %+v", a, b)
	}
	for i, k := range []*core.VirtualKey{a, a, a, b, b} {
		if x := admitted(s, k, "gpt-4o", nil); (x.Fault != nil) != (i == 4) {
			t.Errorf("request %d by %s: %v", i, k.Name, x.Fault)
		}
	}
}

func TestModelsListedToTheGoverned(t *testing.T) {
	f := func(want string, change func(d *config.Document, k *config.VirtualKey)) {
		t.Helper()
		s, k := governed(t, change)
		x := &core.Exchange{Snap: s, Key: k, Op: core.OpModels, From: s.Targets[0].Faces[0].Dialect, Path: []byte("/models")}
		core.Run(x, k.Policy.Plans[core.OpModels].Before)
		var ids []string
		for _, part := range strings.Split(string(x.Reply.Body), `"id":"`)[1:] {
			id, _, _ := strings.Cut(part, `"`)
			ids = append(ids, id)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("it sees %s, want %s", got, want)
		}
	}
	f("eu-secure fast-cheap", func(*config.Document, *config.VirtualKey) {})
	f("eu-secure", func(_ *config.Document, k *config.VirtualKey) { k.BlockedModels = []string{"fast-*"} })
	f("fast-cheap", func(_ *config.Document, k *config.VirtualKey) { k.AllowedModels = []string{"regex:cheap"} })
	f("eu-secure", func(_ *config.Document, k *config.VirtualKey) {
		k.BlockedModels = []string{"mistral/mistral-small-2410"}
	})
	f("eu-secure", func(_ *config.Document, k *config.VirtualKey) { k.BlockedProviders = []string{"mistral"} })
	one := 1
	f("eu-secure fast-cheap shared", func(d *config.Document, k *config.VirtualKey) {
		d.Providers[0].Models, d.Providers[1].Models = []string{"shared"}, []string{"shared"}
		k.Providers = []config.KeyProvider{{Provider: "openai", Weight: &one}, {Provider: "mistral", Weight: &one}}
	})
}

func TestPricesOfTargets(t *testing.T) {
	compile := func(change func(d *config.Document)) (*core.Snapshot, []config.Problem) {
		doc := seeds()
		change(doc)
		deps := fakeDeps()
		deps.ReadFile = func(path string) ([]byte, error) {
			if path == "ours.txt" {
				return []byte("[mistral]\nmistral-small-2410 in=7 out=8\n"), nil
			}
			if path == "broken.txt" {
				return []byte("[mistral]\nm\n"), nil
			}
			return nil, errors.New("no such file")
		}
		s, problems, _ := Compile(doc, nil, deps)
		return s, problems
	}
	f := func(model, from string, in core.Money, change func(d *config.Document)) {
		t.Helper()
		s, problems := compile(change)
		if s == nil {
			t.Fatal(problems)
		}
		to, name := s.Resolve([]byte(model))
		x := &core.Exchange{Key: s.Caller([]byte("vk-0123456789abcdef"))}
		p := to.Targets[0].Price(x, nil, name)
		if p == nil && from == "" {
			return
		}
		if p == nil || p.From != from || p.In != in*1e9 {
			t.Errorf("%s costs %+v, want %d from %s", model, p, in, from)
		}
	}
	nothing := func(*config.Document) {}
	f("openai/gpt-4", "catalogue", 30, nothing)
	f("eu-secure", "catalogue", 2, nothing)
	f("fast-cheap", "ceiling", ceilingIn, nothing)
	f("ollama/llama", "catalogue", 0, nothing)
	f("fast-cheap", "ceiling", 5, func(d *config.Document) { d.Prices.Ceiling = &config.Price{Input: 5, Output: 5} })
	f("fast-cheap", "", 0, func(d *config.Document) { d.Prices.Unknown = "refuse" })
	f("fast-cheap", "ours.txt", 7, func(d *config.Document) { d.Prices.Files = []string{"ours.txt"} })
	ten := 10.0
	f("fast-cheap", "override of tenant", 10, func(d *config.Document) {
		d.Prices.Overrides = []config.PriceOverride{{Name: "of tenant", Scope: config.PriceScope{Key: "tenant-12"}, Input: &ten, Output: &ten}}
	})
	for path, part := range map[string]string{"none.txt": "no such file", "broken.txt": "broken.txt:2: mistral/m: names no price"} {
		s, problems := compile(func(d *config.Document) { d.Prices.Files = []string{path} })
		if s != nil || len(problems) != 1 || problems[0].Path != "prices.files[0]" || !strings.Contains(problems[0].Message, part) {
			t.Errorf("%s: %v", path, problems)
		}
	}
}

// A rule for a customer is for the keys of the customer's teams.
func TestRulesOfATeamsCustomer(t *testing.T) {
	s, k := governed(t, func(d *config.Document, _ *config.VirtualKey) {
		d.Routing.Rules = []config.Rule{{Name: "acme", Scope: config.Scope{Customer: "acme"}, Targets: []config.RuleTarget{{Provider: "ollama"}}}}
	})
	x := admitted(s, k, "gpt-4o", nil)
	if target, _ := x.Route.Pick(x, nil); x.Rule != "acme" || target == nil || target.Provider != "ollama" {
		t.Errorf("it is led by %q to %v, %v", x.Rule, target, x.Fault)
	}
}

// A store that is empty does not open the door.
func TestNobodyWithAStore(t *testing.T) {
	f := func(store *config.Store, anonymous *bool, want bool) {
		t.Helper()
		s, problems, retire := Compile(&config.Document{Store: store, AllowAnonymous: anonymous, Providers: []config.Provider{{Name: "openai", APIKey: config.NewSecret("", "k")}}}, nil,
			Deps{NewPool: func(core.Endpoint) (core.Pool, error) { return nil, nil }})
		if s == nil {
			t.Fatal(problems)
		}
		defer retire()
		if got := s.Anonymous != nil; got != want {
			t.Errorf("store %v, allow_anonymous %v: served %v, want %v", store, anonymous, got, want)
		}
	}
	yes := true
	f(nil, nil, true)
	f(&config.Store{}, nil, false)
	f(&config.Store{}, &yes, true)
}
