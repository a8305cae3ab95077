package config

import (
	"testing"
	"time"

	"asbru/core"
)

func TestOverload(t *testing.T) {
	f := func(lines, want string) {
		t.Helper()
		tells(t, base+lines, want)
	}
	f("overload: {}\n", "")
	f("overload: {adaptive: false, max_concurrency: 40, queue: {size: 0, wait: 1s}, batch_share: 0}\n", "")
	f("overload: {min_concurrency: -1, queue: {size: -2, wait: -3}}\n", "2: overload.min_concurrency: cannot be negative (-1); hint: leave it out for the default\n2: overload.queue.size: cannot be negative (-2); hint: leave it out for the default\n2: overload.queue.wait: cannot be negative (-3s); hint: leave it out for the default")
	f("overload: {max_concurrency: 1000000}\n", "2: overload.max_concurrency: is 1000000; 100000 is the most")
	f("overload: {batch_share: 1}\n", "2: overload.batch_share: is 1; it goes from 0 to 0.9; hint: 0.1 is one turn in ten")
	f("overload: {adaptive: false}\n", "1: providers[0].overload.max_concurrency: is missing: a bound that is not adaptive is max_concurrency; hint: say how many requests a target takes, or leave adaptive out")
	f("overload: {min_concurrency: 9, max_concurrency: 8}\n", "1: providers[0].overload.min_concurrency: is 9, above max_concurrency, 8")
	f("virtual_keys: [{name: a, key: 0123456789abcdef, lane: bacth}]\n", "2: virtual_keys[0].lane: cannot be \"bacth\"; it is one of interactive, batch; hint: did you mean batch?")
}

// A target may have a bound of its own: one, whichever alias leads there.
func TestOverloadOfTargets(t *testing.T) {
	f := func(first, second, more, want string) {
		t.Helper()
		tells(t, base+"models:\n  - {alias: a, targets: [{provider: openai, model: x, overload: "+first+"}]}\n  - {alias: x, targets: [{provider: openai, overload: "+second+"}]}\n"+more, want)
	}
	f("{max_concurrency: 9}", "{max_concurrency: 9}", "", "")
	f("{max_concurrency: 9}", "{max_concurrency: 8}", "", "4: models[1].targets[0].overload: is not what models[0].targets[0].overload says of openai/x: it is one target, whichever alias leads there; hint: say it once")
	f("{max_concurrency: -9}", "{max_concurrency: -9}", "", "3: models[0].targets[0].overload.max_concurrency: cannot be negative (-9); hint: leave it out for the default\n4: models[1].targets[0].overload.max_concurrency: cannot be negative (-9); hint: leave it out for the default")
	f("{min_concurrency: 9}", "{min_concurrency: 9}", "overload: {max_concurrency: 8}\n", "3: models[0].targets[0].overload.min_concurrency: is 9, above max_concurrency, 8")
	f("{adaptive: false}", "{adaptive: false}", "", "3: models[0].targets[0].overload.max_concurrency: is missing: a bound that is not adaptive is max_concurrency; hint: say how many requests a target takes, or leave adaptive out")
}

func TestOver(t *testing.T) {
	no, half, none := false, 0.5, 0
	under := &Overload{MinConcurrency: 2, MaxConcurrency: 20, Adaptive: &no, BatchShare: &half, Queue: Queue{Size: &none, Wait: Duration(time.Second)}}
	if got := (*Overload)(nil).Over(under); got != under {
		t.Errorf("without its own: %+v", got)
	}
	if got := (*Overload)(nil).Over(nil); got != nil {
		t.Errorf("without any: %+v", got)
	}
	if got := (&Overload{Off: true}).Over(under); got != nil {
		t.Errorf("off: %+v", got)
	}
	got := (&Overload{MaxConcurrency: 30}).Over(under)
	if got.MaxConcurrency != 30 || got.MinConcurrency != 2 || got.Adaptive != &no || got.BatchShare != &half || got.Queue != under.Queue {
		t.Errorf("merged: %+v", got)
	}
	if got := (&Overload{MaxConcurrency: 30}).Over(&Overload{Off: true}); got == nil || got.MinConcurrency != 0 {
		t.Errorf("over what is off: %+v", got)
	}
	if k := (&VirtualKey{Lane: "batch"}); k.Urgency() != core.Batch {
		t.Error("batch is not batch")
	}
}
