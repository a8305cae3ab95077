package route

import "asbru/core"

// enter returns the first usable slot from i on. It prefers keys that were not
// tried at another target.
func (p *picker) enter(x *core.Exchange, i int, q search, shut *shut) (*core.Target, *core.ProviderKey) {
	asked := q.name
	if i < p.group {
		if t, k := p.balance(x, q, shut); t != nil {
			return t, k
		}
		i = p.group
	}
	for ; i < len(p.slots)+core.MaxFallbacks; i++ {
		s := p.slot(x, i, asked)
		if s.target == nil {
			continue
		}
		q.name = s.name
		if i > 0 {
			q.dealt = 0
		}
		if k, ok := p.sit(x, &s, &q, shut); ok {
			x.Name = s.name
			return s.target, k
		}
	}
	return nil, nil
}

// sit finds a key for s and reports whether s can be used now.
func (p *picker) sit(x *core.Exchange, s *slot, q *search, shut *shut) (*core.ProviderKey, bool) {
	if f, _ := s.target.Face(x.From, x.Op, s.name); f == nil {
		return nil, false
	}
	q.target = s.target
	if !q.lets(nil) || p.spent(s, q, shut) {
		return nil, false
	}
	if s.keys.open {
		l := s.keys.live.of(s.name)
		if l.good() || l.admit(p.time(q)) {
			return nil, true
		}
		shut.note(l, s, nil, q.now)
		return nil, false
	}
	w := s.wheel()
	if w == nil {
		return nil, false
	}
	if x.Bind != 0 {
		if k := p.bound(x, s, w, q); k != nil {
			return k, true
		}
	}
	if len(q.tried) == 0 {
		i := q.dealt - 1
		if i < 0 {
			i = w.deal()
		}
		q.dealt = 0
		if l := w.lives[i].of(s.name); q.lets(w.keys[i]) && (l.good() || l.admit(p.time(q))) { // when its rest is over it is probed in its turn
			return w.keys[i], true
		}
	}
	return p.careful(s, w, q, shut)
}

// spent reports whether the limits configured for the provider of s are used up, or those of an alias that it stands for.
func (p *picker) spent(s *slot, q *search, shut *shut) bool {
	wait := int64(0)
	if s.target.Spent != nil {
		wait = s.target.Spent(p.time(q))
	}
	for _, r := range s.via {
		wait = max(wait, r.Spent(p.time(q)))
	}
	if s.alias != nil && s.alias.Spent != nil {
		wait = max(wait, s.alias.Spent(p.time(q)))
	}
	if wait > 0 && (shut.spent == 0 || wait < shut.spent) {
		shut.spent = wait
	}
	return wait > 0
}

// careful is sit for the case that not every key may be used.
func (p *picker) careful(s *slot, w *wheel, q *search, shut *shut) (*core.ProviderKey, bool) {
	p.time(q)
	for _, q.again = range [...]bool{false, true} {
		for range w.keys {
			i := w.other(q)
			if i < 0 {
				break
			}
			if w.lives[i].of(s.name).admit(q.now) {
				return w.keys[i], true
			}
		}
		if len(q.tried) == 0 {
			break
		}
	}
	for i, l := range w.lives {
		if l = l.of(s.name); !l.good() && !q.bars(w.keys[i]) {
			shut.note(l, s, w.keys[i], q.now)
		}
	}
	return nil, false
}

// time is the Clock, read once per search.
func (p *picker) time(q *search) int64 {
	if q.now == 0 {
		q.now = p.book.clock()
	}
	return q.now
}
