package guard

// stand compares the roles of matched words, and their order.
func (m *matching) stand(v *Verdict, either bool) {
	m.traded = m.trade()
	for i := range m.a {
		if m.to[i] == 0 {
			continue
		}
		x, y := &m.a[i], &m.b[m.to[i]-1]
		if contradict(x.role, y.role) && !m.tongue(x) && !(m.howto && m.off(x, y)) || (x.role == roleCount) != (y.role == roleCount) && m.measured(x) && !m.single(i) {
			v.object(Relation, x)
			return
		}
		if m.follows(i) {
			switch {
			case m.taught(x, y) || m.howto && i == 1 && within(x, y):
				v.object(Relation, x)
				return
			case x.big && y.big && m.parted(i):
				v.object(AndOr, x)
				return
			case x.done != y.done && string(x.text) != string(y.text):
				v.object(Order, x)
				return
			}
		}
		for k := i + 1; k < len(m.a); k++ {
			if m.to[k] == 0 || m.to[k] > m.to[i] || m.to[k] == m.to[i] {
				continue
			}
			if m.swapped(i, k) && !(either && free(x, &m.a[k])) {
				v.object(Order, &m.a[k])
				return
			}
		}
	}
}

// language reports whether one of two words is a language and the other what is done in it.
func (m *matching) language(x, y *word) bool {
	if m.g.lex.class(y.id).isOf(classLanguage) {
		x, y = y, x
	}
	if !m.howto || !m.g.lex.class(x.id).isOf(classLanguage) {
		return false
	}
	switch string(y.text) {
	case "spoken", "speaking", "written", "writing":
		return true
	}
	return false
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

// somebody reports whether w is "person" or "people": a kind person is a person who is kind.
func somebody(w *word) bool { return string(w.text) == "person" || string(w.text) == "people" }

func superlative(w *word) bool {
	return len(w.text) > 4 && ends(w.text, "est") || string(w.text) == "best" || string(w.text) == "most"
}

func adverb(w *word) bool {
	return len(w.text) > 5 && ends(w.text, "ly") && !w.name && w.kind == kindPlain
}

// keeps reports whether a word has the same role in both texts.
func keeps(x, p *word) bool { return x.role == p.role && x.role != roleNone }

// moved reports whether a word has the same role in both texts, or none in one of them, like an
// adjective: a Go function, in Go.
func moved(x, p *word) bool { return x.role == p.role || x.role == roleNone || p.role == roleNone }

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
	x, y := &m.a[i], &m.b[m.to[i]-1]
	return x.glued && !x.joined && y.joined && !y.glued || y.glued && !y.joined && x.joined && !x.glued
}

// anchored reports whether names i and k, which are swapped, have the same role on both sides of a word
// that has kept its place: in Oslo when in Rome.
func (m *matching) anchored(i, k int) bool {
	x, y, p, q := &m.a[i], &m.a[k], &m.b[m.to[i]-1], &m.b[m.to[k]-1]
	if x.by == 0 || x.by != y.by || x.by != p.by || x.by != q.by {
		return false
	}
	for n := i + 1; n < k; n++ {
		if m.to[n] > m.to[k] && m.to[n] < m.to[i] {
			return true
		}
	}
	return false
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

// swapped reports whether words i and k of a, whose order is reversed in b, have exchanged their roles
// there. A word that only moved to the front, together with what it belongs to, has not; nor have the
// words of "a and b".
func (m *matching) swapped(i, k int) bool {
	x, y := &m.a[i], &m.a[k]
	p, q := &m.b[m.to[i]-1], &m.b[m.to[k]-1]
	if x.stem == y.stem || x.comes || y.comes || p.comes || q.comes {
		return false
	}
	if x.joined && y.joined && p.joined && q.joined {
		return false
	}
	if m.traded && x.item != 0 && y.item != 0 && x.item != y.item && p.item == y.item && q.item == x.item {
		return false // "a Canon or a Sony", "a Sony or a Canon"
	}
	if (x.moves != p.moves || y.moves != q.moves) && m.a[0].moves != m.b[0].moves {
		return false // "is it bad to X", "is X bad"
	}
	if (x.front != p.front) != (y.front != q.front) && keeps(x, p) && keeps(y, q) {
		return false // "in Go, how do I", "how do I in Go"
	}
	if superlative(x) != superlative(y) || adverb(x) || adverb(y) {
		return false // "the best book", "which book is best"
	}
	if x.role == p.role && y.role == q.role && x.role != y.role && x.role != roleNone && y.role != roleNone {
		return false // from A to B, to B from A
	}
	if x.role == roleNone && p.role == roleNone && y.role != roleNone && q.role != roleNone ||
		x.role != roleNone && p.role != roleNone && y.role == roleNone && q.role == roleNone {
		return false // the rate in Italy, Italy's rate
	}
	if m.language(x, y) && k-i == 1 && m.to[i]-m.to[k] == 1 {
		return false // "spoken Greek", "Greek speaking"
	}
	if x.name && y.name || p.name && q.name {
		return m.anchored(i, k) || !(keeps(x, p) && moved(y, q) || keeps(y, q) && moved(x, p))
	}
	crossed := x.role == roleNone && q.role == roleNone && y.role != roleNone && p.role != roleNone ||
		x.role != roleNone && q.role != roleNone && y.role == roleNone && p.role == roleNone
	if (x.role != q.role || y.role != p.role) && !crossed {
		return false
	}
	if x.kind == kindPronoun || y.kind == kindPronoun {
		return true
	}
	here := k-i == 1 && y.glued
	there := m.to[i]-m.to[k] == 1 && p.glued
	if x.role == roleNone && y.role == roleNone && p.role == roleNone && q.role == roleNone && !m.list && !somebody(x) && !somebody(y) {
		return true // "how do I buy shares", "how do I share what I buy"
	}
	return here == there // "camera phone", "phone with a camera"
}
