package core

import (
	"slices"
	"testing"
)

// Whoever leads a request to a target is told once, and the request for its own alias nobody leads.
func TestLed(t *testing.T) {
	at := func(name string) (*Target, *Route) {
		to := &Target{Name: name}
		return to, &Route{Name: name, Targets: []*Target{to}}
	}
	one, own := at("own")
	two, second := at("second")
	three, third := at("third")
	own.Targets, own.Via = append(own.Targets, two), []Via{{two, second}}
	x := &Exchange{Snap: &Snapshot{Models: map[string]*Route{"own": own, "second": second, "third": third}}, Route: own}
	f := func(to *Target, want ...string) {
		t.Helper()
		var got []string
		x.Led(to, func(r *Route) { got = append(got, r.Name) })
		if !slices.Equal(got, want) {
			t.Errorf("to %s lead %v, want %v", to.Name, got, want)
		}
	}
	f(one)
	f(two, "second")
	f(three)
	x.Peek.Fallbacks[0], x.Peek.Fallbacks[1], x.Peek.Fallbacks[2] = []byte("third"), []byte("nobody"), []byte("second")
	f(one)
	f(two, "second")
	f(three, "third")
	x.Rule = "some"
	f(one, "own")
	f(three, "own", "third")
	n := 0
	if allocs := testing.AllocsPerRun(100, func() { x.Led(three, func(*Route) { n++ }) }); allocs > 0 {
		t.Errorf("it allocates %v times", allocs)
	}
}
