package route

import (
	"fmt"
	"math"
	"time"

	"asbru/core"
)

// A shut collects, from the targets that may not be asked now, which one may be asked first.
type shut struct {
	at   int64
	why  reason
	live *live
	slot slot
	key  *core.ProviderKey

	spent int64 // nanoseconds until the configured limits of a provider let a request through; 0: no such limit is in the way
}

func (h *shut) note(l *live, s *slot, k *core.ProviderKey, now int64) {
	at, why := l.end()
	if l.claimed.Load() != 0 || l.key.claimed.Load() != 0 {
		at = now + int64(time.Second) // a probe is under way
	}
	if h.live == nil || at < h.at {
		h.at, h.why, h.live, h.slot, h.key = at, why, l, *s, k
	}
}

// exhausted refuses a request if the configured limits of all providers are spent.
func (p *picker) exhausted(x *core.Exchange, shut *shut) {
	wait := int(math.Ceil(time.Duration(shut.spent).Seconds()))
	x.Fault = &core.Fault{
		Code:    core.RateLimited,
		Message: fmt.Sprintf("the limits set for the providers of %q are used up, there is room in %d s", p.route, wait),
		Hint:    "try again then, name fallbacks, or have rate_limits of the providers raised",
		Retry:   wait,
	}
}

// benched decides about a request when no target may be asked: either it is refused, with the time
// at which one may be, or the least bad target is tried.
func (p *picker) benched(x *core.Exchange, shut *shut) (*core.Target, *core.ProviderKey) {
	now := p.book.clock()
	if p.breaker.Try || shut.why != benched && !p.breaker.Refuse {
		shut.live.force(now)
		shut.live.key.force(now)
		x.Name = shut.slot.name
		return shut.slot.target, shut.key
	}
	p.tab.benched.Add(1)
	wait := int(math.Ceil(time.Duration(max(shut.at-now, 1)).Seconds()))
	x.Fault = &core.Fault{
		Code:    core.Overloaded,
		Message: fmt.Sprintf("no target of %q may be asked now, the first is in %d s: %s", p.route, wait, shut.why),
		Hint:    "try again then, or name fallbacks",
		Retry:   wait,
	}
	if shut.why == benched {
		x.Fault.Code = core.RateLimited
		x.Fault.Message = fmt.Sprintf("the providers of %q take no more requests now, the first does in %d s", p.route, wait)
	}
	return nil, nil
}
