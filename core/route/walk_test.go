package route

import (
	"math/rand/v2"
	"slices"
	"testing"

	"asbru/core"
)

// Whatever the answers are, a walk ends, keeps to the order, stops at a final
// answer, and uses only keys that may be used.
func TestAnyWalk(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	statuses := []int{0, 200, 301, 400, 401, 402, 403, 404, 408, 409, 425, 429, 500, 503, 529}
	for range 1500 {
		y := newYard("a/x", "b", "c/z")
		y.snap.Providers["b"], y.snap.Models["c"] = y.route("b"), y.route("c/z")
		y.snap.Models["m"] = y.route("b")
		for _, target := range y.snap.Targets {
			target.Keys = keys([]int{rnd.IntN(3), rnd.IntN(3), rnd.IntN(3)}[:rnd.IntN(4)]...)
			for _, k := range target.Keys {
				if rnd.IntN(4) == 0 {
					k.Models = map[string]bool{"m": true, "z": true}
				}
			}
		}
		all := []string{"a/x", "b", "c/z"}
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		r := y.route(all[:1+rnd.IntN(3)]...)
		x := y.exchange("m", "b/m", "nobody", "c", "b/n")

		order := append(slices.Clone(r.Targets), y.targets["b"], y.targets["c/z"], y.targets["b"])
		var asked []string
		for {
			target, k := r.Pick(x, x.Attempts())
			if target == nil {
				break
			}
			last := len(asked) - 1
			if last >= 0 && verb(x.Attempts()[last].Status) == core.Final {
				t.Fatalf("asked again after %d", x.Attempts()[last].Status)
			}
			name := target.Name
			if target.Model == "" {
				name += "(" + string(x.Name) + ")"
			}
			if k != nil {
				name += "#" + k.Name
				if k.Weight == 0 || k.Models != nil && !k.Models[target.Model] && !(target.Model == "" && k.Models[string(x.Name)]) {
					t.Fatalf("%s cannot be used", name)
				}
			}
			asked = append(asked, name)
			if last >= 0 && x.Attempts()[last].Target != target {
				at := slices.Index(order, target)
				if at < 0 {
					t.Fatalf("asked %s out of order after %v", name, asked)
				}
				order = order[at:]
			}
			a := x.Begin(target, k)
			if a == nil {
				t.Fatalf("more than %d attempts: %v", core.MaxAttempts, asked)
			}
			a.Status = statuses[rnd.IntN(len(statuses))]
		}
	}
}
