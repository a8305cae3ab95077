package price

import "asbru/core"

// HoldInBatch is the most that one request can cost in a provider's batch at t under name, whichever of the
// keys of t it goes with, and about what its prompt costs. x is the request as if it came alone: Key, Op, Body
// and Peek of it are read. A nil k is any key. ok is false when there is no price. now is the wall clock in
// Unix seconds.
func HoldInBatch(x *core.Exchange, t *core.Target, k *core.ProviderKey, name []byte, now int64) (worst, least core.Money, ok bool) {
	if t.Price == nil {
		return 0, 0, false
	}
	c := countOf(x)
	c.shape(x)
	keys := t.Keys
	if k != nil {
		keys = []*core.ProviderKey{k}
	} else if len(keys) == 0 {
		keys = noKey[:]
	}
	var last *core.Price
	for _, k := range keys {
		p := t.Price(x, k, name)
		if p == nil {
			return 0, 0, false
		}
		if p == last {
			continue
		}
		last = p
		b := inBatch(p.At(now))
		worst = max(worst, c.worst(&b, x.Peek.MaxTokens, x.Peek.Choices))
		least = max(least, b.For(0).In.Times(c.tokens()))
	}
	return worst, min(least, worst), true
}

// inBatch is p with the prices of batches in place of the plain ones.
func inBatch(p *core.Price) core.Price {
	b := *p
	if p.Batch != nil {
		b.Rates, b.Tiers = p.Batch[0].Rates, p.Batch[1:]
	}
	return b
}

// CostInBatch is what a request in a provider's batch cost by its report. A report that is not believed
// (Flaw.Estimated) comes to nothing: who knows what was held decides. A nil price costs nothing that
// anybody knows. now is the wall clock in Unix seconds.
func CostInBatch(p *core.Price, u *core.Usage, now int64) (core.Money, Flaw) {
	f := Judge(u)
	if p == nil || f.Estimated() {
		return 0, f
	}
	return p.At(now).ForBatch(u.In).Cost(u), f
}
