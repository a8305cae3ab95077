package guard

// collect adds the words of toks that matter to the Form.
func (r *reader) collect(toks []token) {
	r.role, r.not = roleNone, false
	r.fronted = len(toks) > 0 && r.lex().is(&toks[0], classPrep) && pauses(toks)
	l := r.lex()
	last := -1 // the token of the word that was added last
	r.held = roleNone
	for i := range toks {
		t := &toks[i]
		r.count(t)
		c := r.lex().class(t.word)
		r.led = i > 0 && r.lex().is(&toks[i-1], classPrep)
		r.month = t.shape == shapeNumber && r.dated(toks, i)
		r.unitNext = i+1 < len(toks) && r.unit(&toks[i+1])
		r.article = i > 0 && (r.lex().word(&toks[i-1], "a") || r.lex().word(&toks[i-1], "an"))
		switch {
		case t.shape == shapePause:
			r.role, r.fronted = roleNone, false
			continue
		case t.eaten:
			r.role = roleNone
			continue
		case r.skip(toks, i):
			continue
		case c.isOf(classNeg) && !t.quoted:
			r.negation(toks, i)
			continue
		case c.isOf(classHe|classShe) && !t.quoted:
			r.pronoun(c)
		case r.asked == frameHowto && r.becomes(toks, i):
			r.emit("become")
			continue
		case r.idle(t, c) && !r.stranded(toks, i):
			r.function(t)
			if i > 0 && r.lex().word(t, "to") && r.lex().word(&toks[i-1], "according") {
				r.role = roleThinks
			}
			continue
		default:
			r.part = i > 0 && (l.word(&toks[i-1], "south") || l.word(&toks[i-1], "north") || l.word(&toks[i-1], "latin") || l.word(&toks[i-1], "central"))
			r.how = r.asked == frameHowto && r.adverb(toks, i)
			r.money = i+1 < len(toks) && string(toks[i+1].text) == "money"
			r.add(t, c)
		}
		if len(r.f.words) > 0 {
			r.mark(toks, i, last)
			last = i
		}
	}
	if r.not { // a "not" whose word does not matter: "not me"
		r.f.nots++
	}
}

// mark notes how the word that was made of toks[i] stands among the others. last is the token of the word before it; -1:
// there is none.
func (r *reader) mark(toks []token, i, last int) {
	l, t := r.lex(), &toks[i]
	after := func(word string) bool { return i > 0 && l.word(&toks[i-1], word) }
	n := len(r.f.words) - 1
	w := &r.f.words[n]
	if last >= 0 && r.joins(toks[last+1:i]) {
		w.joined = true
		r.f.words[n-1].joined = true
	}
	w.shown = i > 1 && after("that") && l.is(&toks[i-2], classPrep)
	w.front = r.fronted && w.role != roleNone
	r.f.some = r.f.some || r.asked == frameWhat && i < 4 && after("some")
	w.liked = r.asked == frameWhat && (l.word(t, "good") || l.word(t, "great")) && after("some")
	w.done = i > 0 && l.is(&toks[i-1], classBe) && l.happens(t)
	w.moves = i == 2 && len(toks) > 4 && l.is(&toks[0], classBe) && l.word(&toks[1], "it") &&
		(l.word(&toks[3], "to") || l.word(&toks[3], "that") || ends(toks[3].text, "ing"))
	w.glued = last == i-1 && last >= 0
	r.after(w)
}

// pauses reports whether toks contain a comma.
func pauses(toks []token) bool {
	for i := range toks {
		if toks[i].shape == shapePause {
			return true
		}
	}
	return false
}

// after sets the role of the word that directly follows w: after a number that of a counted thing,
// and after the counted thing the role from before the number.
func (r *reader) after(w *word) {
	switch {
	case w.kind == kindNumber && r.role != roleCount:
		r.held, r.role = r.role, roleCount
	case w.kind != kindNumber && r.role == roleCount:
		r.role = r.held
	}
}

// roles are those of the words after each preposition.
var roles = map[string]role{
	"in": roleAt, "on": roleAt, "at": roleAt, "within": roleAt, "using": roleAt, "through": roleAt, "via": roleAt,
	"to": roleTo, "into": roleTo, "onto": roleTo, "towards": roleTo, "toward": roleTo,
	"from": roleFrom, "of": roleOf, "for": roleFor, "with": roleWith, "by": roleBy, "than": roleThan,
	"about": roleAbout, "regarding": roleAbout, "concerning": roleAbout,
}

// add makes a word of t.
func (r *reader) add(t *token, c class) {
	w := word{text: t.text, id: t.word, role: r.role, quoted: t.quoted, hard: c.isOf(classHard)}
	if t.thinks {
		w.role = roleThinks
	}
	w.item = t.item
	r.shape(&w, t)
	if n, ok := numberWords[string(t.text)]; ok && !t.quoted {
		w.kind, w.hard = kindNumber, true
		w.text = r.f.lexer.put(n)
	}
	if string(w.text) == "america" && !r.part {
		w.text, w.id, w.hard = usa, r.lex().find(usa), true
	}
	if t.caps && w.name && string(w.text) == "us" {
		w.text, w.id = usa, r.lex().find(usa)
	}
	w.stem = r.stem(&w)
	if r.how {
		w.stem = mix(w.stem, manner)
	}
	if t.part != roleNone {
		w.role = t.part
	}
	if c.isOf(classMake) && r.money {
		w.stem = earn
	}
	w.lone = r.makes && r.article && len(r.f.words) <= r.start+1
	if w.role != roleNone {
		w.by = r.by
	}
	if c.isOf(classSame) {
		r.f.same = true
	}
	if c.isOf(classMention) && !w.name {
		r.f.means = true
	}
	if t.owner && w.role == roleNone {
		w.role = roleOf
	}
	if !w.quoted {
		switch string(w.text) {
		case "before":
			r.push(w)
			r.role = roleBefore
			return
		case "after":
			r.push(w)
			r.role = roleAfter
			return
		}
	}
	r.push(w)
}

// shape says what the looks of t make of its word.
func (r *reader) shape(w *word, t *token) {
	switch t.shape {
	case shapeNumber:
		w.kind, w.hard = kindNumber, true
		w.free = r.unitNext && string(w.text) == "1" // a month
		if n := len(w.text) - 2; n > 0 && w.text[n] == 't' && r.month {
			w.text = w.text[:n] // "June 6th", "6 June"
		}
	case shapeMixed, shapeLetter, shapeSymbol:
		w.kind, w.hard = kindExact, true
	case shapeWord:
		w.big = t.upper && !t.first
		w.name = w.big && !r.flat
		if t.caps && !r.flat && string(t.text) != "ok" {
			w.name, w.hard = true, true
		}
	}
}

// stem returns the hash by which w is compared.
func (r *reader) stem(w *word) uint64 {
	if w.kind == kindNumber || w.kind == kindExact {
		if lemma, ok := r.g.lex.lemmas[string(w.text)]; ok && w.kind == kindExact {
			return hashString(lemma)
		}
		return hash(w.text)
	}
	var room [maxWordBytes + 8]byte
	b := append(room[:0], w.text...)
	if lemma, ok := r.g.lex.lemmas[string(w.text)]; ok {
		b = append(room[:0], lemma...)
	}
	b = stem(b)
	if lemma, ok := r.g.lex.lemmas[string(b)]; ok && len(b) > 2 {
		b = stem(append(room[:0], lemma...))
	}
	return hash(b)
}

// push adds w, negated if a "not" precedes it.
func (r *reader) push(w word) {
	if len(r.f.words) >= maxWords {
		r.f.lexer.overflow = true
		return
	}
	if r.not {
		w.not, r.not = true, false
		if w.role == roleNone {
			w.role = roleNot
		}
	}
	r.f.words = append(r.f.words, w)
}

// emit adds a word that comes from a rule and not from the text.
func (r *reader) emit(s string) { r.emitText(r.f.lexer.put(s), false) }

// emitText is emit for a word of the text; a free one needs no counterpart.
func (r *reader) emitText(b []byte, free bool) {
	if len(r.f.words) >= maxWords {
		r.f.lexer.overflow = true
		return
	}
	w := word{text: b, comes: true, free: free}
	w.id = r.lex().find(b)
	w.stem = r.stem(&w)
	r.f.words = append(r.f.words, w)
}

func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

var numberWords = map[string]string{
	"zero": "0", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
	"eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70",
	"eighty": "80", "ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000", "dozen": "12",
	"third": "3th", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
	"eleventh": "11th", "twelfth": "12th", "thirteenth": "13th", "fourteenth": "14th", "fifteenth": "15th", "sixteenth": "16th",
	"seventeenth": "17th", "eighteenth": "18th", "nineteenth": "19th", "twentieth": "20th",
}

// passive puts "is X liked by Y" into the order of "does Y like X".
func (r *reader) passive(toks []token, before int) {
	words := r.f.words[before:]
	agent, verb := -1, -1
	for i := 1; i < len(words); i++ {
		if words[i].role == roleBy && words[i-1].role != roleBy && words[i-1].kind == kindPlain && participle(&words[i-1]) {
			agent, verb = i, i-1
			break
		}
	}
	if agent < 0 || verb == 0 && r.asked != frameWho || !r.has(toks, classBe) {
		return
	}
	end := agent
	for end < len(words) && words[end].role == roleBy {
		words[end].role = roleNone
		end++
	}
	if verb == 0 {
		words[verb].glued, words[verb].done = true, false // "who was killed by Abel": who did Abel kill
	}
	if string(words[verb].text) == "left" {
		w := word{text: leave}
		words[verb].stem = r.stem(&w)
	}
	// subject verb agent rest, to agent verb subject rest
	reverse(words[:verb])
	reverse(words[verb+1 : end])
	reverse(words[:end])
}

// earn is the stem for making money.
var earn = hash([]byte("earn"))

var (
	leave   = []byte("leave")
	single  = []byte("1")
	usa     = []byte("usa")
	someone = []byte("someone")
)

func reverse(w []word) {
	for i, j := 0, len(w)-1; i < j; i, j = i+1, j-1 {
		w[i], w[j] = w[j], w[i]
	}
}

// units drops the first unit of "20 dollars and 50 dollars".
func (r *reader) units(before int) {
	for i := before; i+3 < len(r.f.words); i++ {
		w := r.f.words[i : i+4]
		if w[0].kind == kindNumber && w[2].kind == kindNumber && w[1].role == roleCount && w[3].role == roleCount && w[1].stem == w[3].stem && w[2].joined && r.f.ands {
			w[0].joined = true
			r.f.words = append(r.f.words[:i+1], r.f.words[i+2:]...)
		}
	}
}

// participle reports whether w looks like a past participle: liked, stolen, bought.
func participle(w *word) bool {
	return ends(w.text, "ed") || ends(w.text, "en") || ends(w.text, "ne") || ends(w.text, "wn") || ends(w.text, "t") || ends(w.text, "d") ||
		ends(w.text, "ung") || ends(w.text, "un")
}
