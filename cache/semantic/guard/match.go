package guard

// A matching pairs the words of two Forms.
type matching struct {
	g      *Guard
	a, b   []word
	to     [maxWords]int16 // of each word of a, its counterpart in b plus one
	used   [maxWords]bool  // words of b that have a counterpart
	turned int             // opposites paired because a sentence is negated
	nots   int             // negations of both
	same   bool            // both state a symmetric relation
	some   bool            // both ask for some of many
	traded bool            // two joined things are swapped
	howto  bool            // both ask for a way
	list   bool            // both ask what something is, or for a list
}

// equal pairs words that are the same, in order if a word occurs twice.
func (m *matching) equal() {
	for i := range m.a {
		for j := range m.b {
			if !m.used[j] && m.a[i].stem == m.b[j].stem && m.a[i].kind == m.b[j].kind {
				m.pair(i, m.better(i, j))
				break
			}
		}
	}
}

// better returns j, or another occurrence of that word in b which has the same role as word i, such
// as from or to.
func (m *matching) better(i, j int) int {
	role := m.a[i].role
	if role != roleTo && role != roleFrom || m.b[j].role == role {
		return j
	}
	for k := j + 1; k < len(m.b); k++ {
		if y := &m.b[k]; !m.used[k] && y.stem == m.a[i].stem && y.kind == m.a[i].kind && y.role == role {
			return k
		}
	}
	return j
}

// counterpart returns that of word i of a, which has one.
func (m *matching) counterpart(i int) *word { return &m.b[m.to[i]-1] }

func (m *matching) pair(i, j int) {
	m.to[i], m.used[j] = int16(j+1), true
}

// A leftover is the words of a text without a counterpart.
type leftover struct {
	at [maxLeft]int // those, as far as they fit
	n  int          // all of them
}

func (l *leftover) add(i int) {
	if l.n < maxLeft {
		l.at[l.n] = i
	}
	l.n++
}

// left returns the words of a without a counterpart.
func (m *matching) left() (l leftover) {
	for i := range m.a {
		if m.to[i] == 0 {
			l.add(i)
		}
	}
	return l
}

// right returns the words of b without a counterpart.
func (m *matching) right() (l leftover) {
	for j := range m.b {
		if !m.used[j] {
			l.add(j)
		}
	}
	return l
}

// rest finds counterparts that are other words, and judges the words by what has none and by what it has.
func (m *matching) rest(v *Verdict) {
	left, right := m.left(), m.right()
	if left.n <= maxLeft && right.n <= maxLeft {
		x, y := left.at[:left.n], right.at[:right.n]
		m.split(x, y)
		m.reversed(x, y)
		for _, i := range x {
			m.replace(i, y, v)
		}
	}
	m.again()
	m.extra(v, right.n > 0)
	m.paired(v)
}

// extra judges the words without a counterpart. other: b had words that a has not.
func (m *matching) extra(v *Verdict, other bool) {
	one := false
	for i := range m.a {
		if m.to[i] == 0 && m.counts(&m.a[i]) {
			one = true
			v.object(alone(&m.a[i], other), &m.a[i])
		}
	}
	for j := range m.b {
		if !m.used[j] && m.counts(&m.b[j]) {
			v.object(alone(&m.b[j], one), &m.b[j])
		}
	}
}

// counts reports whether w needs a counterpart.
func (m *matching) counts(w *word) bool { return !w.free && !(m.some && w.liked) }

// paired judges the words with a counterpart.
func (m *matching) paired(v *Verdict) {
	for i := range m.a {
		if m.to[i] == 0 {
			continue
		}
		x, y := &m.a[i], m.counterpart(i)
		if plural(x, y) {
			v.object(Name, x)
		}
		if x.shown != y.shown {
			v.object(Extra, x)
		}
		if several(x, y) {
			v.object(Number, x)
		}
		if x.not != y.not && x.stem == y.stem {
			v.object(Negation, x)
		}
	}
}

// again drops a repeated name that has no counterpart left in the other text: "North Korea: is it cold
// in North Korea".
func (m *matching) again() {
	left, right := m.left(), m.right()
	switch {
	case left.n > 0 && right.n == 0:
		for i := range m.a {
			if m.to[i] > 0 {
				continue
			}
			if k := repeated(m.a, i, func(k int) bool { return m.to[k] > 0 }); k >= 0 {
				m.to[i] = m.to[k]
			}
		}
	case right.n > 0 && left.n == 0:
		for j := range m.b {
			m.used[j] = m.used[j] || repeated(m.b, j, func(k int) bool { return m.used[k] }) >= 0
		}
	}
}

// repeated returns the first of words that has a counterpart and that word i repeats; -1: there is none.
func repeated(words []word, i int, has func(k int) bool) int {
	for k := range words {
		if has(k) && (repeats(&words[i], &words[k]) || shared(words, i, k)) {
			return k
		}
	}
	return -1
}

// plural reports whether one of two words is a name and the other its plural: Alien, Aliens.
func plural(x, y *word) bool {
	if !x.name && !y.name || len(x.text) == len(y.text) {
		return false
	}
	a, b := x.text, y.text
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(b) == len(a)+1 && b[len(a)] == 's' && string(b[:len(a)]) == string(a)
}

// several reports whether one of two words asks for one thing and the other for several of them: an
// example, examples.
func several(x, y *word) bool {
	if y.lone {
		x, y = y, x
	}
	n := len(y.text)
	return x.lone && !y.lone && n == len(x.text)+1 && y.text[n-1] == 's'
}

// literal objects to different forms of a word if the text is about words: he go, he goes.
func (m *matching) literal(v *Verdict) {
	for i := range m.a {
		if m.to[i] > 0 && string(m.a[i].text) != string(m.counterpart(i).text) && m.a[i].kind == kindPlain {
			v.object(Meant, &m.a[i])
		}
	}
}

func repeats(w, before *word) bool {
	return w.stem == before.stem && (w.name || before.name) && w.kind == kindPlain && w.not == before.not
}
