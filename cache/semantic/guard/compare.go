package guard

// Compare returns what speaks against giving the answer of b to someone who asks a. Both Forms must
// belong to the calling goroutine.
func (g *Guard) Compare(a, b *Form) Verdict {
	v := Verdict{}
	if a.tight == b.tight && (len(a.words) == len(b.words) || a.size >= minTight) {
		v.Same = true
		return v
	}
	if len(a.words) == 0 || len(b.words) == 0 {
		v.object(Empty, nil)
		return v
	}
	g.whole(&v, a, b)
	m := matching{g: g, a: a.words, b: b.words, nots: a.nots + b.nots, howto: a.asks(frameHowto) && b.asks(frameHowto), list: a.asks(frameWhat) && b.asks(frameWhat), same: a.same && b.same, some: a.some && b.some && len(a.words)+len(b.words) > minLiked}
	m.equal()
	m.rest(&v)
	if a.means || b.means {
		m.literal(&v)
	}
	if (a.nots+b.nots+m.turned)%2 != 0 {
		v.object(Negation, nil)
	}
	if len(a.words) == 1 && m.to[0] != 0 && !likeForm(a.words[0].text, b.words[0].text) {
		v.object(Instead, &a.words[0])
	}
	if (a.means || b.means) && a.idle != b.idle || (len(a.words) <= 2 || len(b.words) <= 2) && a.few != b.few {
		v.object(Meant, nil)
	}
	if v.Rule == Pass || v.Rule.rank() < 3 {
		m.stand(&v, a.same && b.same)
	}
	return v
}

// whole compares the properties of the texts as wholes.
func (g *Guard) whole(v *Verdict, a, b *Form) {
	if a.ors != b.ors && a.ands != b.ands && a.ors != a.ands {
		v.object(AndOr, nil)
	}
	if n := len(a.lexer.quotes); n > 0 && len(b.lexer.quotes) > 0 {
		same := n == len(b.lexer.quotes)
		for i := 0; same && i < n; i++ {
			same = a.lexer.quotes[i] == b.lexer.quotes[i]
		}
		if !same {
			v.object(Quote, nil)
		}
	}
	v.clash(a.notes, b.notes)
	if a.asks(frameHowto) && b.asks(frameHowto) && apartBy(a.notes, b.notes, noteNow, noteThen) {
		v.object(Tense, nil)
	}
	if a.first|b.first == noteMeYou|noteYouMe && (a.both != b.both || a.sents[0].mood == moodPast && b.sents[0].mood == moodPast) {
		v.object(Person, nil)
	}
	few := len(a.words) <= 2 || len(b.words) <= 2
	if a.they != b.they {
		v.object(Pronoun, nil)
	}
	if !a.asks(frameHowto) && !b.asks(frameHowto) && (apartWho(a, b) || few && !a.asks(frameYes) && !a.ought() && a.whose != b.whose) {
		v.object(Person, nil)
	}
	if len(a.sents) != len(b.sents) {
		v.object(Frame, nil)
		return
	}
	for i := range a.sents {
		x, y := a.sents[i], b.sents[i]
		if x.frame == frameHowto && (y.ways || y.code) || y.frame == frameHowto && (x.ways || x.code) {
			continue
		}
		if !sameFrame(x, y, len(a.words)) {
			v.object(differ(x.frame, y.frame), nil)
		} else if x.mood != y.mood && x.frame == y.frame && x.frame != frameHowto && !(x.asker && y.asker) {
			v.object(Tense, nil)
		}
	}
}

// ought reports whether f asks how much of something one should do, which is mostly about the asker.
func (f *Form) ought() bool { return f.asks(frameWhich) && f.sents[0].mood == moodShould }

// apartWho reports whether only one of the texts is about the asker or the model.
func apartWho(a, b *Form) bool {
	x, y := a.who, b.who
	if a.implied {
		y &^= 2
	}
	if b.implied {
		x &^= 2
	}
	return x != y && x&y == 0
}

// differ returns the objection to two different frames. It is a soft one for orders, searches and
// questions for a thing or a way, which are close to one another.
func differ(x, y frame) Rule {
	loose := func(f frame) bool { return f == frameOther || f == frameWhat || f == frameDoes || f == frameHowto }
	if loose(x) && loose(y) {
		return Wording
	}
	return Frame
}

// sameFrame reports whether two frames are equal, where words typed as for a search count as "what
// is": "cheapest flights Oslo to Rome".
func sameFrame(x, y sentence, words int) bool {
	if x.frame == y.frame {
		return true
	}
	if x.frame == frameOther {
		x, y = y, x
	}
	return x.frame == frameWhat && y.frame == frameOther && x.mood == moodPresent && words >= 3
}

// minTight is the least number of letters and digits of two texts that may count as one text with
// different spaces: "rea da file".
const minTight = 20

// minLiked is the least number of words that two questions for some of many must have together so
// that "good" may be missing in one: good deeds are not just deeds.
const minLiked = 6

// likeForm reports whether two words are the same except for a plural.
func likeForm(a, b []byte) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return string(a) == string(b) || string(b) == string(a)+"s" || string(b) == string(a)+"es" || len(a) == 0 || !sharesRoot(a, b)
}

// sharesRoot reports whether b may be an inflection of a; if not, they are synonyms.
func sharesRoot(a, b []byte) bool { return len(a) > 2 && len(b) > 2 && string(a[:3]) == string(b[:3]) }

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

func (m *matching) pair(i, j int) {
	m.to[i], m.used[j] = int16(j+1), true
}

// rest judges the words without a counterpart.
func (m *matching) rest(v *Verdict) {
	var left, right [maxLeft]int
	n, k := 0, 0
	for i := range m.a {
		if m.to[i] == 0 {
			if n < maxLeft {
				left[n] = i
			}
			n++
		}
	}
	for j := range m.b {
		if !m.used[j] {
			if k < maxLeft {
				right[k] = j
			}
			k++
		}
	}
	if n <= maxLeft && k <= maxLeft {
		m.split(left[:n], right[:k])
		m.reversed(left[:n], right[:k])
		for _, i := range left[:n] {
			m.replace(i, right[:k], v)
		}
	}
	m.again()
	one := false
	for i := range m.a {
		if m.to[i] == 0 && !m.a[i].free && !(m.some && m.a[i].liked) {
			one = true
			v.object(alone(&m.a[i], k > 0), &m.a[i])
		}
	}
	for j := range m.b {
		if !m.used[j] && !m.b[j].free && !(m.some && m.b[j].liked) {
			v.object(alone(&m.b[j], one), &m.b[j])
		}
	}
	for i := range m.a {
		if m.to[i] > 0 && plural(&m.a[i], &m.b[m.to[i]-1]) {
			v.object(Name, &m.a[i])
		}
		if m.to[i] > 0 && m.a[i].shown != m.b[m.to[i]-1].shown {
			v.object(Extra, &m.a[i])
		}
		if m.to[i] > 0 && several(&m.a[i], &m.b[m.to[i]-1]) {
			v.object(Number, &m.a[i])
		}
		if m.to[i] > 0 && m.a[i].not != m.b[m.to[i]-1].not && m.a[i].stem == m.b[m.to[i]-1].stem {
			v.object(Negation, &m.a[i])
		}
	}
}

// again drops a repeated name that has no counterpart left in the other text: "North Korea: is it cold
// in North Korea".
func (m *matching) again() {
	left, right := 0, 0
	for i := range m.a {
		if m.to[i] == 0 {
			left++
		}
	}
	for j := range m.b {
		if !m.used[j] {
			right++
		}
	}
	switch {
	case left > 0 && right == 0:
		for i := range m.a {
			for k := range m.a {
				if m.to[i] == 0 && m.to[k] > 0 && (repeats(&m.a[i], &m.a[k]) || shared(m.a, i, k)) {
					m.to[i] = m.to[k]
				}
			}
		}
	case right > 0 && left == 0:
		for j := range m.b {
			for k := range m.b {
				if !m.used[j] && m.used[k] && (repeats(&m.b[j], &m.b[k]) || shared(m.b, j, k)) {
					m.used[j] = true
				}
			}
		}
	}
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
		if m.to[i] > 0 && string(m.a[i].text) != string(m.b[m.to[i]-1].text) && m.a[i].kind == kindPlain {
			v.object(Meant, &m.a[i])
		}
	}
}

func repeats(w, before *word) bool {
	return w.stem == before.stem && (w.name || before.name) && w.kind == kindPlain && w.not == before.not
}

// asks reports whether the first sentence of f has that frame.
func (f *Form) asks(s frame) bool { return len(f.sents) > 0 && f.sents[0].frame == s }
