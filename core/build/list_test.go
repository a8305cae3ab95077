package build

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/config"
)

// list runs GET /models as k and returns the ids and owners, or the fault.
func list(t *testing.T, s *core.Snapshot, k *core.VirtualKey, path string) (string, *core.Fault) {
	t.Helper()
	x := &core.Exchange{Snap: s, Key: k, Op: core.OpModels, Path: []byte(path)}
	plan := &k.Policy.Plans[core.OpModels]
	if core.Run(x, plan.Admit) != core.Continue {
		return "", x.Fault
	}
	switch core.Run(x, plan.Before) {
	case core.Refuse:
		return "", x.Fault
	case core.Continue:
		t.Fatal("nobody answered")
	}
	if x.Reply.Status != 200 || x.Reply.Type != "application/json" {
		t.Errorf("answered %d %s", x.Reply.Status, x.Reply.Type)
	}
	var got struct {
		entry
		Data []entry `json:"data"`
	}
	if err := json.Unmarshal(x.Reply.Body, &got); err != nil {
		t.Fatalf("%s: %v", x.Reply.Body, err)
	}
	if got.Object == "model" {
		return got.ID + "@" + got.OwnedBy, nil
	}
	var ids []string
	for _, e := range got.Data {
		if e.Object != "model" {
			t.Errorf("object %q in the list", e.Object)
		}
		ids = append(ids, e.ID+"@"+e.OwnedBy)
	}
	return got.Object + " " + strings.Join(ids, " "), nil
}

func TestModels(t *testing.T) {
	doc := seeds()
	doc.Providers = append(doc.Providers,
		config.Provider{Name: "a", BaseURL: "https://a.example/v1", Models: []string{"own", "shared", "big-*", "fast-cheap"}},
		config.Provider{Name: "b", BaseURL: "https://b.example/v1", Models: []string{"shared"}})
	f := func(path, want string, allowed ...string) {
		t.Helper()
		s, k := keyFor(t, doc, allowed...)
		got, fault := list(t, s, k, path)
		if fault != nil {
			got = fault.Message
		}
		if got != want {
			t.Errorf("%s as %v: got %q, want %q", path, allowed, got, want)
		}
	}
	f("/models", "list eu-secure@mistral fast-cheap@mistral own@a")
	f("/models?limit=3", "list eu-secure@mistral fast-cheap@mistral own@a")
	f("/models/", "list eu-secure@mistral fast-cheap@mistral own@a")
	f("/models", "list eu-secure@mistral", "eu-secure")
	f("/models", "list openai/gpt-4o@openai own@a", "a/*", "openai/gpt-4o", "nobody", "own")
	f("/models", "list ", "nobody")
	f("/models/eu-secure", "eu-secure@mistral")
	f("/models/openai%2Fgpt-4o?x=y", "openai/gpt-4o@openai")
	f("/models/openai/gpt-4o", "openai/gpt-4o@openai", "gpt-4o")
	f("/models/shared", `model "shared" does not exist here, or this key may not use it`)
	f("/models/own", `model "own" does not exist here, or this key may not use it`, "eu-secure")
}

func TestEmptyListIsAList(t *testing.T) {
	s, _ := must(t, &config.Document{}, nil)
	x := &core.Exchange{Snap: s, Path: []byte("/models")}
	core.Run(x, s.Anonymous.Policy.Plans[core.OpModels].Before)
	if got, want := string(x.Reply.Body), `{"object":"list","data":[]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestModelsOfKeys holds that a model is listed only if one of the provider's keys that the caller may use is for it.
func TestModelsOfKeys(t *testing.T) {
	doc := seeds()
	doc.Providers = append(doc.Providers, config.Provider{Name: "a", BaseURL: "https://a.example/v1", Models: []string{"one", "two", "three"},
		Keys: []config.Key{{Name: "first", Value: secret("x"), Models: []string{"one"}}, {Name: "second", Value: secret("y"), Models: []string{"two"}}}})
	f := func(want string, keys ...string) {
		t.Helper()
		doc.VirtualKeys = []config.VirtualKey{{Name: "ci", Key: secret("secret-of-ci"), Providers: []config.KeyProvider{{Provider: "a", Keys: keys}}}}
		s, _ := must(t, doc, nil)
		got, fault := list(t, s, s.Caller([]byte("secret-of-ci")), "/models")
		if fault != nil || got != want {
			t.Errorf("with %v: %q %v, want %q", keys, got, fault, want)
		}
	}
	f("list one@a two@a")
	f("list one@a", "first")
	f("list two@a", "second")
}
