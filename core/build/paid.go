package build

import (
	"time"

	"asbru/core"
	"asbru/core/price"
)

// paid reports whether anything is held for an operation.
func (c *compiler) paid(op core.Op) bool { return c.money != nil && op != core.OpModels }

// hold holds the worst case of what a provider is asked for.
func (c *compiler) hold(_ *rules, op core.Op) (core.Stage, string) {
	if !c.paid(op) {
		return nil, ""
	}
	if c.doc.Leased() {
		return c.money.hold, "budgets of several machines"
	}
	return c.money.hold, "budgets"
}

// billed is a stage for those exchanges of op that owe something; the others pass it.
func (c *compiler) billed(op core.Op, stage func(*core.Exchange, *bill) core.Verdict) (core.Stage, string) {
	if !c.paid(op) {
		return nil, ""
	}
	return func(x *core.Exchange) core.Verdict {
		if b, ok := x.Bill.(*bill); ok {
			return stage(x, b)
		}
		return core.Continue
	}, "budgets"
}

// look notes what is written down of a request, now that it is on its way: nobody waits for
// that. It also has the intent written.
func (c *compiler) look(_ *rules, op core.Op) (core.Stage, string) {
	m := c.money
	return c.billed(op, func(x *core.Exchange, b *bill) core.Verdict {
		m.till.Nudge()
		m.look(x, b)
		return core.Continue
	})
}

// intent keeps an answer back until what it may cost stands on the disk.
func (c *compiler) intent(_ *rules, op core.Op) (core.Stage, string) {
	m := c.money
	return c.billed(op, func(x *core.Exchange, b *bill) core.Verdict {
		m.look(x, b)
		return m.till.Begun(x, &b.hold)
	})
}

// progress writes down what a stream has cost so far.
func (c *compiler) progress(_ *rules, op core.Op) (core.Stage, string) {
	m := c.money
	return c.billed(op, func(x *core.Exchange, b *bill) core.Verdict {
		if x.Stream.Said >= b.noted+progressEvery {
			m.progress(x, b)
		}
		return core.Continue
	})
}

// settle charges what an answer costs and keeps its end back until that stands on the disk.
func (c *compiler) settle(_ *rules, op core.Op) (core.Stage, string) {
	m := c.money
	return c.billed(op, m.settle)
}

// cost notes what an exchange cost, and settles it when nothing has yet: it failed, its client
// left, or nobody was asked.
func (c *compiler) cost(_ *rules, op core.Op) (core.Stage, string) {
	m := c.money
	if op == core.OpModels {
		if m == nil || !m.audited {
			return nil, ""
		}
		return func(x *core.Exchange) core.Verdict { // nothing is paid for it
			m.unheld(x)
			return core.Continue
		}, "audit"
	}
	return func(x *core.Exchange) core.Verdict {
		if op == core.OpPass && m != nil {
			m.glance(x)
		}
		b, ok := x.Bill.(*bill)
		if !ok {
			if x.Charge == core.ChargeFull {
				m.recalled(x)
			} else if len(x.Attempts()) > 0 {
				x.Cost = uncounted(x, time.Now().Unix())
			}
			m.unheld(x)
			return core.Continue
		}
		if !b.ended {
			m.close(x, b)
			m.till.Nudge()
		}
		x.Bill = nil // nobody else holds it
		m.give(b)
		return core.Continue
	}, "prices"
}

// renew charges the turn of a WebSocket that is over, and holds the worst case of the next.
func (c *compiler) renew(_ *rules, op core.Op) (core.Stage, string) {
	if op != core.OpRealtime || c.money == nil {
		return nil, ""
	}
	m := c.money
	return func(x *core.Exchange) core.Verdict {
		b, ok := x.Bill.(*bill)
		p, _ := x.Key.Purse.(*purse)
		if !ok || b.ended && !b.opening {
			return core.Continue
		}
		if !b.opening {
			m.close(x, b)
			m.till.Nudge()
			x.Stream.Said = 0 // paid
			b = &bill{before: b.before, looked: b.looked, turns: b.turns + 1, opening: true, paid: x.Usage, cost: x.Cost}
			x.Bill = b // the one before may still be on its way to the disk
		}
		v := m.fill(b, p, x, time.Now())
		if v == core.Wait {
			return v
		}
		b.opening = false
		b.ended = !b.hold.Held() // all that was used is charged
		return v
	}, "budgets"
}

// uncounted is what an exchange cost that nothing was held for. Its prompt is read for our own
// count only where the provider's cannot be used.
func uncounted(x *core.Exchange, now int64) core.Money {
	list := x.Attempts()
	if x.Usage.Known && !list[len(list)-1].Resumes {
		if cost, flaw := price.Charge(x, price.Held{}, now); !flaw.Estimated() {
			return cost
		}
	}
	prompt := price.Prompt(x)
	cost, _ := price.Charge(x, price.Held{Prompt: prompt, Units: price.Units(x)}, now)
	price.Complete(x, prompt)
	return cost
}
