package guard

// A crossing is two words x and y of one text whose counterparts p and q stand in the other order.
type crossing struct{ x, y, p, q *word }

// swapped reports whether words i and k of a, whose order is reversed in b, have exchanged their roles
// there. A word that only moved to the front, together with what it belongs to, has not; nor have the
// words of "a and b".
func (m *matching) swapped(i, k int) bool {
	c := crossing{&m.a[i], &m.a[k], m.counterpart(i), m.counterpart(k)}
	here, there := k-i == 1, m.to[i]-m.to[k] == 1 // nothing is between the two
	switch {
	case c.x.stem == c.y.stem || c.supplied() || c.joined() || m.traded && c.items():
		return false
	case c.risen() && m.a[0].moves != m.b[0].moves:
		return false
	case c.fronted() || c.described() || c.ordered() || c.owned():
		return false
	case here && there && m.language(c.x, c.y):
		return false
	case c.x.name && c.y.name || c.p.name && c.q.name:
		return m.anchored(i, k) || !c.moved()
	case !c.exchanged():
		return false
	case c.x.kind == kindPronoun || c.y.kind == kindPronoun:
		return true
	case c.bare() && !m.list && !somebody(c.x) && !somebody(c.y):
		return true // "how do I buy shares", "how do I share what I buy"
	}
	return (here && c.y.glued) == (there && c.p.glued) // "camera phone", "phone with a camera"
}

// supplied reports whether a rule has put one of the words there.
func (c *crossing) supplied() bool { return c.x.comes || c.y.comes || c.p.comes || c.q.comes }

// joined reports whether all are joined: "a and b", "b and a".
func (c *crossing) joined() bool { return c.x.joined && c.y.joined && c.p.joined && c.q.joined }

// items reports whether the two things of a choice are swapped: "a Canon or a Sony", "a Sony or a Canon".
func (c *crossing) items() bool {
	return c.x.item != 0 && c.y.item != 0 && c.x.item != c.y.item && c.p.item == c.y.item && c.q.item == c.x.item
}

// risen reports whether one of them comes before what it is about in one text only: "is it bad to X",
// "is X bad".
func (c *crossing) risen() bool { return c.x.moves != c.p.moves || c.y.moves != c.q.moves }

// fronted reports whether one of them only moved to the front or back from there: "in Go, how do I",
// "how do I in Go".
func (c *crossing) fronted() bool {
	return (c.x.front != c.p.front) != (c.y.front != c.q.front) && keeps(c.x, c.p) && keeps(c.y, c.q)
}

// described reports whether one of them says what the other is like: "the best book", "which book is
// best".
func (c *crossing) described() bool {
	return superlative(c.x) != superlative(c.y) || adverb(c.x) || adverb(c.y)
}

// ordered reports whether both took their prepositions along: from A to B, to B from A.
func (c *crossing) ordered() bool {
	return keeps(c.x, c.p) && keeps(c.y, c.q) && c.x.role != c.y.role
}

// owned reports whether one of them has a role in both texts and the other in neither: the rate in
// Italy, Italy's rate.
func (c *crossing) owned() bool {
	x, y, p, q := c.x.role == roleNone, c.y.role == roleNone, c.p.role == roleNone, c.q.role == roleNone
	return x == p && y == q && x != y
}

// moved reports whether one of them has kept its role, and the other has no new one.
func (c *crossing) moved() bool {
	return keeps(c.x, c.p) && moved(c.y, c.q) || keeps(c.y, c.q) && moved(c.x, c.p)
}

// exchanged reports whether each has the role of the other, or has one where the other had none.
func (c *crossing) exchanged() bool {
	if c.x.role == c.q.role && c.y.role == c.p.role {
		return true
	}
	x, y, p, q := c.x.role == roleNone, c.y.role == roleNone, c.p.role == roleNone, c.q.role == roleNone
	return x == q && y == p && x != y
}

// bare reports whether none of them has a role.
func (c *crossing) bare() bool {
	return c.x.role == roleNone && c.y.role == roleNone && c.p.role == roleNone && c.q.role == roleNone
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

// anchored reports whether names i and k, which are swapped, have the same role on both sides of a word
// that has kept its place: in Oslo when in Rome.
func (m *matching) anchored(i, k int) bool {
	x, y, p, q := &m.a[i], &m.a[k], m.counterpart(i), m.counterpart(k)
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
