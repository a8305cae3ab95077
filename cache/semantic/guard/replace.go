package guard

// replace finds a counterpart for word i of a among right: a typo, a synonym, or, if one of the two is
// negated, the opposite.
func (m *matching) replace(i int, right []int, v *Verdict) {
	x := &m.a[i]
	for _, j := range right {
		y := &m.b[j]
		if m.used[j] || x.kind != kindPlain || y.kind != kindPlain {
			continue
		}
		if m.g.opposite(x, y) {
			if x.not != y.not {
				m.pair(i, j)
				return
			}
			if m.nots%2 == 1 && m.turned == 0 && !x.not {
				m.turned++
				m.pair(i, j)
				return
			}
			v.object(Opposite, x)
			continue
		}
		if x.not != y.not {
			continue
		}
		if !x.hard && !y.hard && !x.name && !y.name && !x.quoted && !y.quoted && (m.g.synonym(x, y) && !m.weighed(x, y) || m.within(i, j) || m.list && (praise(x, y) || m.wonder(i, j))) || m.g.slip(x.text, y.text) && !renamed(x, y) {
			m.pair(i, j)
			return
		}
	}
}

// weighed reports whether one of two synonyms is compared with a third synonym in its own text: the
// difference between strange and weird.
func (m *matching) weighed(x, y *word) bool {
	for k := range m.a {
		if m.same && m.to[k] > 0 && (m.g.alike(&m.a[k], x) || m.g.alike(&m.b[m.to[k]-1], y)) {
			return true
		}
	}
	return false
}

// wonder reports whether words i and j both say that facts are interesting.
func (m *matching) wonder(i, j int) bool {
	told := func(words []word, i int) bool {
		if i+1 >= len(words) || string(words[i+1].text) != "facts" {
			return false
		}
		switch string(words[i].text) {
		case "interesting", "amazing", "incredible", "fascinating", "fun", "cool", "surprising", "crazy":
			return true
		}
		return false
	}
	return told(m.a, i) && told(m.b, j)
}

// praise reports whether x and y are "good" and "best": some good books, the best books.
func praise(x, y *word) bool {
	good := func(w *word) bool { return string(w.text) == "good" || string(w.text) == "great" }
	best := func(w *word) bool { return string(w.text) == "best" }
	return good(x) && (best(y) || good(y)) || best(x) && good(y)
}

// reversed pairs "more cautious" with "less brave", where "less" and "more" precede opposites.
func (m *matching) reversed(left, right []int) {
	more := func(words []word, set []int, s string) int {
		for _, i := range set {
			if string(words[i].text) == s && i+1 < len(words) {
				return i
			}
		}
		return -1
	}
	i, j := more(m.a, left, "more"), more(m.b, right, "less")
	if i < 0 || j < 0 {
		i, j = more(m.a, left, "less"), more(m.b, right, "more")
	}
	if i < 0 || j < 0 || m.to[i+1] != 0 || m.used[j+1] {
		return
	}
	if m.g.opposite(&m.a[i+1], &m.b[j+1]) {
		m.pair(i, j)
		m.pair(i+1, j+1)
	}
}

// split pairs one word with two words that are its parts: screenshot, screen shot.
func (m *matching) split(left, right []int) {
	for _, i := range left {
		for n := 0; n+1 < len(right); n++ {
			j := right[n]
			if right[n+1] == j+1 && !m.used[j] && apart(&m.a[i], &m.b[j], &m.b[j+1]) {
				m.pair(i, j)
				m.used[j+1] = true
			}
		}
	}
	for _, j := range right {
		for n := 0; n+1 < len(left); n++ {
			i := left[n]
			if left[n+1] == i+1 && m.to[i] == 0 && m.to[i+1] == 0 && !m.used[j] && apart(&m.b[j], &m.a[i], &m.a[i+1]) {
				m.pair(i, j)
				m.to[i+1] = int16(j + 1)
			}
		}
	}
}

func apart(one, x, y *word) bool {
	n := len(x.text)
	if one.kind == kindNumber || x.kind == kindNumber || y.kind == kindNumber || len(one.text) < 5 {
		return false
	}
	return len(one.text) == n+len(y.text) && string(one.text[:n]) == string(x.text) && string(one.text[n:]) == string(y.text)
}

// alone returns the objection to a word without a counterpart.
func alone(w *word, other bool) Rule {
	switch {
	case w.kind == kindNumber:
		return Number
	case w.kind == kindExact:
		return Sign
	case w.kind == kindPronoun:
		return Pronoun
	case w.not:
		return Negation
	case w.role == roleCount:
		return Number // 5 mg, 5 g
	case w.hard:
		return Hard
	case w.name:
		return Name
	case other:
		return Instead
	}
	return Extra
}
