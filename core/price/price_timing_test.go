package price

import (
	"strings"
	"testing"

	"asbru/core"
)

func BenchmarkFind(b *testing.B) {
	table := New([]*Sheet{BuiltIn()}, nil, nil).Table("openai", "openai")
	q := Query{Model: []byte("gpt-4o-2024-11-20")}
	for b.Loop() {
		table.Find(q)
	}
}

func BenchmarkWorst2KB(b *testing.B) {
	body := []byte(`{"model":"gpt-4o","messages":[` + strings.Repeat(`{"role":"user","content":"say something that is not too short, and then again"},`, 24) + `{}]}`)
	p := New([]*Sheet{BuiltIn()}, nil, nil).Table("openai", "openai").stems([]byte("gpt-4o"))
	for b.Loop() {
		c := count(body)
		c.worst(p, 0, 0)
	}
}

func BenchmarkCost(b *testing.B) {
	p := New([]*Sheet{BuiltIn()}, nil, nil).Table("openai", "openai").stems([]byte("gpt-4o"))
	u := &core.Usage{Known: true, In: 100, CachedIn: 50, Out: 20}
	for b.Loop() {
		Cost(p, u)
	}
}

func BenchmarkBuiltIn(b *testing.B) {
	for b.Loop() {
		New([]*Sheet{BuiltIn()}, nil, nil).Table("openai", "openai")
	}
}
