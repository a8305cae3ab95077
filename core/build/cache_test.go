package build

import (
	"log/slog"
	"testing"
	"time"

	"asbru/cache"
	"asbru/core"
	"asbru/core/config"
)

// caching are fakeDeps that make caches, and count them.
func caching(t *testing.T, made *int) Deps {
	d := fakeDeps()
	d.NewCache = func(o cache.Options) (*cache.Cache, error) {
		*made++
		c, err := cache.New(o, slog.New(slog.DiscardHandler))
		if err == nil {
			t.Cleanup(func() { c.Close() })
		}
		return c, err
	}
	return d
}

func steps(s *core.Snapshot, op core.Op) (n int) {
	for _, k := range s.Keys {
		for _, step := range k.Policy.Plans[op].Steps {
			if step.Name == "cache" {
				n++
			}
		}
	}
	return n
}

// A cache lives on for as long as the document says the same of it.
func TestCacheIsCarriedOver(t *testing.T) {
	made := 0
	deps := caching(t, &made)
	compile := func(prev *core.Snapshot, c *config.Cache) (*core.Snapshot, func()) {
		t.Helper()
		doc := seeds()
		doc.Cache = c
		s, problems, retire := Compile(doc, prev, deps)
		if s == nil {
			t.Fatal(problems)
		}
		return s, retire
	}
	none, _ := compile(nil, nil)
	off, _ := compile(none, &config.Cache{Off: true})
	if none.Memory != nil || off.Memory != nil || steps(none, core.OpChat)+steps(off, core.OpChat) != 0 {
		t.Error("there is a cache that nobody asked for")
	}
	first, _ := compile(off, &config.Cache{Scope: "team", Secret: config.NewSecret("", "a-secret-of-the-cache")})
	if steps(first, core.OpChat) != 3 || steps(first, core.OpResponses) != 3 || steps(first, core.OpEmbed) != 0 || steps(first, core.OpModels) != 0 {
		t.Errorf("%d steps of chat, %d of embeddings", steps(first, core.OpChat), steps(first, core.OpEmbed))
	}
	if o := first.Memory.(*cache.Cache).Options(); o.Scope != cache.ByTeam || len(o.Secret) != 32 || o.TTL != cache.DefaultTTL {
		t.Errorf("%+v", o)
	}
	same, retire := compile(first, &config.Cache{Scope: "team", Secret: config.NewSecret("", "a-secret-of-the-cache"), Exact: config.ExactCache{TTL: config.Duration(5 * time.Minute)}})
	if retire(); same.Memory != first.Memory || made != 1 {
		t.Errorf("%d caches for one", made)
	}
	tuned, retire := compile(same, &config.Cache{Scope: "team", Secret: config.NewSecret("", "a-secret-of-the-cache"), Charge: config.CacheCharge{Hits: "full"}})
	if retire(); tuned.Memory != first.Memory || made != 1 {
		t.Errorf("%d caches for one that is charged otherwise", made)
	}
	other, retire := compile(same, &config.Cache{Exact: config.ExactCache{Size: 2 << 20}})
	if other.Memory == same.Memory || made != 2 {
		t.Error("another cache is the same one")
	}
	retire() // closes the old one; closing it once more is no matter
	if err := same.Memory.Close(); err != nil {
		t.Error(err)
	}
	gone, retire := compile(other, nil)
	if retire(); gone.Memory != nil {
		t.Error("the cache is still there")
	}
}

// What a cache does is told to who asks what a request passes.
func TestCacheSays(t *testing.T) {
	doc := seeds()
	doc.Cache = &config.Cache{Exact: config.ExactCache{Stale: config.Duration(time.Minute)}, Charge: config.CacheCharge{Followers: "full"},
		Semantic: &config.SemanticCache{Shadow: &config.CacheShadow{Precision: 0.95}}}
	s, _, _ := Compile(doc, nil, fakeDeps())
	say := ""
	for _, k := range s.Keys {
		for _, step := range k.Policy.Plans[core.OpChat].Steps {
			if step.Name == "cache" {
				say += step.Say
			}
		}
		break
	}
	want := "the same question has the same answer for 5m0s, and for 1m0s longer while it is refreshed\nso has one that means the same, in strict mode\n" +
		"1% of those hits are compared with what the provider says; an owner of whose last 100 to 400 fewer than 95% are certain to be right has none until they are\n" +
		"an answer from memory counts for a request, no tokens and no money, one that another request was asking for counts for what the provider would have taken"
	if say != want {
		t.Errorf("it says\n%s", say)
	}
	o := cacheOptions(doc.Cache)
	if o.Check != (cache.Check{Share: 0.01, Precision: 0.95, Samples: 100}) || o.Charge != (cache.Charge{Hits: core.ChargeRequest, Followers: core.ChargeFull}) {
		t.Errorf("%+v", o)
	}
}

// A document that cannot be used leaves the running cache alone and its own behind.
func TestCacheOfABrokenDocument(t *testing.T) {
	made := 0
	deps := caching(t, &made)
	doc := seeds()
	doc.Cache = &config.Cache{}
	prev, _, _ := Compile(doc, nil, deps)
	broken := seeds()
	broken.Cache = &config.Cache{}
	broken.Models[0].Provider = "nobody"
	if s, _, _ := Compile(broken, prev, deps); s != nil || made != 1 {
		t.Errorf("%v, %d caches", s, made)
	}
	broken.Cache.Exact.Size = 4 << 20
	if s, _, _ := Compile(broken, prev, deps); s != nil || made != 2 {
		t.Errorf("%v, %d caches", s, made)
	}
	if n := prev.Memory.(*cache.Cache).Counts(); n.Memory.Items != 0 {
		t.Errorf("%+v", n)
	}
	// Who only looks at a document sees the rows.
	if s, _, _ := Compile(doc, nil, fakeDeps()); s == nil || steps(s, core.OpChat) != 3 || s.Memory != nil {
		t.Error("the rows are not shown")
	}
}
