package price

import (
	"strings"
	"testing"

	"asbru/core"
)

func override(t *testing.T, o Override, scale float64, set map[string]float64) *Override {
	t.Helper()
	if scale != 0 {
		if err := o.Scale(scale); err != nil {
			t.Fatal(err)
		}
	}
	for k, v := range set {
		if err := o.Set(k, v); err != nil {
			t.Fatal(err)
		}
	}
	return &o
}

func TestOverrides(t *testing.T) {
	type set = map[string]float64
	own, _ := Read("own", "[openai]\ngpt-x in=2 out=8 cached=0.5 >100 in=4 out=16\nembed in=1\n")
	b := New([]*Sheet{own}, []*Override{
		override(t, Override{Name: "all"}, 0.5, nil),
		override(t, Override{Name: "stars", Model: "g*******"}, 0.7, nil), // says less than the others
		override(t, Override{Name: "family", Model: "gpt-*"}, 0, set{"in": 3}),
		override(t, Override{Name: "chat", Model: "gpt-*", Ops: 1 << core.OpChat}, 0, set{"in": 5, "out": 5}),
		override(t, Override{Name: "at east", Scope: Scope{Provider: "east"}, Model: "new"}, 0, set{"in": 1, "out": 1}),
		override(t, Override{Name: "half of new", Scope: Scope{Provider: "west"}, Model: "new"}, 0.5, nil),
		override(t, Override{Name: "of ci", Scope: Scope{Key: "ci"}}, 0.1, nil),
		override(t, Override{Name: "of ci at east", Scope: Scope{Key: "ci", Provider: "east"}}, 0.2, nil),
		override(t, Override{Name: "of k2", Scope: Scope{ProviderKey: "k2"}}, 0, set{"call": 0.01, "in": 0, "out": 0}),
	}, nil)
	if !b.Overridden() {
		t.Error("nobody seems to be priced apart")
	}
	f := func(provider, model, key, pkey string, op core.Op, want string) {
		t.Helper()
		p, known := b.Table(provider, "openai").Find(Query{Model: []byte(model), Key: key, ProviderKey: pkey, Op: op})
		if !known || p.From != "override "+want {
			t.Errorf("%s/%s by %q with %q: %+v, want %s", provider, model, key, pkey, p, want)
		}
	}
	f("west", "gpt-x", "", "", core.OpResponses, "family")
	f("west", "gpt-x", "", "", core.OpChat, "chat")
	f("west", "embed", "", "", core.OpEmbed, "all")
	f("east", "new", "", "", core.OpChat, "at east")
	f("west", "gpt-x", "ci", "", core.OpChat, "of ci")
	f("east", "gpt-x", "ci", "k2", core.OpChat, "of ci at east")
	f("east", "gpt-x", "", "k2", core.OpChat, "of k2")
	if p, known := b.Table("west", "openai").Find(Query{Model: []byte("new")}); p != nil || known {
		t.Errorf("half of what nobody knows is %+v", p)
	}

	p, _ := b.Table("west", "openai").Find(Query{Model: []byte("gpt-x"), Op: core.OpResponses})
	if p.In != 3e9 || p.CachedIn != 0.5e9 || p.AudioIn != 3e9 || p.Tiers[0].In != 3e9 || p.Tiers[0].Out != 16e9 {
		t.Errorf("family is %+v", p)
	}
	p, _ = b.Table("west", "openai").Find(Query{Model: []byte("gpt-x"), Key: "ci"})
	if p.In != 0.2e9 || p.Tiers[0].Out != 1.6e9 {
		t.Errorf("a tenth is %+v", p)
	}
}

func TestOverrideRefuses(t *testing.T) {
	var o Override
	for kind, usd := range map[string]float64{"in": -1, "price": 1, "out": 1e12} {
		if err := o.Set(kind, usd); err == nil {
			t.Errorf("%s %v was taken", kind, usd)
		}
	}
	for _, by := range []float64{-1, 0, 1001} {
		if err := o.Scale(by); err == nil {
			t.Errorf("times %v was taken", by)
		}
	}
}

func TestMatches(t *testing.T) {
	f := func(pattern, name string, want bool) {
		t.Helper()
		if got := Matches(pattern, []byte(name)); got != want {
			t.Errorf("%q matches %q: %v", pattern, name, got)
		}
	}
	f("gpt-4o", "gpt-4o", true)
	f("gpt-4o", "gpt-4o-mini", false)
	f("gpt-4o*", "gpt-4o", true)
	f("*", "", true)
	f("", "", true)
	f("", "x", false)
	f("*-mini", "gpt-4o-mini", true)
	f("*-mini", "gpt-4o-mini-x", false)
	f("g*o*i", "gpt-4o-mini", true)
	f("a*b", "ab", true)
	f("a**b", "axxb", true)
	f("a*b", "axxbx", false)
	f(strings.Repeat("*a", 50)+"b", strings.Repeat("a", 256), false) // and soon
}
