package price

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"asbru/core"
)

// A ranking whose price is for searches is held for as many as its documents can be cut into, and charged by
// those that the provider has billed, or else by our own count.
func TestSearches(t *testing.T) {
	ranking := func(documents int, long string) string {
		list := strings.Repeat(`"`+long+`",`, documents)
		return fmt.Sprintf(`{"model":"m","query":"which?","documents":[%s]}`, strings.TrimSuffix(list, ","))
	}
	f := func(row, body string, u core.Usage, worst, cost core.Money, flaw Flaw) {
		t.Helper()
		p := of(t, row)
		at := &core.Target{Name: "t", Price: func(*core.Exchange, *core.ProviderKey, []byte) *core.Price { return p }}
		x := &core.Exchange{Op: core.OpRerank, Route: &core.Route{Targets: []*core.Target{at}}, Body: []byte(body), Usage: u}
		h, ok := Hold(x, 0)
		x.Begin(at, nil).Status = 200
		got, why := Charge(x, h, 0)
		if !ok || h.Worst != worst || got != cost || why != flaw || got > h.Worst {
			t.Errorf("%s: %v held, %v %q; want %v, %v %q", row, h.Worst, got, why, worst, cost, flaw)
		}
		if n := Units(x); n != h.Units {
			t.Errorf("%d units, then %d", h.Units, n)
		}
	}
	const cent = core.Money(1e7)
	short, long := ranking(250, "short"), ranking(2, strings.Repeat("x", 99*leastChunk))
	f("search=0.01", short, core.Usage{Searches: 3}, 3*cent+8, 3*cent, Sound)
	f("search=0.01", short, core.Usage{Searches: 2}, 3*cent+8, 2*cent, Sound)
	f("search=0.01", short, core.Usage{}, 3*cent+8, 3*cent, Missing)
	f("search=0.01", short, core.Usage{Searches: -1}, 3*cent+8, 3*cent, Missing)
	f("search=0.01", short, core.Usage{Known: true, In: 5}, 3*cent+8, 3*cent, Missing)
	f("search=0.01", long, core.Usage{Searches: 2}, 2*cent+8, 2*cent, Sound) // cut into a hundred pieces each
	f("search=0.01", ranking(0, ""), core.Usage{Searches: 0}, 8, 8, Missing)
	f("in=1 out=0", short, core.Usage{Known: true, In: 100, Searches: 3}, core.Money(bound(short)+250*int64(len(`"which?"`)))*1000+8, 100_000, Sound) // of tokens

	p := of(t, "search=0.002 batch=50%")
	u := core.Usage{Searches: 4, Known: true, In: 9}
	if got := Cost(p, &u); got != 8_000_000 {
		t.Errorf("%v", got)
	}
	if got, flaw := CostInBatch(p, &u, 0); got != 4_000_000 || flaw != Sound {
		t.Errorf("in a batch %v, %v", got, flaw)
	}
	for field, want := range map[string]core.Money{"call": 1e9, "in": 9000} { // an override of anything replaces it
		var o Override
		if err := o.Set(field, 1); err != nil {
			t.Fatal(err)
		}
		if got := Cost(o.apply(p), &u); got != want {
			t.Errorf("with an override of %s it is %v, want %v", field, got, want)
		}
	}
	if got := Judge(&core.Usage{Known: true, Searches: math.MaxInt32}); got != Unlikely {
		t.Error(got)
	}
}

// bound is how many tokens a body is held for.
func bound(body string) int64 { return int64(len(body)) + Overhead }
