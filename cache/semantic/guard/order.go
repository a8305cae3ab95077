package guard

// stand compares the roles of matched words, and their order.
func (m *matching) stand(v *Verdict, either bool) {
	m.traded = m.trade()
	for i := range m.a {
		if m.to[i] == 0 {
			continue
		}
		if rule := m.apart(i); rule != Pass {
			v.object(rule, &m.a[i])
			return
		}
		if k := m.overtaker(i, either); k >= 0 {
			v.object(Order, &m.a[k])
			return
		}
	}
}

// apart returns what speaks against word i having the place of its counterpart; Pass: nothing does.
func (m *matching) apart(i int) Rule {
	x, y := &m.a[i], m.counterpart(i)
	switch {
	case contradict(x.role, y.role) && !m.tongue(x) && !(m.howto && m.off(x, y)):
		return Relation
	case (x.role == roleCount) != (y.role == roleCount) && m.measured(x) && !m.single(i):
		return Relation
	case !m.follows(i):
		return Pass
	case m.taught(x, y) || m.howto && i == 1 && within(x, y):
		return Relation
	case x.big && y.big && m.parted(i):
		return AndOr
	case x.done != y.done && string(x.text) != string(y.text):
		return Order
	}
	return Pass
}

// overtaker returns the first word behind word i with which it has swapped its place; -1: there is none.
// either: both texts state a symmetric relation.
func (m *matching) overtaker(i int, either bool) int {
	for k := i + 1; k < len(m.a); k++ {
		if m.to[k] > 0 && m.to[k] < m.to[i] && m.swapped(i, k) && !(either && free(&m.a[i], &m.a[k])) {
			return k
		}
	}
	return -1
}

// off reports whether something is removed from x: remove it from there, or on there.
func (m *matching) off(x, y *word) bool {
	if x.role > y.role {
		x, y = y, x
	}
	if x.role != roleAt || y.role != roleFrom {
		return false
	}
	for i := range m.a {
		switch string(m.a[i].text) {
		case "remove", "delete", "uninstall", "recover":
			return m.to[i] > 0
		}
	}
	return false
}

// free reports whether two words may be swapped because their relation is symmetric: "is X married to
// Y".
func free(x, y *word) bool {
	return x.kind != kindNumber && y.kind != kindNumber && x.kind != kindPronoun && y.kind != kindPronoun
}

// single reports whether word i of a, or its counterpart, follows a 1 and the other is in the singular:
// a month, 1 month.
func (m *matching) single(i int) bool {
	j := int(m.to[i] - 1)
	x, y := &m.a[i], &m.b[j]
	one := func(words []word, i int) bool { return i > 0 && words[i-1].free && words[i-1].kind == kindNumber }
	return string(x.text) == string(y.text) && (x.role == roleCount && one(m.a, i) || y.role == roleCount && one(m.b, j))
}

// follows reports whether word i of a and its counterpart follow the same word.
func (m *matching) follows(i int) bool {
	return i > 0 && m.to[i-1] > 0 && m.to[i-1] == m.to[i]-1
}

// within reports whether one of two words is an object and the other follows "in": break shoes, break
// in shoes.
func within(x, y *word) bool {
	if x.glued {
		x, y = y, x
	}
	return x.role == roleAt && y.role == roleNone && y.glued && !x.glued
}

// taught reports whether one of two words is the language in which something is taught and the other
// the subject itself: teach in English, teach English.
func (m *matching) taught(x, y *word) bool {
	if x.glued {
		x, y = y, x
	}
	return x.role == roleAt && y.glued && !x.glued && m.g.lex.class(x.id).isOf(classLanguage)
}

// parted reports whether the names i-1 and i of a are one name in one text and two in the other: David
// Stone, David and Stone.
func (m *matching) parted(i int) bool {
	x, y := &m.a[i], m.counterpart(i)
	return x.glued && !x.joined && y.joined && !y.glued || y.glued && !y.joined && x.joined && !x.glued
}

// measured reports whether x is a unit.
func (m *matching) measured(x *word) bool {
	l := &m.g.lex
	if l.class(x.id).isOf(classUnit) {
		return true
	}
	if n := len(x.text); n > 2 && x.text[n-1] == 's' && l.class(l.find(x.text[:n-1])).isOf(classUnit) {
		return true
	}
	return l.class(l.ids[l.lemmas[string(x.text)]]).isOf(classUnit)
}

// tongue reports whether x is a language or a unit, for which "into" and "in" are the same: translate
// into French, in French.
func (m *matching) tongue(x *word) bool {
	return m.g.lex.class(x.id).isOf(classLanguage) || m.measured(x)
}

func contradict(x, y role) bool {
	if x == y {
		return false
	}
	if x > y {
		x, y = y, x
	}
	if y == roleThinks {
		return true
	}
	switch x {
	case roleAt:
		return y == roleFrom || y == roleTo
	case roleFor:
		return y == roleWith || y == roleAbout || y == roleBy
	case roleTo:
		return y == roleAbout || y == roleFrom || y == roleThan || y == roleBefore || y == roleAfter
	case roleFrom:
		return y == roleFor || y == roleWith || y == roleAbout || y == roleThan || y == roleBefore || y == roleAfter
	case roleBefore:
		return y == roleAfter
	case roleBy:
		return y == roleAbout
	}
	return false
}
