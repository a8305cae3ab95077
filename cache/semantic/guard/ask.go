package guard

// frame finds what toks ask for, and marks the tokens that express it as eaten.
func (r *reader) frame(toks []token) sentence {
	toks = r.afterPreposition(toks)
	at, p, n := r.opening(toks)
	if p != nil {
		return r.phrase(p, toks[at:], n)
	}
	return r.plain(toks[at:])
}

// afterPreposition takes the preposition off a question that begins with one, and adds it as a word: "in
// which country is X", "which country is X in".
func (r *reader) afterPreposition(toks []token) []token {
	l := r.lex()
	if len(toks) <= 2 || !l.is(&toks[0], classPrep) || !l.is(&toks[1], classWh) || toks[0].quoted {
		return toks
	}
	if p, _ := l.best(r.g.lex.frames, toks); p != nil {
		return toks
	}
	toks[0].eaten = true
	if r.byWhom = l.word(&toks[0], "by") && l.word(&toks[1], "whom"); !r.byWhom {
		r.emitText(toks[0].text, false)
	}
	return toks[1:]
}

// opening finds where the question begins, and the pattern that it begins with; nil: none. n is how many
// tokens that matches.
func (r *reader) opening(toks []token) (at int, p *pattern, n int) {
	l := r.lex()
	p, n = l.best(r.g.lex.frames, toks)
	if p == nil && len(toks) > 2 && l.is(&toks[1], classRequest) && len(toks[0].text) > 4 && ends(toks[0].text, "ly") {
		at = 1 // "briefly explain"
		p, n = l.best(r.g.lex.frames, toks[1:])
	}
	if p != nil || l.is(&toks[0], classAux|classWh) {
		return at, p, n
	}
	for i := 1; i < len(toks); i++ {
		if toks[i-1].shape != shapePause {
			continue
		}
		q, k := l.best(r.g.lex.frames, toks[i:])
		if l.is(&toks[i], classWh|classAux) && !toks[i].quoted {
			return i, q, k // "In Go, how do I ...", "I am new here: what is ..."
		}
		if q != nil && l.is(&toks[i], classRequest) {
			return i, q, k // "in five points, explain ..."
		}
	}
	return at, p, n
}

// phrase returns what pattern p stands for, which matched n tokens.
func (r *reader) phrase(p *pattern, rest []token, n int) sentence {
	s := sentence{frame: p.frame, mood: p.mood}
	if p.mood != moodNone {
		r.f.who |= 1 // "what one should"
	}
	switch {
	case p.adds == "can":
		s.mood = moodCan
		if n > 0 && !r.lex().word(&rest[n-1], "for") {
			r.f.who |= 1 // the asker
		}
	case p.adds != "":
		r.emitText(r.f.lexer.put(p.adds), p.free)
	}
	for i := range rest[:n] {
		t := &rest[i]
		t.eaten = s.frame != frameWhich || i == 0 || p.adds != "" || n > 3 && r.anybody(t)
		r.expresses(t, &s)
	}
	switch {
	case p.adds == "cure": // "can X be cured"
		s.mood = moodCan
		r.f.who |= 1
	case s.frame == frameYes && p.adds != "" && p.adds != "can":
		s.mood = moodPresent
	}
	if s.frame == frameHowto && p.mannered() {
		w := &r.f.words[len(r.f.words)-1]
		w.stem = mix(w.stem, manner)
	}
	s.asker = r.asksForSelf(&s, rest[n:])
	if s.frame == frameYes && p.adds == "" || s.open() { // "do you think cats dream"
		s.mood = r.mood(rest[n:])
	}
	return s
}

// mannered reports whether p stands for a way of doing a thing: the cheapest way to.
func (p *pattern) mannered() bool {
	switch p.adds {
	case "", "can", "become", "handle":
		return false
	}
	return true
}

// open reports whether the mood of s is still to be found, and matters.
func (s *sentence) open() bool {
	switch s.frame {
	case frameOther, frameHowto, frameYes, frameDoes:
		return false
	}
	return s.mood == moodNone
}

// expresses notes what t says of s, of whose phrase it is.
func (r *reader) expresses(t *token, s *sentence) {
	l := r.lex()
	switch string(t.text) {
	case "some":
		r.f.notes |= noteSome
	case "all":
		r.f.notes |= noteAll
	}
	r.count(t)
	s.ways = s.ways || l.word(t, "way") || l.word(t, "ways")
	r.generic = r.generic || s.frame == frameHowto && (l.is(t, classAnyone) || l.word(t, "person") || l.word(t, "people"))
	switch {
	case l.is(t, classPast) || l.word(t, "caused"):
		s.mood = moodPast
	case (s.frame == frameWhat || s.frame == frameYes && s.mood == moodNone) && l.is(t, classBe):
		s.mood = moodPresent
	}
}

// asksForSelf reports whether s asks when or where the asker, or anybody, does something: "when should I". rest
// follows its phrase.
func (r *reader) asksForSelf(s *sentence, rest []token) bool {
	l := r.lex()
	if s.frame != frameWhen && s.frame != frameWhere || len(rest) < 2 || l.is(&rest[0], classPast|classWill) || !l.is(&rest[0], classAux) {
		return false
	}
	t := &rest[1]
	return l.word(t, "i") || l.word(t, "we") || l.word(t, "one") || l.is(t, classAnyone)
}

// plain derives a sentence from the first token if no pattern matches.
func (r *reader) plain(rest []token) sentence {
	l, first := r.lex(), &rest[0]
	s := sentence{frame: frameOther}
	switch {
	case l.word(first, "name") && len(rest) > 1 && number(&rest[1]):
		first.eaten = true
		return sentence{frame: frameWhat, mood: moodPresent} // "name five"
	case (l.word(first, "list") || l.word(first, "give") && l.word(&rest[min(1, len(rest)-1)], "me")) && r.several(rest):
		first.eaten = true
		if l.word(first, "give") {
			rest[1].eaten = true
		}
		return sentence{frame: frameWhat, mood: moodPresent} // "list five", "give me two"
	case (l.word(first, "calculate") || l.word(first, "compute")) && r.figures(rest):
		first.eaten = true
		return sentence{frame: frameWhat, mood: moodPresent}
	case l.word(first, "how") && r.told && len(rest) > 1 && !r.has(rest, classAux):
		first.eaten = true
		return sentence{frame: frameHow, mood: r.mood(rest)} // "explain how cars work"
	case l.word(first, "how") && (len(rest) == 1 || !r.has(rest, classAux)):
		first.eaten = true
		s.frame = frameHowto // "installing nginx, how?", "how lose weight"
	case l.word(first, "how"):
		first.eaten = true
		s.frame, s.mood = frameHow, r.mood(rest)
	case l.word(first, "what"):
		first.eaten = true
		s = r.what(rest)
	case l.is(first, classAux) && !first.quoted:
		s.frame, s.mood = frameYes, moodOf(l.class(first.word))
		if l.is(first, classBe) && r.going(rest[1:]) {
			s.mood = meant(s.mood)
		}
	}
	return s
}

// several reports whether a number follows "list" or "give me".
func (r *reader) several(rest []token) bool {
	n := 1
	if r.lex().word(&rest[0], "give") {
		n = 2
	}
	return len(rest) > n && number(&rest[n])
}

// figures reports whether toks contain a number.
func (r *reader) figures(toks []token) bool {
	for i := range toks {
		if number(&toks[i]) {
			return true
		}
	}
	return false
}

// number reports whether t is a number, in digits or as a word.
func number(t *token) bool {
	_, ok := numberWords[string(t.text)]
	return ok || t.shape == shapeNumber
}

// what distinguishes "what is", "what does X do", "what can I" and "what advantages does X have".
func (r *reader) what(rest []token) sentence {
	s := sentence{frame: frameWhat, mood: r.mood(rest)}
	if len(rest) > 1 && r.lex().is(&rest[1], classDo) {
		s.frame = frameDoes
	}
	return s
}

// mood returns that of the first auxiliary verb; present if there is none.
func (r *reader) mood(toks []token) mood {
	for i := range toks {
		if t := &toks[i]; !t.quoted && r.lex().is(t, classAux) {
			if r.lex().is(t, classBe) && r.going(toks[i+1:]) {
				return meant(moodOf(r.lex().class(t.word)))
			}
			return moodOf(r.lex().class(t.word))
		}
	}
	for i := range toks {
		if t := &toks[i]; !t.quoted && (r.lex().is(t, classEarlier) || len(t.text) > 4 && ends(t.text, "ed")) {
			return moodPast // "who invented"
		}
	}
	return moodPresent
}

// going reports whether toks, which follow "is", contain "going to" within a few words.
func (r *reader) going(toks []token) bool {
	for i := range toks {
		if i > 3 || i+2 >= len(toks) || toks[i].shape >= shapePause {
			return false
		}
		if r.lex().word(&toks[i], "going") && r.lex().word(&toks[i+1], "to") {
			return !toks[i+2].upper && !r.lex().is(&toks[i+2], classArticle)
		}
	}
	return false
}

// meant returns the mood of "is going to", or of "was going to", given that of "is" or "was".
func meant(m mood) mood {
	if m == moodPast {
		return moodMeant
	}
	return moodWill
}

func moodOf(c class) mood {
	switch {
	case c.isOf(classPast):
		return moodPast
	case c.isOf(classCan):
		return moodCan
	case c.isOf(classWill):
		return moodWill
	case c.isOf(classShould):
		return moodShould
	}
	return moodPresent
}
