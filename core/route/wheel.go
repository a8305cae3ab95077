package route

import "asbru/core"

// A wheel deals out the keys of one target by weight, and knows the state of each.
type wheel struct {
	ring
	keys  []*core.ProviderKey
	lives []*live
}

// newWheel returns nil if no key has a weight above 0.
func newWheel(keys []*core.ProviderKey, of func(*core.ProviderKey) *live) *wheel {
	w := &wheel{}
	var weights []int
	for _, k := range keys {
		if k.Weight > 0 {
			weights = append(weights, k.Weight)
			w.keys, w.lives = append(w.keys, k), append(w.lives, of(k))
		}
	}
	if len(w.keys) == 0 {
		return nil
	}
	w.set(weights)
	return w
}

// A search looks for a key: for a model, at a time, and not among those already tried.
type search struct {
	name  []byte
	now   int64 // 0: not asked yet
	tried []core.Attempt
	dealt int  // 1 + index of the key of the first slot whose turn it is; 0: none was dealt yet
	again bool // keys that were tried may be used again, unless they are dead

	serves func(*core.Target, *core.ProviderKey, []byte) bool // the policy's Serves; nil: everybody does
	target *core.Target                                       // whose keys are looked at
}

// other deals, by weight, one of the keys that serve the search; -1 when there is none.
func (w *wheel) other(s *search) int {
	return w.among(func(i int) bool {
		return !s.bars(w.keys[i]) && w.lives[i].of(s.name).ready(s.now)
	})
}

func (s *search) bars(k *core.ProviderKey) bool {
	if !s.lets(k) {
		return true
	}
	for i := range s.tried {
		if a := &s.tried[i]; a.Key == k && (!s.again || a.Status == 401 || a.Status == 402) {
			return true
		}
	}
	return false
}

// lets reports whether the caller's policy lets it be served with k.
func (s *search) lets(k *core.ProviderKey) bool {
	return s.serves == nil || s.serves(s.target, k, s.name)
}

// servesOf is Policy.Serves of the caller of x; nil: all targets may serve it.
func servesOf(x *core.Exchange) func(*core.Target, *core.ProviderKey, []byte) bool {
	if x.Key == nil || x.Key.Policy == nil {
		return nil
	}
	return x.Key.Policy.Serves
}

func used(k *core.ProviderKey, tried []core.Attempt) bool {
	for i := range tried {
		if tried[i].Key == k {
			return true
		}
	}
	return false
}
