package build

import (
	"slices"
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/core"
	"asbru/core/config"
)

// sample is a provider of a's type with no more than it needs: a key, or an address
// where it has none, and what that address leaves open.
func sample(a *adapters.Adapter) config.Provider {
	p := config.Provider{Name: a.Name}
	if a.Env != "" {
		p.APIKey = secret("sk-test")
	} else if a.Auth.Kind != adapters.AuthKey {
		p.Auth = &config.Auth{}
	}
	if a.Base == "" {
		p.BaseURL = "https://e.com/v1"
	}
	for _, o := range a.Options {
		if o.Default == "" {
			if p.Options == nil {
				p.Options = map[string]string{}
			}
			p.Options[o.Name] = o.Example
		}
	}
	return p
}

func TestEveryAdapter(t *testing.T) {
	all := &config.Document{}
	for _, a := range adapters.All {
		p := sample(a)
		all.Providers = append(all.Providers, p)
		doc := &config.Document{Providers: []config.Provider{p}}
		if problems := doc.Validate(config.Env{Known: Kinds()}); len(problems) > 0 {
			t.Errorf("%s: %v", a.Name, problems)
		}
		s, problems, _ := Compile(doc, nil, fakeDeps())
		if s == nil || len(problems) > 0 {
			t.Errorf("%s: %v", a.Name, problems)
			continue
		}
		target := s.Targets[0]
		if len(target.Faces) != len(a.Faces) || (a.Env != "" || a.Auth.Kind != adapters.AuthKey) != (len(target.Keys) == 1) {
			t.Errorf("%s: %+v", a.Name, target)
		}
		for i, f := range target.Faces {
			text := strings.Join(f.Paths[:], " ") + strings.Join(f.Streams[:], " ") + string(f.Insert) + target.Host
			if f.Dialect != a.Faces[i].Dialect || f.AskUsage != a.Faces[i].AskUsage || strings.Contains(strings.ReplaceAll(text, "{model}", ""), "{") {
				t.Errorf("%s: face %+v", a.Name, f)
			}
			for op := range f.Paths {
				if (f.Paths[op] == "") != (a.Faces[i].Paths[op] == "") {
					t.Errorf("%s: %s is asked at %q, which the table has at %q", a.Name, core.Op(op), f.Paths[op], a.Faces[i].Paths[op])
				}
			}
		}
		if name := strings.ToLower(a.Auth.Header); name != "" && !reserved[name] {
			t.Errorf("%s: a document may set the header %s, which carries a credential", a.Name, name)
		}
	}
	s, _ := must(t, all, nil)
	for _, a := range adapters.All {
		for _, prefix := range a.Serves {
			if r, _ := s.Resolve([]byte(prefix + "x")); r != s.Providers[a.Name] {
				t.Errorf("%sx does not lead to %s", prefix, a.Name)
			}
		}
	}
}

func TestKindIsInferred(t *testing.T) {
	target, problems := alone(config.Provider{Name: "mine", BaseURL: "https://mine.example/v1"}, nil)
	if target == nil {
		t.Fatal(problems)
	}
	if target.Provider != "mine" || target.Faces[0].Paths[core.OpPass] != "/v1" || target.Faces[0].Paths[core.OpEmbed] != "/v1/embeddings" {
		t.Errorf("got %+v", target)
	}
}

func TestOptions(t *testing.T) {
	target, problems := alone(config.Provider{Name: "cloud-of-ours", Type: "openai", BaseURL: "https://e.com/v1", APIKey: secret("k"),
		Paths: map[string]string{"chat": "/x/{model}/chat?v=1"}, Drop: []string{"store"}, Rename: map[string]string{"b": "B", "a": "A"}}, nil)
	if target == nil {
		t.Fatal(problems)
	}
	f := target.Faces[0]
	if f.Paths[core.OpChat] != "/v1/x/{model}/chat?v=1" || f.Streams[core.OpChat] != "" {
		t.Errorf("paths %q, streams %q", f.Paths, f.Streams)
	}
	if !slices.Contains(f.Cut, "store") || len(f.Rename) < 2 || f.Rename[len(f.Rename)-2] != [2]string{"a", "A"} {
		t.Errorf("cut %q, rename %q", f.Cut, f.Rename)
	}
	if a, _ := adapters.Find("openai"); slices.Contains(a.Faces[0].Cut, "store") || a.Faces[0].Paths[core.OpChat] != "/chat/completions" {
		t.Errorf("the adapter itself was changed: %+v", a.Faces[0])
	}
}

func TestFilledAddresses(t *testing.T) {
	f := func(p config.Provider, want string) {
		t.Helper()
		p.APIKey = secret("k")
		target, problems := alone(p, nil)
		if target == nil {
			t.Errorf("%s: %v", p.Name, problems)
			return
		}
		face, op := target.Face(target.Faces[0].Dialect, core.OpChat, []byte("claude-x"))
		if got := target.Host + string(face.AppendPath(nil, op, true, []byte("claude-x"))); got != want {
			t.Errorf("%s: got %s, want %s", p.Name, got, want)
		}
	}
	f(config.Provider{Name: "azure-classic", Options: map[string]string{"resource": "r", "api_version": "2024-10-21"}},
		"r.openai.azure.com/openai/deployments/claude-x/chat/completions?api-version=2024-10-21")
	f(config.Provider{Name: "v", Type: "vertex", Options: map[string]string{"project": "p", "region": "us-east5"}},
		"us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-x:streamRawPredict")
	f(config.Provider{Name: "bedrock", Dialect: "bedrock", Options: map[string]string{"region": "eu-west-1"}},
		"bedrock-runtime.eu-west-1.amazonaws.com/model/claude-x/converse-stream")
	f(config.Provider{Name: "bedrock", Dialect: "bedrock", BaseURL: "https://vpc.example", Paths: map[string]string{"chat": "/m/{model}"}}, "vpc.example/m/claude-x")
}

// A server that speaks one of the formats is configured, not programmed.
func TestCompatibleServers(t *testing.T) {
	f := func(p config.Provider, dialect, chat string) {
		t.Helper()
		p.Name, p.APIKey = "mine", secret("k")
		target, problems := alone(p, nil)
		if target == nil {
			t.Error(problems)
			return
		}
		if got := target.Faces[0].Dialect.Name; got != dialect || target.Faces[0].Paths[core.OpChat] != chat {
			t.Errorf("%+v: got %s at %q", p, got, target.Faces[0].Paths)
		}
	}
	f(config.Provider{BaseURL: "https://e.com/v1"}, "openai", "/v1/chat/completions")
	f(config.Provider{BaseURL: "https://e.com/v1", Dialect: "openai"}, "openai", "/v1/chat/completions")
	f(config.Provider{BaseURL: "https://e.com/v1", Dialect: "anthropic"}, "anthropic", "/v1/messages")
	f(config.Provider{BaseURL: "https://e.com", Dialect: "gemini"}, "gemini", "/v1beta/models/{model}:generateContent")
	f(config.Provider{BaseURL: "https://e.com/v1beta", Dialect: "gemini"}, "gemini", "/v1beta/models/{model}:generateContent")
	for base, want := range map[string]string{"https://e.com/v1beta": "/ws/google.", "https://e.com": "/ws/google.", "https://e.com/proxy/v1": "/proxy/ws/google."} {
		s, _ := must(t, &config.Document{Providers: []config.Provider{{Name: "gemini", BaseURL: base, APIKey: secret("k")}}}, nil)
		if got := s.Providers["gemini"].Targets[0].Faces[0].Paths[core.OpRealtime]; !strings.HasPrefix(got, want) {
			t.Errorf("%s: sockets at %s; want %s", base, got, want)
		}
	}
	for _, base := range []string{"", "https://e.com/v1/projects/p/locations/us-east5"} { // Vertex AI's stand beside its projects
		s, _ := must(t, &config.Document{Providers: []config.Provider{{Name: "vertex", BaseURL: base, APIKey: secret("k"), Options: map[string]string{"project": "p", "region": "us-east5"}}}}, nil)
		faces := s.Providers["vertex"].Targets[0].Faces
		face := faces[slices.IndexFunc(faces, func(f *core.Face) bool { return f.Paths[core.OpRealtime] != "" })]
		if path := face.Paths[core.OpRealtime]; !strings.HasPrefix(path, "/ws/google.cloud.aiplatform.") || face.Whole != "projects/p/locations/us-east5/publishers/google/models/{model}" {
			t.Errorf("%q: sockets at %s, models as %s", base, path, face.Whole)
		}
	}
	f(config.Provider{BaseURL: "https://e.com", Dialect: "bedrock"}, "bedrock", "/model/{model}/converse")
	f(config.Provider{Type: "ollama", Dialect: "anthropic"}, "anthropic", "/v1/messages")
	f(config.Provider{Type: "openai", BaseURL: "https://e.com", Paths: map[string]string{"chat": "/c"}}, "openai", "/c")
}

func TestPathOfTheRightFace(t *testing.T) {
	target, problems := alone(config.Provider{Name: "vllm", Paths: map[string]string{"rerank": "/v2/rerank", "count": "/count", "completion": "/c"}}, nil)
	if target == nil {
		t.Fatal(problems)
	}
	for _, f := range target.Faces {
		want := map[string][3]string{"openai": {"/v1/c", "", "/v1/v2/rerank"}, "anthropic": {"", "/v1/count", ""}}[f.Dialect.Name]
		if got := [3]string{f.Paths[core.OpCompletion], f.Paths[core.OpCount], f.Paths[core.OpRerank]}; got != want {
			t.Errorf("%s: got %q, want %q", f.Dialect.Name, got, want)
		}
	}
}

// A model that a server has in one way of asking only is asked in that way, whatever way
// the same server has for its others.
func TestFaceForTheModel(t *testing.T) {
	f := func(name, model string, op core.Op, want core.Op, dialect string) {
		t.Helper()
		target, problems := alone(config.Provider{Name: name, APIKey: secret("k"), Options: map[string]map[string]string{"azure": {"resource": "r"}}[name]}, nil)
		if target == nil {
			t.Fatal(problems)
		}
		a, _ := adapters.Find("openai")
		face, as := target.Face(a.Faces[0].Dialect, op, []byte(model))
		if face == nil || as != want || face.Dialect.Name != dialect {
			t.Errorf("%s of %s: got %v of %+v, want %v of %s", op, model, as, face, want, dialect)
		}
	}
	f("opencode-zen", "gpt-5", core.OpChat, core.OpResponses, "openai")
	f("opencode-zen", "gpt-5", core.OpResponses, core.OpResponses, "openai")
	f("opencode-zen", "kimi-k2", core.OpChat, core.OpChat, "openai")
	f("opencode-zen", "kimi-k2", core.OpResponses, core.OpChat, "openai")
	f("azure", "claude-sonnet-4-5", core.OpChat, core.OpChat, "anthropic")
	f("azure", "claude-sonnet-4-5", core.OpResponses, core.OpChat, "anthropic")
	f("azure", "claude-sonnet-4-5", core.OpCount, core.OpCount, "anthropic")
	f("azure", "gpt-5", core.OpChat, core.OpChat, "openai")
	f("azure", "gpt-5", core.OpPass, core.OpPass, "openai")
}
