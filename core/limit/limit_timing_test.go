package limit

import (
	"testing"
	"time"

	"asbru/core"
)

func BenchmarkTakeAndDone(b *testing.B) {
	book := NewBook(nil, 0)
	l := Of(book.Holder("key", []Rule{rate(Requests, MaxUnits, time.Minute), rate(Tokens, MaxUnits, time.Minute), {Kind: Calls, Most: 5}}))
	x := &core.Exchange{Body: make([]byte, 1500)}
	now := int64(0)
	for b.Loop() {
		now += 1000
		l.Take(x, nil, now)
		Done(x, 0, true, now)
	}
}
