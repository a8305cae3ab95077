//go:build !race

package price

import (
	"testing"

	"asbru/core"
)

func TestAllocations(t *testing.T) {
	o := override(t, Override{Name: "of ci", Scope: Scope{Key: "ci"}, Model: "gpt-*"}, 0.5, nil)
	table := New([]*Sheet{BuiltIn()}, []*Override{o}, nil).Table("openai", "openai")
	q := Query{Model: []byte("gpt-4o-2024-11-20"), Key: "ci"}
	body := []byte(`{"model":"gpt-4o","messages":[{"role":"user","content":"say something"}]}`)
	u := &core.Usage{Known: true, In: 100, CachedIn: 50, Out: 20}
	table.Find(q)
	var sum core.Money
	if n := testing.AllocsPerRun(100, func() {
		p, _ := table.Find(q)
		c := count(body)
		held := c.worst(p, 0, 0)
		m, _ := Settle(p.At(0), u, Spent{In: c.tokens(), Out: 10}, held)
		sum += m
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if sum == 0 {
		t.Error("it was free")
	}
}
