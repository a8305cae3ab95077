// Package route decides which target and which provider key carry the next
// attempt of an Exchange.
//
// It is pure selection: no I/O, no clock, no locks, no allocation. It refuses to
// retry what core.Class calls final, to go past core.MaxAttempts, and to follow
// a caller's own fallback that the caller's policy does not allow.
package route

import "asbru/core"

// A Spec is what one Route is compiled from.
type Spec struct {
	Targets []*core.Target // in order of preference; all of them known to Book
	Book    *Book
}

// Compile returns the Pick of a Route. It may be called concurrently for
// different Exchanges.
//
// The order is that of s.Targets, then the request's own fallbacks (each leads
// to the first target of its Route, never to that Route's fallbacks). A target
// that lacks the operation or has no key for the model is passed over. After a
// failed attempt core.Class decides between another key of the same target and
// the next target; an attempt without a status moves to the next target. A nil
// target means that none is left.
//
// tried must hold exactly the attempts begun with what Pick returned, with the
// status of each; asking twice with the same tried leads to the same place, so
// one may ask whether anything is left. When Pick moves on to a fallback of the
// request it sets x.Name to the name that fallback goes by.
func Compile(s Spec) func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
	p := &picker{book: s.Book, slots: make([]slot, len(s.Targets))}
	for i, t := range s.Targets {
		p.slots[i] = slot{target: t, keys: s.Book.chooser(t)}
	}
	return p.pick
}

// A picker is a compiled Route: the configured slots, followed at request time
// by one slot for each fallback of the request.
type picker struct {
	slots []slot
	book  *Book
}

// A slot is one place in the order of preference.
type slot struct {
	target *core.Target // nil: nothing there
	keys   *chooser
	name   []byte // what to send when target names no model
}

func (p *picker) pick(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
	if len(tried) == 0 {
		return p.enter(x, 0, nil, x.Name)
	}
	if len(tried) >= core.MaxAttempts {
		return nil, nil
	}
	asked := x.Name
	if x.Asked != nil {
		asked = x.Asked
	} else if len(x.Peek.Model) > 0 {
		_, asked = x.Snap.Resolve(x.Peek.Model) // x.Name may be a fallback's by now
	}
	at, since := p.replay(x, tried)
	switch verb(tried[len(tried)-1].Status) {
	case core.Final:
		return nil, nil
	case core.NextKey:
		s := p.slot(x, at, asked)
		if k := s.other(tried[since:]); k != nil {
			x.Name = s.name
			return s.target, k
		}
	}
	return p.enter(x, at+1, tried, asked)
}

// enter returns the first usable slot from i on. It prefers keys that were not
// tried at another target.
func (p *picker) enter(x *core.Exchange, i int, tried []core.Attempt, asked []byte) (*core.Target, *core.ProviderKey) {
	for ; i < len(p.slots)+core.MaxFallbacks; i++ {
		s := p.slot(x, i, asked)
		if s.target == nil {
			continue
		}
		if f, _ := s.target.Face(x.From, x.Op, s.name); f == nil {
			continue
		}
		if s.keys.open {
			x.Name = s.name
			return s.target, nil
		}
		w := s.wheel()
		if w == nil {
			continue
		}
		x.Name = s.name
		if len(tried) > 0 {
			if k := w.other(tried); k != nil {
				return s.target, k
			}
		}
		return s.target, w.next()
	}
	return nil, nil
}

// replay finds the slot of the last attempt and the first attempt made there.
func (p *picker) replay(x *core.Exchange, tried []core.Attempt) (at, since int) {
	at = -1
	for i := range tried {
		if i > 0 && at >= 0 && verb(tried[i-1].Status) == core.NextKey &&
			tried[i].Target == tried[i-1].Target && !used(tried[i].Key, tried[since:i]) {
			continue // another key at the same slot
		}
		for j := at + 1; j < len(p.slots)+core.MaxFallbacks; j++ {
			if p.slot(x, j, nil).target == tried[i].Target {
				at, since = j, i
				break
			}
		}
	}
	return at, since
}

// slot resolves place i; beyond the configured ones, which go by the name that
// was asked for, stand the request's own.
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
	return slot{target: t, keys: p.book.chooser(t), name: name}
}

// wheel holds the keys of s for the model it sends, nil when there are none.
func (s *slot) wheel() *wheel {
	if s.target.Model != "" {
		return s.keys.fixed
	}
	return s.keys.wheel(s.name)
}

// other returns a key of s that is not among tried, nil when there is none.
func (s *slot) other(tried []core.Attempt) *core.ProviderKey {
	if s.target == nil || s.keys.open {
		return nil
	}
	if w := s.wheel(); w != nil {
		return w.other(tried)
	}
	return nil
}

// verb is core.Class, with "no answer came" as a reason for another target.
func verb(status int) core.Verb {
	if status == 0 {
		return core.NextTarget
	}
	return core.Class(status)
}

func used(k *core.ProviderKey, tried []core.Attempt) bool {
	for i := range tried {
		if tried[i].Key == k {
			return true
		}
	}
	return false
}
