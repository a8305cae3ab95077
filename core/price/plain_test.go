package price

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"asbru/core"
)

// TestHoldOfText: the short way of what is all text comes to the same as the long one.
func TestHoldOfText(t *testing.T) {
	for _, row := range []string{"in=1 out=2", "in=2.5 out=10 cached=1.25", "in=1 out=2 max-in=2000 max-out=300", "in=1 out=0 max-in=1500", "call=1 in=0 out=0", "in=1 out=2 >1000 in=2 out=4"} {
		p := of(t, row)
		at := &core.Target{Name: "t", Keys: []*core.ProviderKey{{Name: "k"}}, Price: func(*core.Exchange, *core.ProviderKey, []byte) *core.Price { return p }}
		for _, most := range []int64{0, 1, 4096, math.MaxInt64} {
			for _, choices := range []int64{0, 1, 3} {
				for _, length := range []int{0, 10, 1500, 100_000} {
					x := &core.Exchange{Op: core.OpChat, Route: &core.Route{Targets: []*core.Target{at}}}
					x.Body = []byte(`{"messages":"` + strings.Repeat("a", length) + `"}`)
					x.Peek.MaxTokens, x.Peek.Choices = most, choices
					long, known := Hold(x, 0)
					x.Peek.Plain = true
					if lone(x) == nil {
						t.Fatal("it is not taken for text alone")
					}
					if short, ok := Hold(x, 0); short != long || !ok || !known {
						t.Fatalf("%s, %d, %d, %d bytes: %+v, want %+v", row, most, choices, length, short, long)
					}
				}
			}
		}
	}
}

// TestTimes compares with arithmetic that has no bounds.
func TestTimes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	f := func(m core.Money, n int64) {
		t.Helper()
		want := new(big.Int).Mul(big.NewInt(int64(m)), big.NewInt(n))
		want.Add(want, big.NewInt(999_999)).Div(want, big.NewInt(1_000_000))
		if !want.IsInt64() {
			want.SetInt64(math.MaxInt64)
		}
		if got := m.Times(n); got != core.Money(want.Int64()) {
			t.Fatalf("%d times %d is %d, want %v", m, n, got, want)
		}
	}
	for range 100_000 {
		f(core.Money(rnd.Uint64()>>(1+rnd.IntN(62))), int64(rnd.Uint64()>>(1+rnd.IntN(62))))
	}
	f(math.MaxInt64, math.MaxInt64)
	f(math.MaxInt64, 2)
	f(1<<32, 1<<32-1)
	f(1<<32, 1<<32)
}
