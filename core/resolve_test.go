package core

import "testing"

func TestResolve(t *testing.T) {
	alias, openai, groq := &Route{Name: "alias"}, &Route{Name: "openai"}, &Route{Name: "groq"}
	s := &Snapshot{
		Models:    map[string]*Route{"fast": alias, "openai/own": alias, "shared": nil, "gpt-shared": nil},
		Providers: map[string]*Route{"openai": openai, "groq": groq},
		Serves:    []Prefix{{"gpt-oss-", nil}, {"gpt-", openai}, {"llama", groq}},
	}
	f := func(model string, want *Route, name string) {
		t.Helper()
		if r, n := s.Resolve([]byte(model)); r != want || r != nil && string(n) != name {
			t.Errorf("%q leads to %v as %q, want %v as %q", model, r, n, want, name)
		}
	}
	f("fast", alias, "fast")
	f("openai/own", alias, "openai/own") // an alias goes before provider/model
	f("openai/gpt-4o", openai, "gpt-4o")
	f("groq/openai/gpt-oss-20b", groq, "openai/gpt-oss-20b")
	f("gpt-4o", openai, "gpt-4o")
	f("llama/3", groq, "llama/3")
	f("gpt-oss-20b", nil, "") // several claim the longer prefix: not openai's
	f("shared", nil, "")
	f("gpt-shared", nil, "") // several claim the name: its prefix does not count
	f("openai/", nil, "")
	f("/gpt-4o", nil, "")
	f("mistral/x", nil, "")
	f("", nil, "")

	s.Only = groq
	f("mistral/x", groq, "mistral/x")
	f("openai/gpt-4o", openai, "gpt-4o")
	f("shared", nil, "")
}
