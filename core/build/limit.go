package build

import (
	"fmt"
	"slices"
	"time"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/limit"
	"asbru/core/price"
)

// compileLimits makes the cells of all holders with limits. It runs before compileKeys, which
// refers to them.
func (c *compiler) compileLimits() {
	prev, _ := c.prev.Bounds.(*limit.Book)
	c.bounds = &limitSet{
		book: limit.NewBook(prev, c.clock()), clock: c.clock,
		teams: map[string]*limit.Holder{}, customers: map[string]*limit.Holder{}, models: map[string]*limit.Holder{},
		providers: map[string]*limit.Holder{}, made: map[[4]*limit.Holder]*limit.Limiter{},
	}
	l := c.bounds
	if c.deps.Rates != nil && c.doc.Governance.SharedLimits.Set() {
		l.book.Share(c.deps.Rates)
	}
	l.all = l.book.Holder("everybody", limitRules(c.doc.RateLimits))
	for i := range c.doc.Customers {
		d := &c.doc.Customers[i]
		l.customers[d.Name] = l.book.Holder(fmt.Sprintf("customer %q", d.Name), limitRules(d.RateLimits))
	}
	for i := range c.doc.Teams {
		d := &c.doc.Teams[i]
		l.teams[d.Name] = l.book.Holder(fmt.Sprintf("team %q", d.Name), limitRules(d.RateLimits))
	}
	for i := range c.doc.Models {
		d := &c.doc.Models[i]
		if h := l.book.Holder(fmt.Sprintf("model %q", d.Alias), limitRules(d.RateLimits)); h != nil {
			l.models[d.Alias] = h
		}
	}
	for i := range c.doc.Providers {
		d := &c.doc.Providers[i]
		if h := l.book.Holder(fmt.Sprintf("provider %q", d.Name), limitRules(d.RateLimits)); h != nil {
			l.providers[d.Name] = h
		}
	}
	l.some = l.all != nil || len(l.models) > 0 ||
		slices.ContainsFunc(c.doc.VirtualKeys, func(k config.VirtualKey) bool { return len(k.RateLimits) > 0 }) ||
		slices.ContainsFunc(c.doc.Teams, func(t config.Team) bool { return len(t.RateLimits) > 0 }) ||
		slices.ContainsFunc(c.doc.Customers, func(d config.Customer) bool { return len(d.RateLimits) > 0 })
	c.next.Bounds = l.book
}

// A limitSet holds the limits of a Snapshot by holder.
type limitSet struct {
	book  *limit.Book
	clock func() int64

	all              *limit.Holder // nil: none
	teams, customers map[string]*limit.Holder
	models           map[string]*limit.Holder // by alias; only those with limits
	providers        map[string]*limit.Holder // only those with limits
	made             map[[4]*limit.Holder]*limit.Limiter
	some             bool // some callers are limited
}

// of returns the Limiter of a virtual key; nil: it has no limits. Keys without limits of their own
// share that of their team and customer.
func (l *limitSet) of(k *config.VirtualKey, customer string) core.Limiter {
	set := [4]*limit.Holder{nil, l.teams[k.Team], l.customers[customer], l.all}
	if len(k.RateLimits) > 0 {
		set[0] = l.book.Holder(fmt.Sprintf("key %q", k.Name), limitRules(k.RateLimits))
	}
	m, ok := l.made[set]
	if !ok {
		m = limit.Of(set[:]...)
		l.made[set] = m
	}
	if m == nil {
		return nil
	}
	return m
}

// limitRules converts limits of a document for core/limit.
func limitRules(list []config.RateLimit) []limit.Rule {
	out := make([]limit.Rule, 0, len(list))
	for _, d := range list {
		switch {
		case d.Calls > 0:
			out = append(out, limit.Rule{Kind: limit.Calls, Most: int64(d.Calls)})
		case d.Streams > 0:
			out = append(out, limit.Rule{Kind: limit.Streams, Most: int64(d.Streams)})
		default:
			r := limit.Rule{Rate: limit.Rate{Units: int64(d.Requests), Per: d.Per.Or(time.Minute), Burst: int64(d.Burst)}}
			if d.Tokens > 0 {
				r.Kind, r.Rate.Units = limit.Tokens, int64(d.Tokens)
			}
			out = append(out, r)
		}
	}
	return out
}

// limited reports whether requests of an operation count against limits.
func (c *compiler) limited(op core.Op) bool {
	return op != core.OpModels && c.bounds.some
}

// limit is the stage that takes what the request is going to use from the limits of the caller, and of
// the alias that it asks for.
func (c *compiler) limit(r *rules, op core.Op) (core.Stage, string) {
	if !c.limited(op) {
		return nil, ""
	}
	l, nobody := c.bounds, new(limit.Limiter)
	return func(x *core.Exchange) core.Verdict {
		var more *limit.Holder
		if len(l.models) > 0 {
			more = l.models[string(x.Peek.Model)]
		}
		by, _ := x.Key.Limiter.(*limit.Limiter)
		if by == nil {
			if more == nil {
				return core.Continue
			}
			by = nobody
		}
		return by.Hold(x, more, l.clock())
	}, "rate_limits"
}

// unlimit is the stage that returns what was not used, and counts what providers did.
func (c *compiler) unlimit(r *rules, op core.Op) (core.Stage, string) {
	if op == core.OpModels || !c.limited(op) && len(c.bounds.providers) == 0 {
		return nil, ""
	}
	l := c.bounds
	return func(x *core.Exchange) core.Verdict {
		if !x.Taken.Held && len(l.providers) == 0 {
			return core.Continue
		}
		now := l.clock()
		used, known := price.Used(x)
		limit.Done(x, used.All(), known, now)
		if len(l.providers) > 0 {
			l.charge(x, &used, now)
		}
		return core.Continue
	}, "rate_limits"
}

// unlimitTurn is the stage that corrects what a WebSocket has taken after each of its turns.
func (c *compiler) unlimitTurn(_ *rules, op core.Op) (core.Stage, string) {
	if op != core.OpRealtime || !c.limited(op) {
		return nil, ""
	}
	l := c.bounds
	return func(x *core.Exchange) core.Verdict {
		limit.Turn(x, l.clock())
		return core.Continue
	}, "rate_limits"
}

// charge counts against the limits of providers what their attempts used.
func (l *limitSet) charge(x *core.Exchange, used *price.Tokens, now int64) {
	for i := range x.Attempts() {
		if h := l.providers[x.Attempts()[i].Target.Provider]; h != nil {
			h.Charge(used.Of(x, i), now)
		}
	}
}

// compileSpent sets Target.Spent once all targets are known.
func (c *compiler) compileSpent() {
	for name, h := range c.bounds.providers {
		for _, list := range [][]*core.Target{c.next.Targets, c.pinned} {
			for _, t := range list {
				if t.Provider == name {
					t.Spent = h.Spent
				}
			}
		}
	}
}

// customerOf returns who pays for a key: its own customer, or its team's.
func (c *compiler) customerOf(k *config.VirtualKey) string {
	if k.Customer != "" {
		return k.Customer
	}
	return c.payers[k.Team]
}
