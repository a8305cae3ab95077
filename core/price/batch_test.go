package price

import (
	"math/rand/v2"
	"testing"

	"asbru/core"
)

// What is held for a request in a batch is never less than what it costs, whatever is reported that can be true of
// it, in whichever tier its prompt ends.
func TestHoldInBatch(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, row := range []string{"in=1 out=2", "in=1 out=2 batch=50%", "in=1 out=2 max-in=1100 max-out=50 batch in=0.3 out=4 thought=9 >1050 in=7 out=1", "call=0.1 in=0 batch=50%"} {
		p := of(t, row)
		at := &core.Target{Name: "t", Keys: []*core.ProviderKey{{Name: "a"}, {Name: "b"}}, Price: func(*core.Exchange, *core.ProviderKey, []byte) *core.Price { return p }}
		x := &core.Exchange{Op: core.OpChat, Body: []byte(`{"model":"m","messages":[{"role":"user","content":"a question of some length"}]}`)}
		x.Peek.MaxTokens = 40
		worst, least, ok := HoldInBatch(x, at, nil, []byte("m"), 0)
		if one, _, _ := HoldInBatch(x, at, at.Keys[0], []byte("m"), 0); !ok || least > worst || one != worst {
			t.Fatalf("%s: %v held, %v at least, %v for one key", row, worst, least, one)
		}
		in := int64(len(x.Body)) + Overhead
		if p.Most.In > 0 {
			in = min(in, p.Most.In)
		}
		for range 2000 {
			u := core.Usage{In: r.Int64N(in + 1), Out: r.Int64N(41), Known: true}
			u.CachedIn, u.Reasoning = r.Int64N(u.In+1), r.Int64N(u.Out+1)
			if cost, flaw := CostInBatch(p, &u, 0); cost > worst || flaw.Estimated() {
				t.Fatalf("%s: %+v costs %v, %q, and %v was held", row, u, cost, flaw, worst)
			}
		}
	}
	if _, _, ok := HoldInBatch(&core.Exchange{}, &core.Target{}, nil, nil, 0); ok {
		t.Error("a target without prices has one")
	}
	if cost, flaw := CostInBatch(nil, &core.Usage{Known: true, In: 1}, 0); cost != 0 || flaw != Sound {
		t.Errorf("%v, %v", cost, flaw)
	}
	for _, u := range []core.Usage{{}, {Known: true, In: -1}, {Known: true, In: 1, CachedIn: 2}} {
		if cost, flaw := CostInBatch(of(t, "in=1 out=2"), &u, 0); cost != 0 || !flaw.Estimated() {
			t.Errorf("%+v: %v, %v", u, cost, flaw)
		}
	}
}
