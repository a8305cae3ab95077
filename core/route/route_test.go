package route

import (
	"strings"
	"testing"

	"asbru/core"
)

// A yard is a small world of routes to pick in.
type yard struct {
	snap    *core.Snapshot
	targets map[string]*core.Target
}

// newYard makes one target, and one route leading to it alone, for each name.
// "p/m" sends m; "p" sends what was asked. Each has the keys k1 and k2.
func newYard(names ...string) *yard {
	y := &yard{
		snap:    &core.Snapshot{Models: map[string]*core.Route{}, Providers: map[string]*core.Route{}},
		targets: map[string]*core.Target{},
	}
	for _, n := range names {
		provider, model, _ := strings.Cut(n, "/")
		t := &core.Target{Name: n, Provider: provider, Model: model}
		t.Keys = keys(1, 1)
		t.Faces = []*core.Face{{}}
		t.Faces[0].Paths[core.OpChat] = "/v1/chat/completions"
		y.targets[n] = t
		y.snap.Targets = append(y.snap.Targets, t)
	}
	return y
}

func (y *yard) route(names ...string) *core.Route {
	r := &core.Route{Name: names[0]}
	for _, n := range names {
		r.Targets = append(r.Targets, y.targets[n])
	}
	Compile(r, Spec{Book: NewBook(y.snap.Targets, Options{}), Retry: &Retry{Share: 10}})
	return r
}

func (y *yard) exchange(model string, fallbacks ...string) *core.Exchange {
	x := &core.Exchange{Snap: y.snap, Key: &core.VirtualKey{Policy: &core.Policy{}}, Name: []byte(model)}
	x.Peek.Model = []byte(model)
	for i, f := range fallbacks {
		x.Peek.Fallbacks[i] = []byte(f)
	}
	return x
}

// walk picks until there is nothing left, answering with the given statuses. It
// returns the names of the targets tried, with the model asked of those that
// name none, and with a ' where a target's other key than its first was used.
func walk(x *core.Exchange, r *core.Route, statuses ...int) []string {
	var got []string
	first := map[*core.Target]*core.ProviderKey{}
	for i := 0; ; i++ {
		if len(x.Attempts()) > 0 {
			r.Pick(x, x.Attempts()) // asking whether anything is left changes nothing
		}
		t, k := r.Pick(x, x.Attempts())
		if t == nil {
			return got
		}
		name := t.Name
		if first[t] == nil {
			first[t] = k
		}
		if k != first[t] {
			name += "'"
		}
		if t.Model == "" {
			name += "(" + string(x.Name) + ")"
		}
		got = append(got, name)
		a := x.Begin(t, k)
		if a == nil || i >= len(statuses) {
			return append(got, "too many")
		}
		a.Status = statuses[i]
	}
}

func TestOrder(t *testing.T) {
	y := newYard("a/x", "b/y", "c")
	y.snap.Providers["c"], y.snap.Models["asked"] = y.route("c"), y.route("c")
	two := y.route("a/x", "b/y")

	f := func(r *core.Route, fallbacks []string, statuses []int, want string) {
		t.Helper()
		x := y.exchange("asked", fallbacks...)
		got := strings.Join(walk(x, r, statuses...), " ")
		if !strings.Contains(want, "'") {
			got = strings.ReplaceAll(got, "'", "") // any key is right
		}
		if got != want {
			t.Errorf("statuses %v: got %q, want %q", statuses, got, want)
		}
	}
	f(two, nil, []int{500, 503}, "a/x b/y")
	f(two, nil, []int{0, 0}, "a/x b/y")
	f(two, nil, []int{400}, "a/x")
	f(two, nil, []int{301, 404}, "a/x b/y")
	f(two, nil, []int{200}, "a/x")
	f(two, nil, []int{429, 500, 500}, "a/x a/x' b/y")
	f(two, nil, []int{429, 401, 403}, "a/x a/x' b/y")
	f(y.route("a/x"), nil, []int{429, 429}, "a/x a/x'")
	f(y.route("a/x"), []string{"c/m"}, []int{500, 500}, "a/x c(m)")
	f(y.route("c"), []string{"c/m"}, []int{500, 500}, "c(asked) c'(m)")
	f(y.route("c"), []string{"c/m", "c/n"}, []int{500, 500, 500}, "c(asked) c(m) c(n)")
	f(y.route("c"), []string{"nobody", "c/m"}, []int{500, 500}, "c(asked) c'(m)")
	f(y.route("c"), []string{"c/m"}, []int{429, 429, 500}, "c(asked) c(asked) c(m)")
	f(y.route("a/x"), []string{"c/m"}, []int{500, 429, 500}, "a/x c(m) c'(m)")
}

func TestAttemptsAreBounded(t *testing.T) {
	y := newYard("a/x", "b/x", "c/x", "d/x")
	x := y.exchange("m")
	got := walk(x, y.route("a/x", "b/x", "c/x", "d/x"), 500, 500, 500)
	if len(got) != core.MaxAttempts {
		t.Errorf("tried %v, want %d attempts", got, core.MaxAttempts)
	}
}

func TestPolicyBoundsFallbacks(t *testing.T) {
	y := newYard("a/x", "c")
	y.snap.Providers["c"] = y.route("c")
	x := y.exchange("m", "c/secret", "c/plain")
	x.Key.Policy.Allows = func(_ *core.Route, name []byte) bool { return string(name) == "plain" }
	got := walk(x, y.route("a/x"), 500, 500)
	if len(got) != 2 || !strings.HasSuffix(got[1], "(plain)") {
		t.Errorf("tried %v, want the target and the one fallback that is allowed", got)
	}
}

func TestKeysForModels(t *testing.T) {
	y := newYard("a")
	a := y.targets["a"]
	a.Keys = keys(1, 1, 0)
	a.Keys[0].Models = map[string]bool{"big": true}
	a.Keys[2].Models = map[string]bool{"off": true}
	r := y.route("a")
	f := func(model string, want ...string) {
		t.Helper()
		got := map[string]bool{}
		for range 12 {
			if _, k := r.Pick(y.exchange(model), nil); k != nil {
				got[k.Name] = true
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: got %v, want %v", model, got, want)
		}
		for _, w := range want {
			if !got[w] {
				t.Errorf("%s: got %v, want %v", model, got, want)
			}
		}
	}
	f("big", "key-1", "key-2")
	f("small", "key-2")
	f("off", "key-2")

	a.Keys = a.Keys[:1]
	r = y.route("a")
	if target, _ := r.Pick(y.exchange("small"), nil); target != nil {
		t.Errorf("a target without a key for the model was picked")
	}
}

// A target whose keys serve a fallback's name only must not be taken for it once
// the fallback was looked at.
func TestNameOfFallbackStaysWithIt(t *testing.T) {
	y := newYard("a/x", "b", "c")
	for _, k := range y.targets["b"].Keys {
		k.Models = map[string]bool{"m": true}
	}
	y.snap.Providers["c"], y.snap.Models["asked"] = y.route("c"), y.route("b")
	x := y.exchange("asked", "c/m")
	got := walk(x, y.route("a/x", "b"), 500, 500)
	if len(got) != 2 || got[0] != "a/x" || got[1] != "c(m)" {
		t.Errorf("tried %v, want a/x and c(m): b has no key for the model asked", got)
	}
}

func TestTargetsPassedOver(t *testing.T) {
	y := newYard("deaf/x", "broke/x", "local/x")
	y.targets["deaf/x"].Faces = nil
	y.targets["broke/x"].Keys = keys(0)
	y.targets["local/x"].Keys = nil
	got := walk(y.exchange("m"), y.route("deaf/x", "broke/x", "local/x"), 429)
	if len(got) != 1 || got[0] != "local/x" {
		t.Errorf("tried %v, want only local/x: it takes no key and the others cannot serve", got)
	}
}
