package hotpath

import (
	"testing"

	"asbru/core"
)

// TestSumHasAllKinds: what two streams used together lacks no kind of token, each of which has a price.
func TestSumHasAllKinds(t *testing.T) {
	one := core.Usage{In: 1, CachedIn: 2, Out: 3, Reasoning: 4, WrittenIn: 5, KeptIn: 6, AudioIn: 7, AudioOut: 8, ImageIn: 9, ImageOut: 10, Searches: 11, Known: true}
	two := core.Usage{In: 2, CachedIn: 4, Out: 6, Reasoning: 8, WrittenIn: 10, KeptIn: 12, AudioIn: 14, AudioOut: 16, ImageIn: 18, ImageOut: 20, Searches: 22, Known: true}
	if got := sum(&one, &one); got != two {
		t.Errorf("%+v, want %+v", got, two)
	}
	if got := sum(&one, &core.Usage{Bad: true}); !got.Bad {
		t.Error("a report that is not believed is, beside another")
	}
}
