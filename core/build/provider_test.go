package build

import (
	"encoding/hex"
	"maps"
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
)

// alone compiles a document with this one provider.
func alone(p config.Provider, lookup map[string]string) (*core.Target, []config.Problem) {
	d := fakeDeps()
	d.Lookup = func(name string) (string, bool) { v, ok := lookup[name]; return v, ok }
	s, problems, _ := Compile(&config.Document{Providers: []config.Provider{p}}, nil, d)
	if s == nil {
		return nil, problems
	}
	return s.Targets[0], problems
}

func TestBase(t *testing.T) {
	f := func(base, host, dial, chat, pass string) {
		t.Helper()
		yes := true
		target, problems := alone(config.Provider{Name: "p", BaseURL: base, Network: config.Network{AllowPrivateNetwork: &yes}}, nil)
		if target == nil {
			t.Errorf("%s: %v", base, problems)
			return
		}
		e := target.Pool.(*fakePool).endpoint
		if got := e.Scheme + " " + e.Host + " " + e.Port + " " + e.ServerName; target.Host != host || strings.TrimSpace(got) != dial {
			t.Errorf("%s: host %q, dial %q, want %q, %q", base, target.Host, got, host, dial)
		}
		if target.Faces[0].Paths[core.OpChat] != chat || target.Faces[0].Paths[core.OpPass] != pass || target.Faces[0].Paths[core.OpModels] != "" {
			t.Errorf("%s: paths %q", base, target.Faces[0].Paths)
		}
	}
	f("https://api.example.com/v1", "api.example.com", "https api.example.com 443 api.example.com", "/v1/chat/completions", "/v1")
	f("https://API.example.com:443/v1/", "api.example.com", "https api.example.com 443 api.example.com", "/v1/chat/completions", "/v1")
	f("http://ollama:11434/v1", "ollama:11434", "http ollama 11434", "/v1/chat/completions", "/v1")
	f("http://[::1]:8000", "[::1]:8000", "http ::1 8000", "/chat/completions", "/")
	f("https://[2001:db8::1]/x/y", "[2001:db8::1]", "https 2001:db8::1 443 2001:db8::1", "/x/y/chat/completions", "/x/y")
}

func TestPaths(t *testing.T) {
	target, problems := alone(config.Provider{Name: "openai", APIKey: secret("k"),
		Paths: map[string]string{"chat": "/c", "pass": "/raw", "responses": "/r?v=1"}}, nil)
	if target == nil {
		t.Fatal(problems)
	}
	want := [core.NumOps]string{core.OpChat: "/v1/c", core.OpCompletion: "/v1/completions", core.OpResponses: "/v1/r?v=1", core.OpEmbed: "/v1/embeddings", core.OpCount: "/v1/responses/input_tokens", core.OpPass: "/v1/raw", core.OpRealtime: "/v1/realtime?model={model}"}
	if target.Faces[0].Paths != want {
		t.Errorf("got %q, want %q", target.Faces[0].Paths, want)
	}
}

func TestHeaders(t *testing.T) {
	p := config.Provider{Name: "openai", Keys: []config.Key{{Value: secret("k")}},
		Headers: map[string]string{"X-Title": "asbru demo", "OpenAI-Organization": "org-1", "empty": ""}}
	target, problems := alone(p, nil)
	if target == nil {
		t.Fatal(problems)
	}
	if got, want := string(target.Headers), "OpenAI-Organization: org-1\r\nX-Title: asbru demo\r\nempty: \r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestKeyDefaults(t *testing.T) {
	zero, five := 0, 5
	p := config.Provider{Name: "openai", APIKey: secret("k0"), Keys: []config.Key{
		{Value: secret("k1"), Weight: &zero},
		{Value: secret("k2"), Weight: &five, Name: "mine", Models: []string{"gpt-4o"}},
	}}
	target, problems := alone(p, nil)
	if target == nil {
		t.Fatal(problems)
	}
	f := func(i int, name string, weight, models int) {
		t.Helper()
		if k := target.Keys[i]; k.Name != name || k.Weight != weight || len(k.Models) != models || (models == 0) != (k.Models == nil) {
			t.Errorf("key %d: %s, weight %d, models %v", i, k.Name, k.Weight, k.Models)
		}
	}
	f(0, "key-1", 1, 0)
	f(1, "key-2", 0, 0)
	f(2, "mine", 5, 1)
}

func TestWaits(t *testing.T) {
	s := func(n int) config.Duration { return config.Duration(time.Duration(n) * time.Second) }
	target, _ := alone(config.Provider{Name: "openai", APIKey: secret("k"), Network: config.Network{
		ConnectTimeout: s(1), HeaderTimeout: s(2), AnswerTimeout: s(7), FirstTimeout: s(5), StallTimeout: s(3), TotalTimeout: s(4), KeepAlive: s(5), MaxConnections: 6}}, nil)
	if want := (core.Waits{Connect: 1e9, Header: 2e9, Answer: 7e9, First: 5e9, Stall: 3e9, Total: 4e9}); target.Waits != want {
		t.Errorf("got %v, want %v", target.Waits, want)
	}
	if e := target.Pool.(*fakePool).endpoint; e.Connect != 1e9 || e.KeepAlive != 5e9 || e.MaxConns != 6 {
		t.Errorf("endpoint: %+v", e)
	}
}

func TestProxy(t *testing.T) {
	f := func(proxy, base string, env map[string]string, want string) {
		t.Helper()
		yes := true
		target, problems := alone(config.Provider{Name: "p", BaseURL: base, Network: config.Network{Proxy: proxy, AllowPrivateNetwork: &yes}}, env)
		if target == nil {
			t.Errorf("%s: %v", proxy, problems)
			return
		}
		if got := target.Pool.(*fakePool).endpoint.Proxy; got != want {
			t.Errorf("%s to %s with %v: got %q, want %q", proxy, base, env, got, want)
		}
	}
	set := map[string]string{"HTTPS_PROXY": "http://one:3128", "http_proxy": "two:8080"}
	with := func(list string) map[string]string {
		m := maps.Clone(set)
		m["NO_PROXY"] = list
		return m
	}
	f("", "https://e.com/v1", set, "")
	f("http://px:3128/", "https://e.com/v1", nil, "http://px:3128")
	f("http://px", "https://e.com/v1", set, "http://px:80")
	f("http://[::1]:99", "https://e.com/v1", set, "http://[::1]:99")
	f("env", "https://e.com/v1", nil, "")
	f("env", "https://e.com/v1", set, "http://one:3128")
	f("env", "http://e.com/v1", set, "http://two:8080")
	f("env", "https://127.0.0.1/v1", set, "")
	f("env", "https://localhost/v1", set, "")
	f("env", "https://e.com/v1", with("*"), "")
	f("env", "https://e.com/v1", with("x.com, E.com"), "")
	f("env", "https://a.e.com/v1", with(".e.com"), "")
	f("env", "https://a.e.com/v1", with("*.e.com"), "")
	f("env", "https://notate.com/v1", with("e.com"), "http://one:3128")
	f("env", "https://e.com/v1", with("e.com:8443"), "http://one:3128")
	f("env", "https://e.com:8443/v1", with("e.com:8443"), "")
	f("env", "https://10.1.2.3/v1", with("10.0.0.0/8"), "")
	f("env", "https://11.1.2.3/v1", with("10.0.0.0/8,1.2.3"), "http://one:3128")
}

func TestKeyInTheClear(t *testing.T) {
	f := func(base string, allow bool, key string, want int) {
		t.Helper()
		p := config.Provider{Name: "p", BaseURL: base, Network: config.Network{AllowPrivateNetwork: &allow}}
		if key != "" {
			p.APIKey = secret(key)
		}
		if _, problems := alone(p, nil); len(problems) != want {
			t.Errorf("%s, key %q: %v, want %d warnings", base, key, problems, want)
		}
	}
	f("http://e.com/v1", false, "sk-1", 1)
	f("http://e.com/v1", false, "", 0)
	f("http://vllm:8000/v1", true, "sk-1", 0)
	f("https://e.com/v1", false, "sk-1", 0)
	f("http://127.0.0.1:9000/v1", false, "sk-1", 0)
	f("http://localhost:9000/v1", false, "sk-1", 0)
	f("http://[::1]:9000/v1", false, "sk-1", 0)
}

// Each mistake is told at its own path, and nothing is opened.
func TestProblems(t *testing.T) {
	f := func(path, says string, edit func(d *config.Document, p *config.Provider)) {
		t.Helper()
		doc := seeds()
		edit(doc, &doc.Providers[0])
		d := fakeDeps()
		d.NewPool = func(e core.Endpoint) (core.Pool, error) {
			t.Errorf("%s: a pool was made of a broken document", path)
			return &fakePool{}, nil
		}
		s, problems, _ := Compile(doc, nil, d)
		if s != nil {
			t.Errorf("%s: compiled", path)
		}
		errs := 0
		for _, p := range problems {
			if p.Severity != config.Error {
				continue
			}
			if errs++; p.Path != path || !strings.Contains(p.String(), says) {
				t.Errorf("got %v, want %s: … %s", p, path, says)
			}
			if strings.Contains(p.String(), "sk-") {
				t.Errorf("a secret is shown: %v", p)
			}
		}
		if errs != 1 {
			t.Errorf("%s: %d errors, want 1: %v", path, errs, problems)
		}
	}
	type doc = config.Document
	type provider = config.Provider
	f("providers[0].name", "an unknown provider", func(_ *doc, p *provider) { p.Name = "opnai" })
	f("providers[0].type", "dialect: anthropic", func(_ *doc, p *provider) { p.Type = "soap"; p.BaseURL = "https://e.com" })
	f("providers[1].name", "another provider", func(d *doc, _ *provider) {
		d.Providers[1] = d.Providers[0]
		d.Models = nil
		d.VirtualKeys = nil
	})
	f("providers[0].base_url", "no http or https host", func(_ *doc, p *provider) { p.BaseURL = "ftp://e.com/v1" })
	f("providers[0].base_url", "no http or https host", func(_ *doc, p *provider) { p.BaseURL = "e.com/v1" })
	f("providers[0].base_url", "not a URL", func(_ *doc, p *provider) { p.BaseURL = "https://e.com\r\n/v1" })
	f("providers[0].base_url", "api_key", func(_ *doc, p *provider) { p.BaseURL = "https://user:sk-x@e.com/v1" })
	f("providers[0].base_url", "api_key", func(_ *doc, p *provider) { p.BaseURL = "https://e.com/v1#x" })
	f("providers[0].base_url", "in paths", func(_ *doc, p *provider) { p.BaseURL = "https://e.com/v1?x=y" })
	f("providers[0].base_url", "65535", func(_ *doc, p *provider) { p.BaseURL = "https://e.com:70000/v1" })
	f("providers[0].base_url", "allow_private_network", func(_ *doc, p *provider) { p.BaseURL = "http://169.254.169.254/v1" })
	f("providers[0].base_url", "allow_private_network", func(_ *doc, p *provider) { p.BaseURL = "http://[::ffff:10.0.0.1]/v1" })
	f("providers[0].api_key", "OPENAI_API_KEY", func(_ *doc, p *provider) { p.APIKey = config.Secret{} })
	f("providers[0].api_key", "line break", func(_ *doc, p *provider) { p.APIKey = secret("sk-1\r\nx: y") })
	f("providers[0].keys[1]", "line break", func(_ *doc, p *provider) {
		p.Keys = []config.Key{{Value: secret("sk-1")}, {Value: secret("sk-1\n")}}
	})
	f("providers[0].keys[0].weight", "0 disables", func(_ *doc, p *provider) {
		minus := -3
		p.Keys = []config.Key{{Value: secret("sk-1"), Weight: &minus}}
	})
	f("providers[0].headers.Host", "cannot be set here", func(_ *doc, p *provider) { p.Headers = map[string]string{"Host": "x"} })
	f("providers[0].headers.AUTHORIZATION", "api_key or keys", func(_ *doc, p *provider) { p.Headers = map[string]string{"AUTHORIZATION": "x"} })
	f(`providers[0].headers["a b"]`, "no name", func(_ *doc, p *provider) { p.Headers = map[string]string{"a b": "x"} })
	f("providers[0].headers.x", "line break", func(_ *doc, p *provider) { p.Headers = map[string]string{"x": "a\r\nb: c"} })
	f("providers[0].headers", "8192", func(_ *doc, p *provider) { p.Headers = map[string]string{"x": strings.Repeat("a", 8192)} })
	f("providers[0].paths.chatt", `did you mean "chat"?`, func(_ *doc, p *provider) { p.Paths = map[string]string{"chatt": "/x"} })
	f("providers[0].paths.chat", "starts with /", func(_ *doc, p *provider) { p.Paths = map[string]string{"chat": "x"} })
	f("providers[0].paths.chat", "starts with /", func(_ *doc, p *provider) { p.Paths = map[string]string{"chat": ""} })
	f("providers[0].paths.chat", "holds {modle}", func(_ *doc, p *provider) { p.Paths = map[string]string{"chat": "/{modle}"} })
	f("providers[0].dialect", "does not speak", func(_ *doc, p *provider) { p.Dialect = "gemini" })
	f("providers[0].options.resource", "set it, or base_url", func(_ *doc, p *provider) { p.Type = "azure" })
	f("providers[0].options.project", "in every request", func(_ *doc, p *provider) { p.Type, p.BaseURL = "watsonx", "https://e.com" })
	f("providers[0].network.proxy", "http://host:port", func(_ *doc, p *provider) { p.Network.Proxy = "socks5://x:1" })
	f("providers[0].network.proxy", "http://host:port", func(_ *doc, p *provider) { p.Network.Proxy = "http://u:sk-x@x:1" })
	f("models[0].provider", `did you mean "mistral"?`, func(d *doc, _ *provider) { d.Models[0].Provider = "mistrall" })
	f("models[1].alias", "models[0].alias", func(d *doc, _ *provider) { d.Models[1].Alias = "fast-cheap" })
	f("virtual_keys[1].key", "is missing", func(d *doc, _ *provider) {
		d.VirtualKeys = append(d.VirtualKeys, config.VirtualKey{Name: "empty"})
	})
	f("virtual_keys[1].key", `virtual_keys[0] ("tenant-12")`, func(d *doc, _ *provider) {
		d.VirtualKeys = append(d.VirtualKeys, config.VirtualKey{Name: "twin", Key: d.VirtualKeys[0].Key, Disabled: true})
	})
	f("virtual_keys[0].key", "is the admin token", func(d *doc, _ *provider) { d.Admin.Token = d.VirtualKeys[0].Key })
	f("virtual_keys[0].key", "is the admin token", func(d *doc, _ *provider) {
		sum := core.NewPepper([]byte("pepper")).Sum([]byte("the-token-of-operators"))
		d.Admin.Token, d.Governance.Pepper = secret("the-token-of-operators"), secret("pepper")
		d.VirtualKeys[0].Key, d.VirtualKeys[0].Digest = config.Secret{}, hex.EncodeToString(sum[:])
	})
	f("virtual_keys[0].key", "begins as the admin tokens of stores do", func(d *doc, _ *provider) { d.VirtualKeys[0].Key = secret(core.AdminPrefix + "0123456789abcdef") })
}
