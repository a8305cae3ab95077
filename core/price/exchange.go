package price

import "asbru/core"

// Flat is a price with one rate for prompts and one for answers, in dollars for a million tokens.
func Flat(from string, in, out float64) (*core.Price, error) {
	var o Override
	if err := o.Set("in", in); err != nil {
		return nil, err
	}
	if err := o.Set("out", out); err != nil {
		return nil, err
	}
	return &core.Price{Model: from, From: from, Rates: o.patch.full()}, nil
}

// Hold is the most that x can cost, whoever of those it may be led to answers it: the targets of its
// Route and of its own fallbacks. ok is false when somebody among them has no price, so that
// there is nothing to hold. now is the wall clock in Unix seconds.
//
// It is called before the first attempt, when x.Route is settled.
func Hold(x *core.Exchange, now int64) (worst core.Money, ok bool) {
	for _, t := range x.Route.Targets {
		if !served(x, t, x.Name) {
			continue
		}
		m, known := hold(x, t, x.Name, now)
		if !known {
			return 0, false
		}
		worst = max(worst, m)
	}
	for _, name := range x.Peek.Fallbacks {
		if len(name) == 0 {
			break
		}
		r, name := x.Snap.Resolve(name)
		if r == nil || len(r.Targets) == 0 || !served(x, r.Targets[0], name) {
			continue
		}
		m, known := hold(x, r.Targets[0], name, now)
		if !known {
			return 0, false
		}
		worst = max(worst, m)
	}
	return worst, true
}

func served(x *core.Exchange, t *core.Target, name []byte) bool {
	return x.Key == nil || x.Key.Policy == nil || x.Key.Policy.Serves == nil || x.Key.Policy.Serves(t, nil, name)
}

// hold is the most that x costs at t, with whichever of its keys.
func hold(x *core.Exchange, t *core.Target, name []byte, now int64) (worst core.Money, ok bool) {
	if t.Price == nil {
		return 0, false
	}
	keys := t.Keys
	if len(keys) == 0 {
		keys = noKey[:]
	}
	var last *core.Price
	for _, k := range keys {
		p := t.Price(x, k, name)
		if p == nil {
			return 0, false
		}
		if p != last { // as for nearly all, who price keys alike
			worst = max(worst, Worst(p.At(now), x.Body, x.Peek.MaxTokens, x.Peek.Choices))
			last = p
		}
	}
	return worst, true
}

// noKey stands for the keys of a target that takes none. It is never written.
var noKey [1]*core.ProviderKey

// Charge is what x costs once it is over: the attempt that answered, by its report, or by our own
// count when there is none that can be true. Attempts that failed before they answered are not
// charged. held is what was held for it, 0 for nothing; answered is how many bytes of
// content the client got.
func Charge(x *core.Exchange, held core.Money, answered int64, now int64) (core.Money, Flaw) {
	n := len(x.Attempts())
	if n == 0 {
		return 0, Sound
	}
	a := &x.Attempts()[n-1]
	if a.Target.Price == nil || a.Status == 0 && !x.Usage.Known && answered == 0 || a.Status >= 400 && !x.Usage.Known {
		return 0, Sound
	}
	p := a.Target.Price(x, a.Key, x.Name)
	if p == nil {
		return 0, Judge(&x.Usage)
	}
	return Settle(p.At(now), &x.Usage, Guess(x.Body, answered), held)
}
