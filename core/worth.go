package core

// Worth is what u, the usage that x has reported, comes to at the target that x asked last. ok is false when nobody knows its price,
// the usage makes no sense, or there is no report of a part: of a stream that broke and that this target continues. now is the
// wall clock in Unix seconds.
func (x *Exchange) Worth(u *Usage, now int64) (cost Money, ok bool) {
	list := x.Attempts()
	if len(list) == 0 || u.Bad || u.Negative() || u.Unlikely() {
		return 0, false
	}
	last := &list[len(list)-1]
	if b := x.Broken(); b != nil && last.Resumes {
		if !b.Usage.Known {
			return 0, false
		}
		first, rest := b.Usage, u.Less(&b.Usage)
		first.Out = max(first.Out, int64(b.Said))
		if cost, ok = list[b.Attempts-1].worth(x, b.Name, &first, now); !ok {
			return 0, false
		}
		u = &rest
	}
	if st := &x.Stream; int64(st.Said) > u.Out && !st.Finished && !st.Done { // as it is charged if it breaks off here
		early := *u
		early.Out, u = int64(st.Said), &early
	}
	more, ok := last.worth(x, x.Name, u, now)
	return x.Peek.Haste.Of(cost.Plus(more)), ok
}

// worth is what u comes to at the target of a, at the plain price.
func (a *Attempt) worth(x *Exchange, name []byte, u *Usage, now int64) (cost Money, ok bool) {
	if a.Target.Price == nil {
		return 0, false
	}
	p := a.Target.Price(x, a.Key, name)
	if p == nil {
		return 0, false
	}
	return p.At(now).For(u.In).Cost(u), true
}

// Of returns m, a cost at the plain price, at that of the service which h asks for: 1.7 to 2 times as much for
// priority, 6 times for Anthropic's fast mode.
func (h Haste) Of(m Money) Money {
	times := 1
	switch h {
	case Priority:
		times = 2
	case Fast:
		times = 6
	}
	sum := m
	for range times - 1 {
		sum = sum.Plus(m)
	}
	return sum
}
