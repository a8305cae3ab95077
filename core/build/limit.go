package build

import (
	"fmt"
	"math"
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
		more, f := l.alias(x)
		if f != nil {
			x.Fault = f
			return core.Refuse
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

// alias returns the limits of the alias that x asks for, or that a rule leads it to; nil: there are none. Of both only the first
// are held: the others must have room, and are counted at the end.
func (l *limitSet) alias(x *core.Exchange) (*limit.Holder, *core.Fault) {
	if len(l.models) == 0 {
		return nil, nil
	}
	asked := l.models[string(x.Peek.Model)]
	if x.Rule == "" || x.Route.Spent == nil || x.Route.Name == string(x.Peek.Model) {
		return asked, nil
	}
	if asked == nil {
		return l.models[x.Route.Name], nil
	}
	return asked, usedUp(x.Route, l.clock())
}

// usedUp refuses what a rule leads to an alias whose limits are used up; nil: there is room.
func usedUp(r *core.Route, now int64) *core.Fault {
	wait := r.Spent(now)
	if wait == 0 {
		return nil
	}
	seconds := int(math.Ceil(time.Duration(wait).Seconds()))
	return &core.Fault{
		Code: core.RateLimited, Retry: seconds,
		Message: fmt.Sprintf("the limits of model %q, to which a rule leads, are used up; there is room in %d s", r.Name, seconds),
		Hint:    "try again then, or have the rate_limits of that model raised",
	}
}

// unlimit is the stage that returns what was not used, and counts what providers did.
func (c *compiler) unlimit(r *rules, op core.Op) (core.Stage, string) {
	if op == core.OpModels || !c.limited(op) && len(c.bounds.providers) == 0 {
		return nil, ""
	}
	l := c.bounds
	return func(x *core.Exchange) core.Verdict {
		if !x.Taken.Held && len(l.providers)+len(l.models) == 0 {
			return core.Continue
		}
		now := l.clock()
		used, known := price.Used(x)
		limit.Done(x, used.All(), known, now)
		if len(l.providers)+len(l.models) > 0 {
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

// charge counts what attempts used against the limits of their providers, and of the aliases that they were made for
// besides the one asked for, whose limits were held.
func (l *limitSet) charge(x *core.Exchange, used *price.Tokens, now int64) {
	for i := range x.Attempts() {
		t := x.Attempts()[i].Target
		if h := l.providers[t.Provider]; h != nil {
			h.Charge(used.Of(x, i), now)
		}
		if len(l.models) == 0 {
			continue
		}
		x.Led(t, func(r *core.Route) {
			if h := l.models[r.Name]; h != nil && r.Spent != nil && r.Name != string(x.Peek.Model) && x.Taken.More != any(h) {
				h.Charge(used.Of(x, i), now)
			}
		})
	}
}

// compileSpent sets Target.Spent once all targets are known, and Route.Spent.
func (c *compiler) compileSpent() {
	for alias, h := range c.bounds.models {
		if r := c.next.Models[alias]; c.aliases[r] {
			r.Spent = h.Spent
		}
	}
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
