package route

import (
	"math/rand/v2"
	"time"

	"asbru/core"
)

// more decides about another attempt, once for each failed one.
func (p *picker) more(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
	a := &x.Ahead
	if int(a.After) != len(tried) {
		*a = core.Ahead{After: int32(len(tried))}
		t, k, at := p.retry(x, tried)
		a.Target, a.Key, a.Name, a.At = t, k, x.Name, at
	}
	if a.Target != nil {
		x.Name = a.Name
	}
	return a.Target, a.Key
}

func (p *picker) retry(x *core.Exchange, tried []core.Attempt) (t *core.Target, k *core.ProviderKey, at int64) {
	last := &tried[len(tried)-1]
	if len(tried) >= p.attempts || verb(last.Status) == core.Final {
		return nil, nil, 0
	}
	now := p.book.clock()
	if w := last.Target.Waits.Total; w > 0 && x.Start > 0 && now-x.Start >= int64(w) {
		return nil, nil, 0 // the client is no longer waiting
	}
	asked := p.asked(x)
	free := last.Status == 401 || last.Status == 402 || last.Status == 403 || last.Spent || last.Cause == core.Crowded // nothing is multiplied
	if !free && !p.tab.take(now) {
		x.Ahead.Spent = true
		return nil, nil, 0
	}
	if t, k = p.after(x, search{name: asked, now: now, tried: tried, serves: servesOf(x)}); t == nil && !free {
		if at = p.again(x, tried, now); at > 0 {
			return last.Target, last.Key, at
		}
		p.tab.refund()
	}
	return t, k, 0
}

// again is when the target of the last attempt may be asked once more, as no other is left; 0:
// never.
func (p *picker) again(x *core.Exchange, tried []core.Attempt, now int64) int64 {
	r, last := &p.wait, &tried[len(tried)-1]
	n := 0
	for i := range tried {
		if tried[i].Target == last.Target && tried[i].Key == last.Key {
			n++
		}
	}
	if s := last.Status; n > r.Again || last.Vain || last.RetryAfter > r.Longest || s >= 300 && s < 400 || s == 451 {
		return 0
	}
	d := r.Backoff
	for ; n > 1 && d < r.Longest; n-- {
		d *= 2
	}
	d = min(d, r.Longest)
	d += time.Duration(rand.Int64N(int64(d/5)*2+1)) - d/5
	at := now + int64(max(d, last.RetryAfter))
	if w := last.Target.Waits.Total; w > 0 && x.Start > 0 && at-x.Start >= int64(w) {
		return 0
	}
	if x.Due.Total > 0 && at >= x.Due.Total || x.Due.First > 0 && x.Peek.Stream && at >= x.Due.First {
		x.Skipped |= core.SkipRetry
		return 0
	}
	if p.down(x, last, at) {
		return 0
	}
	return at
}

// down reports whether the target of a failed attempt rests beyond at because of more failures
// than this one: asking it again would make matters worse.
func (p *picker) down(x *core.Exchange, a *core.Attempt, at int64) bool {
	l := p.book.seats[seat{a.Target, a.Key}]
	if l == nil {
		return false
	}
	if a.Target.Model == "" {
		l = l.of(x.Name)
	}
	end, why := l.end()
	return end > at && why != benched
}

// after finds the slot to continue with.
func (p *picker) after(x *core.Exchange, q search) (*core.Target, *core.ProviderKey) {
	at, since := p.replay(x, q.tried)
	var shut shut
	if verb(q.tried[len(q.tried)-1].Status) == core.NextKey {
		s := p.slot(x, at, q.name)
		here := search{name: s.name, now: q.now, tried: q.tried[since:], serves: q.serves, target: s.target}
		if k := s.other(&here); k != nil {
			x.Name = s.name
			return s.target, k
		}
	}
	if at < p.group {
		at = -1 // the whole group is available, except for what was tried
	}
	return p.enter(x, at+1, q, &shut)
}

// replay finds the slot of the last attempt and the first attempt made there.
func (p *picker) replay(x *core.Exchange, tried []core.Attempt) (at, since int) {
	at = -1
	for i := range tried {
		if i > 0 && tried[i].Target == tried[i-1].Target && tried[i].Key == tried[i-1].Key && p.wait.Again > 0 {
			continue // the same target once more, after a wait
		}
		if i > 0 && at >= 0 && verb(tried[i-1].Status) == core.NextKey &&
			tried[i].Target == tried[i-1].Target && !used(tried[i].Key, tried[since:i]) {
			continue // another key at the same slot
		}
		from := at + 1
		if at < p.group {
			from = p.group
			if j := p.grouped(tried[:i+1]); j >= 0 {
				at, since = j, i
				continue
			}
		}
		for j := from; j < len(p.slots)+core.MaxFallbacks; j++ {
			if p.slot(x, j, nil).target == tried[i].Target {
				at, since = j, i
				break
			}
		}
	}
	return at, since
}

// grouped is the balanced slot of the last attempt, -1 when it was not made there: a
// target of the group is asked once as such.
func (p *picker) grouped(tried []core.Attempt) int {
	t := tried[len(tried)-1].Target
	if asked(t, tried[:len(tried)-1]) {
		return -1
	}
	for j := range p.group {
		if p.slots[j].target == t {
			return j
		}
	}
	return -1
}

// asked reports whether t was tried.
func asked(t *core.Target, tried []core.Attempt) bool {
	for i := range tried {
		if tried[i].Target == t {
			return true
		}
	}
	return false
}
