package core

// Worth is what usage comes to at the target that x asked last; ok is false when nobody knows its
// price, or the usage makes no sense. now is the wall clock in Unix seconds.
func (x *Exchange) Worth(u *Usage, now int64) (cost Money, ok bool) {
	list := x.Attempts()
	if len(list) == 0 || u.Bad || u.In < 0 || u.Out < 0 {
		return 0, false
	}
	a := &list[len(list)-1]
	if a.Target.Price == nil {
		return 0, false
	}
	p := a.Target.Price(x, a.Key, x.Name)
	if p == nil {
		return 0, false
	}
	return p.At(now).For(u.In).Cost(u), true
}
