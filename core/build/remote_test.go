package build

import (
	"strings"
	"testing"
	"time"

	"asbru/cache"
	"asbru/cache/remote"
	"asbru/cache/vector"
	"asbru/core/config"
)

func asking(s *config.SemanticCache) *config.Document {
	doc := seeds()
	doc.Cache = &config.Cache{Semantic: s}
	return doc
}

// What the document says of encoders and stores is what the cache is made with.
func TestFarOptions(t *testing.T) {
	f := func(s config.SemanticCache, want remote.Options) {
		t.Helper()
		if o := cacheOptions(&config.Cache{Semantic: &s}); o.Far != want {
			t.Errorf("%+v\n%+v", o.Far, want)
		}
	}
	near := vector.Place{Kind: "memory"}
	e := &config.CacheEmbedding{Provider: "p", Model: "m"}
	f(config.SemanticCache{}, remote.Options{})
	f(config.SemanticCache{Embedding: e}, remote.Options{Place: near, Encoder: "p/m", Encode: remote.DefaultEncodeWait, Pass: 0.5})
	f(config.SemanticCache{Mode: "balanced", Embedding: e}, remote.Options{Place: near, Encoder: "p/m", Encode: remote.DefaultEncodeWait, Soft: true, Least: 0.9, Pass: 0.5})
	f(config.SemanticCache{Mode: "relaxed", Threshold: 0.75, Embedding: e}, remote.Options{Place: near, Encoder: "p/m", Encode: remote.DefaultEncodeWait, Bare: true, Least: 0.75})
	f(config.SemanticCache{Threshold: 0.75, Store: &config.CacheStore{Type: "redis", URL: "redis://h:1", Secret: config.NewSecret("", "s"), Timeout: config.Duration(time.Second)}},
		remote.Options{Place: vector.Place{Kind: "redis", URL: "redis://h:1", Name: "asbru", Secret: "s"}, Search: time.Second, Pass: 0.75})
	off := false
	o := cacheOptions(&config.Cache{MaxHistory: 3, ExcludeSystemPrompt: true, ByProvider: &off, Secret: config.NewSecret("", "0123456789abcdef"),
		Semantic: &config.SemanticCache{Store: &config.CacheStore{Type: "qdrant", URL: "http://h"}}})
	if o.History != 3 || o.Share != (cache.Share{Instructions: true, Provider: true}) || len(o.Far.Seal) != 32 || string(o.Far.Seal) == string(o.Secret) {
		t.Errorf("%+v", o)
	}
}

// The cache asks for embeddings as a caller of its own, which outlives a reload and is there
// only while somebody encodes.
func TestEncoderIsACaller(t *testing.T) {
	made := 0
	deps := caching(t, &made)
	deps.Own = "own-credential"
	with := asking(&config.SemanticCache{Store: &config.CacheStore{Type: "qdrant", URL: "http://127.0.0.1:1"}})
	s, problems, _ := Compile(with, nil, deps)
	if s == nil {
		t.Fatal(problems)
	}
	if s.Caller([]byte("own-credential")) != nil {
		t.Error("there is a caller that nobody needs")
	}
	deps.NewCache = func(cache.Options) (*cache.Cache, error) { return cache.New(cache.Options{}, nil) }
	provider := with.Providers[0].Name
	with = asking(&config.SemanticCache{Embedding: &config.CacheEmbedding{Provider: provider, Model: "text-embedding-3-small"}})
	first, problems, _ := Compile(with, nil, deps)
	if first == nil {
		t.Fatal(problems)
	}
	k := first.Caller([]byte("own-credential"))
	if k == nil || k.Name != ownName || k.Limiter != nil || k.Policy == nil {
		t.Fatalf("%+v", k)
	}
	next, _, _ := Compile(with, first, deps)
	if again := next.Caller([]byte("own-credential")); again == nil || again.Tally != k.Tally {
		t.Error("its tally does not outlive a reload")
	}
	first.Memory.Close()
	next.Memory.Close()
}

// A provider that cannot encode is told at once.
func TestEncoderMustEncode(t *testing.T) {
	doc := asking(&config.SemanticCache{Embedding: &config.CacheEmbedding{Provider: "claude", Model: "m"}})
	doc.Providers = append(doc.Providers, config.Provider{Name: "claude", Type: "anthropic", APIKey: config.NewSecret("", "k")})
	s, problems, _ := Compile(doc, nil, fakeDeps())
	told := ""
	for _, p := range problems {
		told += p.Path + ": " + p.Message + "\n"
	}
	if s != nil || !strings.Contains(told, `cache.semantic.embedding.provider: is "claude", which has no embeddings that "m" could be asked for`) {
		t.Errorf("%s", told)
	}
}
