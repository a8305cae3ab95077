package guard

// turned rewrites questions about a maker, a population, a price, and questions in the passive, into
// their most common form. It runs before the words are collected, on the tokens that the frame has not
// taken.
func (r *reader) turned(toks []token, s *sentence) {
	switch s.frame {
	case frameWho:
		if l := r.lex(); s.mood == moodPresent && len(toks) > 4 && l.is(&toks[2], classOwner) && l.is(&toks[1], classBe) && ends(toks[3].text, "ite") {
			s.frame = frameWhat // "who is your favorite poet"
		}
		r.maker(toks, s)
		r.doer(toks, s)
	case frameWhich:
		r.asking = frameWhich
		r.people(toks, s)
		if r.done(toks) {
			r.f.who |= 2
		}
	case frameWhere:
		r.origin(toks, s)
		r.seeks(toks, s)
	case frameWhat, frameDoes:
		r.soMuch(toks, s)
		r.effectOf(toks)
		r.uses(toks)
		r.differs(toks, s)
		r.alike(toks, s)
		r.season(toks, s)
	case frameHow:
		r.affects(toks, s)
		r.differs(toks, s)
		r.alike(toks, s)
		if r.done(toks) {
			s.frame, s.mood = frameHowto, moodNone
		}
	case frameWhy:
		r.everybody(toks)
	case frameYes:
		if (s.mood == moodCan || s.mood == moodShould) && r.done(toks) {
			r.f.who |= 1
		}
	}
}

// program reports whether toks are an order to do something in a programming language, which is
// answered by showing how. An order that contains quoted words or several numbers may be meant to be
// carried out.
func (r *reader) program(toks []token) bool {
	l := r.lex()
	if !l.is(&toks[0], classCraft) || toks[0].quoted {
		return false
	}
	in, numbers := false, 0
	for i := range toks {
		t := &toks[i]
		if t.quoted {
			return false
		}
		if t.shape == shapeNumber {
			numbers++
		}
		in = in || i > 0 && l.is(t, classScript) && l.is(&toks[i-1], classPrep)
	}
	return in && numbers < 2
}

// everybody: why do we dream, why do people dream.
func (r *reader) everybody(toks []token) {
	l := r.lex()
	for i := 1; i < len(toks) && i < 4; i++ {
		if l.word(&toks[i], "we") && l.is(&toks[i-1], classAux) {
			toks[i].eaten = true
			r.emitText(r.f.lexer.put("people"), true)
			return
		}
	}
}

// makers are the nouns for someone who has done something, with the verb.
var makers = map[string]string{
	"author": "write", "writer": "write", "inventor": "invent", "painter": "paint", "founder": "establish", "director": "direct",
	"composer": "compose", "creator": "create", "discoverer": "discover", "sculptor": "sculpt", "builder": "build",
}

// maker: who is the author of X, who wrote X.
func (r *reader) maker(toks []token, s *sentence) {
	l := r.lex()
	if len(toks) < 6 || !l.is(&toks[1], classBe) || !l.word(&toks[2], "the") || !l.word(&toks[4], "of") {
		return
	}
	verb, ok := makers[string(toks[3].text)]
	if !ok {
		return
	}
	for i := range toks[:5] {
		toks[i].eaten = true
	}
	r.emit(verb)
	s.mood = moodPast
}

// doer: who was X painted by, by whom was X painted, who painted X.
func (r *reader) doer(toks []token, s *sentence) {
	l, end, from := r.lex(), len(toks)-1, 1
	if r.byWhom {
		from, end = 2, len(toks)
	} else if !l.word(&toks[end], "by") {
		return
	}
	if end < from+3 || !l.is(&toks[from], classBe) || !l.happens(&toks[end-1]) {
		return
	}
	s.mood = moodOf(l.class(toks[from].word))
	verb := toks[end-1]
	copy(toks[from+2:end], toks[from+1:end-1])
	toks[from+1] = verb
	for i := range toks[:from+1] {
		toks[i].eaten = true
	}
	if !r.byWhom {
		toks[end].eaten = true
	}
}

// people: how many people live in X, what is the population of X.
func (r *reader) people(toks []token, s *sentence) {
	l := r.lex()
	if len(toks) < 6 || !l.word(&toks[1], "many") || !l.word(&toks[2], "people") || !l.word(&toks[3], "live") || !l.word(&toks[4], "in") {
		return
	}
	for i := range toks[1:4] {
		toks[i+1].eaten = true
	}
	r.emit("population")
	s.frame, s.mood = frameWhat, moodPresent
}

// differs: how does X differ from Y, how are X and Y different, what distinguishes X from
// Y: what is the difference between X and Y.
func (r *reader) differs(toks []token, s *sentence) {
	l := r.lex()
	for i := range toks {
		t := &toks[i]
		here := s.frame == frameHow && i > 1 && (l.word(t, "differ") || l.word(t, "different")) || i == 1 && (l.word(t, "distinguishes") || l.word(t, "differentiates"))
		if !here || t.quoted || i+1 < len(toks) && !l.word(&toks[i+1], "from") && !l.word(&toks[i+1], "than") && i > 1 {
			continue
		}
		t.eaten = true
		if i+1 < len(toks) && l.word(&toks[i+1], "than") {
			toks[i+1].eaten = true
		}
		r.emit("difference")
		r.f.same = true
		s.frame = frameWhat
		return
	}
}

// alike: what is X like, how is X.
func (r *reader) alike(toks []token, s *sentence) {
	l := r.lex()
	if len(toks) < 4 || !l.word(&toks[0], "what") && !l.word(&toks[0], "how") || !l.is(&toks[1], classBe) {
		return
	}
	for i := range toks {
		if i > 2 && l.word(&toks[i], "like") && !toks[i].quoted && (i+1 == len(toks) || l.is(&toks[i+1], classPrep)) {
			toks[i].eaten = true
			s.frame = frameHow
			return
		}
	}
}

// season: what is the best time to, when is the best time to.
func (r *reader) season(toks []token, s *sentence) {
	l := r.lex()
	for i := range toks {
		if i > 0 && i+1 < len(toks) && l.word(&toks[i], "time") && l.word(&toks[i-1], "best") && l.word(&toks[i+1], "to") && s.mood == moodPresent {
			s.frame = frameWhen
		}
	}
}

// done puts the verb of "can X be hacked" before what it is done to: "can I hack X".
func (r *reader) done(toks []token) bool {
	l := r.lex()
	aux := 0
	if l.word(&toks[0], "how") {
		aux = 1
	}
	if s := r.asking; s == frameWhich {
		aux = 2 // "how long should beans be soaked"
	}
	if len(toks) < aux+4 || r.lex().is(&toks[aux+1], classPerson) || !l.is(&toks[aux], classCan) && !l.word(&toks[aux], "should") {
		return false
	}
	for i := aux + 2; i+1 < len(toks); i++ {
		if toks[i].quoted || l.word(&toks[i], "by") {
			return false
		}
		if l.word(&toks[i], "be") && l.happens(&toks[i+1]) {
			if i+2 < len(toks) && l.is(&toks[i+2], classArticle|classOwner) {
				return false // "be sold a house"
			}
			for k := i + 2; k < len(toks); k++ {
				if l.word(&toks[k], "by") {
					return false
				}
			}
			verb := toks[i+1]
			copy(toks[aux+2:i+2], toks[aux+1:i+1])
			toks[aux+1] = verb
			toks[aux].eaten, toks[i+1].eaten = true, true
			return true
		}
	}
	return false
}

// happens reports whether t looks like a passive participle: taken, hacked.
func (l *lexicon) happens(t *token) bool {
	if t.shape != shapeWord || t.quoted {
		return false
	}
	_, form := l.lemmas[string(t.text)]
	return len(t.text) > 4 && ends(t.text, "ed") || form && t.text[len(t.text)-1] != 's'
}
