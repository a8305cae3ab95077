package guard

// idle reports whether t is a word that matters little in its place.
func (r *reader) idle(t *token, c class) bool {
	if t.quoted || t.shape != shapeWord && t.shape != shapeLetter || t.word == 0 {
		return false
	}
	if t.shape == shapeLetter && t.upper {
		return false
	}
	if t.caps && !r.flat && !c.isOf(classArticle|classConj|classFiller|classNeg) && string(t.text) != "i" {
		return false // IT, US, WHO
	}
	return c.isOf(classIdle) && !c.isOf(classHard)
}

// skip reports whether token i adds nothing in its place, also together with the next one, which it
// then marks as eaten.
func (r *reader) skip(toks []token, i int) bool {
	t := &toks[i]
	l := r.lex()
	switch string(t.text) {
	case "one": // "one advantage", not "when one learns"
		if i > 0 && i+1 < len(toks) && !l.is(&toks[i-1], classConj|classAux) && toks[i+1].shape == shapeWord && !l.is(&toks[i+1], classIdle) {
			r.push(word{text: single, stem: hash(single), kind: kindNumber, hard: true, role: r.role, free: r.unit(&toks[i+1])})
			r.held, r.role = r.role, roleCount
			return true
		}
	case "some": // "some one"
		if i+1 < len(toks) && l.word(&toks[i+1], "one") {
			toks[i+1].eaten = true
			r.push(word{text: someone, stem: hash(someone)})
			return true
		}
	case "or": // "or not"
		if i+1 < len(toks) && (l.word(&toks[i+1], "not") || l.word(&toks[i+1], "no")) {
			toks[i+1].eaten = true
			return true
		}
	case "different", "various": // "different types of"
		return i+1 < len(toks) && (ends(toks[i+1].text, "types") || string(toks[i+1].text) == "types" ||
			string(toks[i+1].text) == "kinds" || string(toks[i+1].text) == "ways" || string(toks[i+1].text) == "methods" ||
			string(toks[i+1].text) == "forms")
	case "possible": // "the largest possible number"
		return i > 0 && ends(toks[i-1].text, "est")
	case "located", "situated": // "where is X located"
		return i > 0
	case "own": // "how do I start my own business"
		return r.asked == frameHowto && i > 0 && l.is(&toks[i-1], classOwner)
	case "me", "us": // "recommend me a book"
		return i == 1 && (l.is(&toks[0], classRequest) || l.is(&toks[0], classGive))
	case "fact": // "in fact"
		return i > 0 && l.word(&toks[i-1], "in")
	case "order": // "in order to"
		return i > 0 && i+1 < len(toks) && l.word(&toks[i-1], "in") && l.word(&toks[i+1], "to")
	case "much": // "hate X so much"
		return i > 0 && l.word(&toks[i-1], "so")
	}
	return !t.quoted && !r.f.means && r.spare(toks, i)
}

// negation counts the "not" at i: for the sentence if it belongs to its auxiliary verb, otherwise
// for the next word.
func (r *reader) negation(toks []token, i int) {
	l := r.lex()
	clause := i > 1 && (l.word(&toks[i-2], "who") || l.word(&toks[i-2], "that") || l.word(&toks[i-2], "which"))
	if string(toks[i].text) == "cannot" || i > 0 && l.is(&toks[i-1], classAux) && !l.word(&toks[i], "no") && !clause {
		r.f.nots++
		return
	}
	if r.denied(toks, i) {
		r.f.nots++
		return
	}
	r.not = true
	if string(toks[i].text) == "none" || string(toks[i].text) == "nobody" || string(toks[i].text) == "nothing" {
		r.f.nots++
		r.not = false
	}
}

// denied reports whether the "not" at i negates the sentence although its auxiliary verb is further
// away: "why does my code not work".
func (r *reader) denied(toks []token, i int) bool {
	l := r.lex()
	aux := 0
	if l.is(&toks[0], classWh) {
		aux = 1
	}
	if !l.word(&toks[i], "not") || i <= aux+1 || i > aux+6 || i+1 >= len(toks) || !l.is(&toks[aux], classDo|classCan|classWill|classShould) {
		return false
	}
	for k := aux + 1; k < i; k++ {
		if t := &toks[k]; t.shape != shapeWord && t.shape != shapeMixed || t.quoted || l.is(t, classPrep|classConj) || l.word(t, "to") {
			return false
		}
	}
	next := &toks[i+1]
	return next.shape == shapeWord && !l.is(next, classHard|classPrep|classArticle|classConj|classAux) && !l.word(next, "to") && !ends(next.text, "ing")
}

func (r *reader) pronoun(c class) {
	w := word{kind: kindPronoun, stem: 2, hard: true, role: r.role}
	if c.isOf(classShe) {
		w.stem = 3
	}
	r.push(w)
}

// function records the effect of a word that matters little on the next one that matters.
func (r *reader) function(t *token) {
	c := r.lex().class(t.word)
	switch {
	case c.isOf(classOwner):
		r.f.whose = true
	case c.isOf(classPerson):
		if r.start == len(r.f.words) {
			r.f.who |= 1
		} else {
			r.f.who |= 2
		}
	case c.isOf(classThey) && r.generic:
		r.f.whose = true // "how can a person control their anger"
		r.role = roleNone
		return
	case c.isOf(classThey):
		r.f.they = true
	}
	now, ok := roles[string(t.text)]
	switch {
	case ok:
		r.role, r.by = now, t.word
	case string(t.text) == "and":
		r.f.ands = true
	case string(t.text) == "or":
		r.f.ors = true
	case c.isOf(classAux) && (r.role == roleBefore || r.role == roleAfter): // before he was asked
	case !c.isOf(classArticle|classPerson|classFiller|classThird) || c.isOf(classConj) && r.role != roleNone && !r.led:
		r.role = roleNone
	}
	if n := mix(7, hash(t.text)); !c.isOf(classArticle | classPrep | classConj | classFiller | classPolite | classPerson) {
		r.f.idle += n
		if !c.isOf(classAux | classFunction) {
			r.f.few += n
		}
	}
}

// stranded reports whether token i is a preposition, or an I, at the end of a sentence: "what are
// they for", "World War I".
func (r *reader) stranded(toks []token, i int) bool {
	c := r.lex().class(toks[i].word)
	if i > 0 && c.isOf(classAux) && (r.lex().word(&toks[i-1], "between") || i+1 == len(toks) && r.lex().is(&toks[i-1], classConj)) {
		return true // "between is and are"
	}
	if small := class(classPrep | classConj | classDo); i+1 < len(toks) && c.isOf(small) &&
		(r.lex().is(&toks[i+1], classCode) || i+2 < len(toks) && r.lex().is(&toks[i+1], small) && r.lex().is(&toks[i+2], classCode)) {
		return true // a for loop, a do while loop
	}
	if i > 0 && string(toks[i].text) == "a" {
		return i+1 == len(toks) || toks[i+1].shape == shapePause || r.lex().is(&toks[i+1], classPrep|classConj|classAux) // column a to b
	}
	if i == 0 || i != len(toks)-1 {
		return false
	}
	if r.lex().word(&toks[i], "some") && r.lex().is(&toks[i-1], classPrep) {
		return true // "vote for some"
	}
	return c.isOf(classPrep|classCan|classWill|classShould|classPast) || string(toks[i].text) == "i" && toks[i].upper
}

// joins reports whether between consists only of and, or, commas and articles.
func (r *reader) joins(between []token) bool {
	found := false
	for i := range between {
		t := &between[i]
		switch {
		case t.shape == shapePause || r.lex().is(t, classArticle):
		case r.lex().word(t, "and") || r.lex().word(t, "or"):
			found = true
		default:
			return false
		}
	}
	return found
}

// dated reports whether the name of a month is next to number i.
func (r *reader) dated(toks []token, i int) bool {
	l := r.lex()
	return i > 0 && l.is(&toks[i-1], classMonth) || i+1 < len(toks) && l.is(&toks[i+1], classMonth) ||
		i+2 < len(toks) && l.word(&toks[i+1], "of") && l.is(&toks[i+2], classMonth)
}

func (r *reader) has(toks []token, c class) bool {
	for i := range toks {
		if r.lex().is(&toks[i], c) {
			return true
		}
	}
	return false
}
