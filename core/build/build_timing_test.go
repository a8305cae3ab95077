package build

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"asbru/core"
	"asbru/core/config"
)

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
	x := new(core.Exchange)
	for b.Loop() {
		x.Snap = s
		x.Key = s.Keys[sha256.Sum256(presented)]
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
