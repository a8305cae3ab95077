package build

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
)

// A fakePool counts how often it was closed.
type fakePool struct {
	endpoint core.Endpoint
	closed   int
}

func (p *fakePool) Close() error { p.closed++; return nil }

// fakeDeps makes a fakePool for each endpoint; only the host "broken" cannot have one.
func fakeDeps() Deps {
	return Deps{
		NewPool: func(e core.Endpoint) (core.Pool, error) {
			if e.Host == "broken" {
				return nil, errors.New("no such certificate")
			}
			return &fakePool{endpoint: e}, nil
		},
	}
}

func secret(s string) config.Secret { return config.NewSecret("", s) }

// seeds is the first document anybody wrote for this gateway.
func seeds() *config.Document {
	return &config.Document{
		Providers: []config.Provider{
			{Name: "openai", APIKey: secret("sk-openai")},
			{Name: "mistral", APIKey: secret("sk-mistral")},
			{Name: "ollama", BaseURL: "http://ollama:11434/v1"},
		},
		Models: []config.Model{
			{Alias: "fast-cheap", Provider: "mistral", Model: "mistral-small-2410"},
			{Alias: "eu-secure", Provider: "mistral", Model: "mistral-large-2411", Fallback: []string{"premium-claude", "gpt-4o"}},
		},
		VirtualKeys: []config.VirtualKey{
			{Name: "tenant-12", Key: secret("vk-0123456789abcdef"), AllowedModels: []string{"fast-cheap", "eu-secure"}},
		},
	}
}

// must compiles doc and fails the test on an error.
func must(t *testing.T, doc *config.Document, prev *core.Snapshot) (*core.Snapshot, func()) {
	t.Helper()
	s, problems, retire := Compile(doc, prev, fakeDeps())
	if s == nil {
		t.Fatalf("cannot compile: %v", problems)
	}
	return s, retire
}

// lead is "route -> targets (name sent)".
func lead(s *core.Snapshot, model string) string {
	r, name := s.Resolve([]byte(model))
	if r == nil {
		return "nobody"
	}
	var ts []string
	for _, t := range r.Targets {
		if t.Model == "" {
			ts = append(ts, t.Name+"("+string(name)+")")
		} else {
			ts = append(ts, t.Name)
		}
	}
	return strings.Join(ts, " ")
}

func TestSeeds(t *testing.T) {
	s, problems, _ := Compile(seeds(), nil, fakeDeps())
	if s == nil {
		t.Fatal(problems)
	}
	if len(problems) != 0 {
		t.Errorf("problems: got %v, want none", problems)
	}
	f := func(model, want string) {
		t.Helper()
		if got := lead(s, model); got != want {
			t.Errorf("%s leads to %q, want %q", model, got, want)
		}
	}
	f("fast-cheap", "mistral/mistral-small-2410")
	f("eu-secure", "mistral/mistral-large-2411 openai/gpt-4o")
	f("gpt-4o", "openai(gpt-4o)")
	f("mistral-small", "mistral(mistral-small)")
	f("ollama/llama3.2:1b", "ollama(llama3.2:1b)")
	f("llama3.2", "nobody")
	f("anthropic/claude", "nobody")
	f("openai/", "nobody")

	k := s.Caller([]byte("vk-0123456789abcdef"))
	if k == nil || k.Name != "tenant-12" {
		t.Fatalf("the virtual key is not found by its secret")
	}
	if s.Anonymous != nil {
		t.Error("callers without a key are served though there are keys")
	}
	m := s.Models["fast-cheap"].Targets[0]
	if m.Host != "api.mistral.ai" || m.Faces[0].Paths[core.OpChat] != "/v1/chat/completions" || m.Faces[0].Paths[core.OpPass] != "/v1" {
		t.Errorf("mistral: host %q, chat %q, pass %q", m.Host, m.Faces[0].Paths[core.OpChat], m.Faces[0].Paths[core.OpPass])
	}
	if got := string(m.Keys[0].Header); got != "Authorization: Bearer sk-mistral\r\n" {
		t.Errorf("mistral's key is sent as %q", got)
	}
	want := core.Waits{Connect: 3 * time.Second, Header: 30 * time.Second, Answer: 5 * time.Minute, First: 2 * time.Minute, Stall: 30 * time.Second, Total: 10 * time.Minute}
	if m.Waits != want {
		t.Errorf("waits: got %+v, want %+v", m.Waits, want)
	}
	o := s.Providers["ollama"].Targets[0]
	if e := o.Pool.(*fakePool).endpoint; !e.AllowPrivate || e.Port != "11434" || e.Scheme != "http" || o.Host != "ollama:11434" || len(o.Keys) != 0 {
		t.Errorf("ollama: %+v, host %q, %d keys", e, o.Host, len(o.Keys))
	}
}

func TestCarryOver(t *testing.T) {
	one, _ := must(t, seeds(), nil)
	doc := seeds()
	doc.Providers = append(doc.Providers[:1:1], doc.Providers[1], config.Provider{Name: "groq", APIKey: secret("k")})
	doc.Models[0].Alias = "cheap"
	doc.VirtualKeys[0].Key = secret("vk-another-secret-of-it")
	doc.VirtualKeys[0].AllowedModels = nil
	two, retire := must(t, doc, one)

	if two.Version != one.Version+1 {
		t.Errorf("version %d after %d", two.Version, one.Version)
	}
	kept := one.Providers["openai"].Targets[0]
	if got := two.Providers["openai"].Targets[0]; got.Pool != kept.Pool || got.Tally != kept.Tally || got == kept {
		t.Error("openai: want a new target with the pool and the tally it had")
	}
	if one.Models["fast-cheap"].Targets[0].Tally != two.Models["cheap"].Targets[0].Tally {
		t.Error("a tally belongs to the target, not to the alias")
	}
	var before, after *core.VirtualKey
	for _, k := range one.Keys {
		before = k
	}
	for _, k := range two.Keys {
		after = k
	}
	if before.Tally != after.Tally {
		t.Error("the virtual key lost its tally with its secret")
	}
	gone := one.Providers["ollama"].Targets[0].Pool.(*fakePool)
	if gone.closed != 0 {
		t.Error("ollama's pool was closed while the old snapshot may be in use")
	}
	retire()
	for name, r := range one.Providers {
		p, want := r.Targets[0].Pool.(*fakePool), 0
		if name == "ollama" {
			want = 1
		}
		if p.closed != want {
			t.Errorf("%s's pool was closed %d times, want %d", name, p.closed, want)
		}
	}
}

func TestNetworkChangeMakesAnotherPool(t *testing.T) {
	one, _ := must(t, seeds(), nil)
	doc := seeds()
	doc.Providers[0].Network.StallTimeout = config.Duration(time.Minute) // ours, not the pool's
	doc.Providers[1].Network.KeepAlive = config.Duration(time.Minute)
	two, _ := must(t, doc, one)
	if one.Providers["openai"].Targets[0].Pool != two.Providers["openai"].Targets[0].Pool {
		t.Error("openai's pool was replaced though its endpoint is the same")
	}
	if one.Providers["mistral"].Targets[0].Pool == two.Providers["mistral"].Targets[0].Pool {
		t.Error("mistral's pool was kept though its endpoint changed")
	}
	Retire(two, one) // two was never published
	if p := two.Providers["mistral"].Targets[0].Pool.(*fakePool); p.closed != 1 {
		t.Errorf("the new pool was closed %d times, want 1", p.closed)
	}
	if p := two.Providers["openai"].Targets[0].Pool.(*fakePool); p.closed != 0 {
		t.Error("the shared pool was closed with the snapshot that was dropped")
	}
}

func TestBrokenPoolUndoesTheOthers(t *testing.T) {
	var made []*fakePool
	d := fakeDeps()
	d.NewPool = func(e core.Endpoint) (core.Pool, error) {
		if e.Host == "broken" {
			return nil, errors.New("no such certificate")
		}
		made = append(made, &fakePool{endpoint: e})
		return made[len(made)-1], nil
	}
	doc := seeds()
	doc.Providers = append(doc.Providers, config.Provider{Name: "broken", BaseURL: "https://broken/v1"})
	one, _ := must(t, seeds(), nil)
	s, problems, retire := Compile(doc, one, d)
	retire() // closes nothing: what one has is still in use
	if s != nil || !config.Failed(problems) {
		t.Fatalf("compiled with %v", problems)
	}
	if len(made) != 0 {
		t.Errorf("%d pools were made, though one has them", len(made))
	}
	s, problems, _ = Compile(doc, nil, d)
	if last := problems[len(problems)-1]; s != nil || last.Path != "providers[3]" || !strings.Contains(last.Message, "no such certificate") {
		t.Errorf("got %v", last)
	}
	if len(made) != 3 {
		t.Errorf("%d pools were made, want the 3 before the broken one", len(made))
	}
	for _, p := range made {
		if p.closed != 1 {
			t.Errorf("the pool of %s was closed %d times, want 1", p.endpoint.Host, p.closed)
		}
	}
	for _, p := range one.Pools {
		if p.(*fakePool).closed != 0 {
			t.Error("a pool in use was closed")
		}
	}
}

func TestBareNames(t *testing.T) {
	doc := &config.Document{
		Providers: []config.Provider{
			{Name: "openai", APIKey: secret("k")},
			{Name: "again", Type: "openai", APIKey: secret("k"), Models: []string{"o1", "gpt-4o-*", "whisper-1"}},
			{Name: "third", BaseURL: "https://third.example/v1", Models: []string{"whisper-1", "own", "taken"}},
			{Name: "fourth", BaseURL: "https://fourth.example/v1"},
		},
		Models: []config.Model{{Alias: "taken", Provider: "openai", Model: "gpt-4.1"}},
	}
	s, _ := must(t, doc, nil)
	f := func(model, want string) {
		t.Helper()
		if got := lead(s, model); got != want {
			t.Errorf("%s leads to %q, want %q", model, got, want)
		}
	}
	f("gpt-4.1", "openai(gpt-4.1)")        // the adapter's own prefix
	f("gpt-4o-mini", "again(gpt-4o-mini)") // the longer prefix says more
	f("o1", "again(o1)")                   // a whole name says more than a prefix
	f("o1-mini", "openai(o1-mini)")
	f("own", "third(own)")
	f("whisper-1", "nobody")       // two claim it
	f("taken", "openai/gpt-4.1")   // an alias goes first
	f("fourth/own", "fourth(own)") // a prefix always works
	f("unheard-of", "nobody")      // more than one provider

	doc.Providers = append(doc.Providers, config.Provider{Name: "fifth", Type: "openai", APIKey: secret("k")})
	s, _ = must(t, doc, nil)
	f("gpt-4.1", "nobody") // now two claim the prefix
	f("fifth/gpt-4.1", "fifth(gpt-4.1)")

	// what speaks like a provider at another address does not serve its names
	doc.Providers[4].BaseURL = "https://fifth.example/v1"
	s, _ = must(t, doc, nil)
	f("gpt-4.1", "openai(gpt-4.1)")

	only, _ := must(t, &config.Document{Providers: doc.Providers[3:4]}, nil)
	s = only
	f("unheard-of", "fourth(unheard-of)")
	f("meta/llama", "fourth(meta/llama)")
}

func TestKeysInAnyOrder(t *testing.T) {
	doc := seeds()
	doc.VirtualKeys = []config.VirtualKey{
		{Name: "a", Key: secret("secret-a"), AllowedModels: []string{"fast-cheap", "gpt-4o"}},
		{Name: "b", Key: secret("secret-b"), AllowedModels: []string{"gpt-4o", "fast-cheap", "gpt-4o"}},
		{Name: "c", Key: secret("secret-c")},
		{Name: "d", Key: secret("secret-d"), Disabled: true},
	}
	one, _ := must(t, doc, nil)
	slices.Reverse(doc.VirtualKeys)
	two, _ := must(t, doc, one) // for the pepper
	a, b := one.Caller([]byte("secret-a")), one.Caller([]byte("secret-b"))
	if a.Policy != b.Policy {
		t.Error("equal rules in another order are another policy")
	}
	if c := one.Caller([]byte("secret-c")); c.Policy == a.Policy || c.Policy.Allows != nil {
		t.Error("a key without rules has a policy that forbids something")
	}
	if len(one.Keys) != 4 || len(two.Keys) != 4 || one.Caller([]byte("secret-d")).Barred(0) == nil {
		t.Errorf("%d and %d keys, want 4, and a disabled one opens nothing", len(one.Keys), len(two.Keys))
	}
	for sum, k := range one.Keys {
		if other := two.Keys[sum]; other == nil || other.Name != k.Name || other.Policy.Name != k.Policy.Name {
			t.Errorf("%s is another key when the order is", k.Name)
		}
	}
}

func TestAnonymous(t *testing.T) {
	yes, no := true, false
	f := func(listen string, allow *bool, keys int, want bool) {
		t.Helper()
		doc := &config.Document{Listen: listen, AllowAnonymous: allow, Providers: seeds().Providers}
		for i := range keys {
			doc.VirtualKeys = append(doc.VirtualKeys, config.VirtualKey{Name: fmt.Sprint(i), Key: secret(fmt.Sprint("secret", i)), Disabled: i == 0})
		}
		s, _ := must(t, doc, nil)
		if got := s.Anonymous != nil; got != want {
			t.Errorf("listen %q, %d keys: anonymous %v, want %v", listen, keys, got, want)
		}
	}
	f("", nil, 0, true)
	f("127.0.0.1:80", nil, 0, true)
	f("[::1]:80", nil, 0, true)
	f("localhost:80", nil, 0, true)
	f("", nil, 1, false) // the only key is disabled: the door stays shut
	f("", nil, 2, false)
	f(":80", nil, 0, false)
	f("0.0.0.0:80", nil, 0, false)
	f("10.0.0.1:80", nil, 0, false)
	f("systemd", nil, 0, false)
	f("localhost.example:80", nil, 0, false)
	f("0.0.0.0:80", &yes, 2, true)
	f("", &no, 0, false)
}

func TestManyKeys(t *testing.T) {
	doc := seeds()
	doc.VirtualKeys = nil
	sets := [][]string{nil, {"fast-cheap"}, {"gpt-4o", "eu-secure"}, {"eu-secure", "gpt-4o"}}
	for i := range 100_000 {
		name := fmt.Sprintf("tenant-%06d", i)
		doc.VirtualKeys = append(doc.VirtualKeys, config.VirtualKey{Name: name, Key: secret("vk-" + name), AllowedModels: sets[i%len(sets)]})
	}
	start := time.Now()
	s, _ := must(t, doc, nil)
	first := time.Since(start)
	s, _ = must(t, doc, s)
	t.Logf("100,000 keys: %v, and on a reload %v", first, time.Since(start)-first)
	if first > 2*time.Minute { // 0.2 s on an idle machine; 18 s were seen with -race on a crowded one
		t.Errorf("100,000 keys took %v to compile", first)
	}
	policies, tallies := map[*core.Policy]bool{}, map[*core.Tally]bool{}
	for k := range maps.Values(s.Keys) {
		policies[k.Policy], tallies[k.Tally] = true, true
	}
	if len(s.Keys) != 100_000 || len(policies) != 3 {
		t.Errorf("%d keys share %d policies, want 100000 and 3", len(s.Keys), len(policies))
	}
	if len(tallies) != maxKeyTallies+1 || !tallies[s.Others] {
		t.Errorf("%d tallies, want %d and the one of the others", len(tallies), maxKeyTallies)
	}
}
