package route

import "asbru/core"

// slot resolves place i: first come the configured slots, which use the name that was asked for,
// then the request's own fallbacks.
func (p *picker) slot(x *core.Exchange, i int, asked []byte) slot {
	if i < 0 {
		return slot{}
	}
	if i < len(p.slots) {
		s := p.slots[i]
		s.name = asked
		return s
	}
	name := x.Peek.Fallbacks[i-len(p.slots)]
	if len(name) == 0 {
		return slot{}
	}
	r, name := x.Snap.Resolve(name)
	if r == nil || len(r.Targets) == 0 {
		return slot{}
	}
	if allows := x.Key.Policy.Allows; allows != nil && !allows(r, name) {
		return slot{}
	}
	t := r.Targets[0]
	return slot{target: t, keys: p.book.chooser(t), name: name, alias: r}
}

// limited returns the routes of the aliases that t stands for on r and that have rate limits.
func limited(r *core.Route, t *core.Target) (list []*core.Route) {
	for i := range r.Via {
		if v := &r.Via[i]; v.Target == t && v.Route.Spent != nil {
			list = append(list, v.Route)
		}
	}
	return list
}

// wheel returns the keys of s for the model it sends; nil: there are none.
func (s *slot) wheel() *wheel {
	if s.target.Model != "" {
		return s.keys.fixed
	}
	return s.keys.wheel(s.name)
}

// other returns a key of s that the search accepts; nil: there is none.
func (s *slot) other(q *search) *core.ProviderKey {
	if s.target == nil || s.keys.open {
		return nil
	}
	w := s.wheel()
	if w == nil {
		return nil
	}
	for range w.keys {
		i := w.other(q)
		if i < 0 {
			return nil
		}
		if w.lives[i].of(s.name).admit(q.now) {
			return w.keys[i]
		}
	}
	return nil
}

// verb is core.Class, except that an attempt without an answer moves on to another target.
func verb(status int) core.Verb {
	if status == 0 {
		return core.NextTarget
	}
	return core.Class(status)
}
