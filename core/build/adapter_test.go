package build

import (
	"slices"
	"testing"

	"asbru/adapters"
	"asbru/core"
	"asbru/core/config"
)

// Every adapter works with no more than a key, or an address where it has none.
func TestEveryAdapter(t *testing.T) {
	all := &config.Document{}
	for _, a := range adapters.All {
		p := config.Provider{Name: a.Name}
		if a.Env != "" {
			p.APIKey = secret("sk-test")
		}
		if a.Base == "" {
			p.BaseURL = "https://e.com/v1"
		}
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
		if target.Faces[0].Paths[core.OpChat] == "" || target.Faces[0].Dialect != a.Faces[0].Dialect || (a.Env != "") != (len(target.Keys) == 1) || target.Faces[0].AskUsage != a.Faces[0].AskUsage {
			t.Errorf("%s: %+v", a.Name, target)
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
