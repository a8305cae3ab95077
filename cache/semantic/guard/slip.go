package guard

// slip reports whether one of two words is a typo of the other: one letter too many, missing or wrong,
// or two in the wrong order. Two words of the dictionary are different words, however similar; so are
// two words that are not in it.
func (g *Guard) slip(a, b []byte) bool {
	if len(a) < 4 || len(b) < 4 || len(a)+len(b) < 9 || g.known == nil || !near(a, b) {
		return false
	}
	return g.knows(a) != g.knows(b)
}

// renamed reports whether two names differ in their first or last letter: Alan, Alana. A typo mostly
// leaves both unchanged.
func renamed(x, y *word) bool {
	a, b := x.text, y.text
	return x.big && y.big && (a[0] != b[0] || a[len(a)-1] != b[len(b)-1])
}

// knows reports whether w, or a word that it may be a form of, is in the dictionary.
func (g *Guard) knows(w []byte) bool {
	if g.known(w) || g.lex.find(w) != 0 {
		return true
	}
	n := len(w)
	switch {
	case ends(w, "ies"):
		var room [maxWordBytes]byte
		return g.known(append(append(room[:0], w[:n-3]...), 'y'))
	case ends(w, "es") && g.known(w[:n-2]), ends(w, "s") && g.known(w[:n-1]):
		return true
	case n < 7:
		return false
	case ends(w, "ing"):
		return g.known(w[:n-3]) || g.known(undouble(w[:n-3]))
	case ends(w, "ed"):
		return g.known(w[:n-2]) || g.known(w[:n-1]) || g.known(undouble(w[:n-2]))
	}
	return false
}

// near reports whether one edit turns a into b.
func near(a, b []byte) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return string(a[i:]) == string(b[i+1:])
	}
	if i == len(a) {
		return false
	}
	if string(a[i+1:]) == string(b[i+1:]) {
		return !vowel(a[i]) || !vowel(b[i]) // sulfite and sulfate are different things
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && string(a[i+2:]) == string(b[i+2:])
}
