package build

import (
	"fmt"
	"testing"

	"asbru/core"
	"asbru/core/config"
)

// BenchmarkRules is the stage: one rule that matches, as the tenth.
func BenchmarkRules(b *testing.B) {
	var rules []config.Rule
	for i := range 10 {
		rules = append(rules, config.Rule{Name: fmt.Sprint("r", i), When: fmt.Sprintf(`model.startsWith("gpt-4") && headers["x-tier"] == "premium%.*s"`, 9-i, "123456789"), Targets: to(at("ollama", "x"))})
	}
	s, _, _ := Compile(ruledBy(rules...), nil, fakeDeps())
	x := &core.Exchange{Snap: s, Op: core.OpChat, Head: premium{}}
	for _, k := range s.Keys {
		if k.Name == "ci" {
			x.Key = k
		}
	}
	x.Peek.Model = []byte("gpt-4o")
	plan := &x.Key.Policy.Plans[core.OpChat]
	b.ReportAllocs()
	for b.Loop() {
		x.Route, x.Name = s.Resolve(x.Peek.Model)
		if core.Run(x, plan.Admit[len(plan.Admit)-1:]); x.Rule != "r9" {
			b.Fatal(x.Rule, x.Fault)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			doc := seeds()
			for i := range n {
				doc.VirtualKeys = append(doc.VirtualKeys, config.VirtualKey{
					Name: fmt.Sprint("tenant-", i), Key: secret(fmt.Sprint("vk-secret-", i)), AllowedModels: []string{"fast-cheap"}})
			}
			prev, _, _ := Compile(doc, nil, fakeDeps())
			b.ReportAllocs()
			for b.Loop() {
				if s, problems, _ := Compile(doc, prev, fakeDeps()); s == nil {
					b.Fatal(problems)
				}
			}
		})
	}
}

// BenchmarkDecide is everything between the facts of a body and the target:
// who calls, what may they use, where does it go.
func BenchmarkDecide(b *testing.B) {
	doc := seeds()
	doc.VirtualKeys[0].AllowedModels = []string{"fast-cheap", "eu-secure", "openai/*"}
	s, _, _ := Compile(doc, nil, fakeDeps())
	presented, model := []byte("vk-0123456789abcdef"), []byte("eu-secure")
	x := &core.Exchange{From: s.Targets[0].Faces[0].Dialect}
	for b.Loop() {
		x.Snap = s
		x.Key = s.Caller(presented)
		x.Plan = &x.Key.Policy.Plans[core.OpChat]
		x.Route, x.Name = s.Resolve(model)
		if core.Run(x, x.Plan.Admit) != core.Continue {
			b.Fatal(x.Fault)
		}
		if t, _ := x.Route.Pick(x, nil); t == nil {
			b.Fatal("nothing picked")
		}
	}
}
