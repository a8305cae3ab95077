package guard

// frame finds what toks ask for, and marks the tokens that express it as eaten.
func (r *reader) frame(toks []token) sentence {
	at := 0
	if len(toks) > 2 && r.lex().is(&toks[0], classPrep) && r.lex().is(&toks[1], classWh) && !toks[0].quoted {
		if p, _ := r.lex().best(r.g.lex.frames, toks); p == nil {
			toks[0].eaten = true // "in which country is X": which country is X in
			if r.byWhom = r.lex().word(&toks[0], "by") && r.lex().word(&toks[1], "whom"); !r.byWhom {
				r.emitText(toks[0].text, false)
			}
			toks = toks[1:]
		}
	}
	p, n := r.lex().best(r.g.lex.frames, toks)
	if p == nil && len(toks) > 2 && r.lex().is(&toks[1], classRequest) && len(toks[0].text) > 4 && ends(toks[0].text, "ly") {
		at = 1 // "briefly explain"
		p, n = r.lex().best(r.g.lex.frames, toks[1:])
	}
	if p == nil && !r.lex().is(&toks[0], classAux|classWh) {
		// "In Go, how do I ...", "I am new here: what is ..."
		for i := 1; i < len(toks); i++ {
			if toks[i-1].shape == shapePause && r.lex().is(&toks[i], classWh|classAux) && !toks[i].quoted {
				at = i
				p, n = r.lex().best(r.g.lex.frames, toks[i:])
				break
			}
			if q, k := r.lex().best(r.g.lex.frames, toks[i:]); toks[i-1].shape == shapePause && q != nil && r.lex().is(&toks[i], classRequest) {
				at, p, n = i, q, k // "in five points, explain ..."
				break
			}
		}
	}
	rest := toks[at:]
	if p != nil {
		return r.phrase(p, rest, n)
	}
	return r.plain(rest)
}

// phrase returns what pattern p stands for, which matched n tokens.
func (r *reader) phrase(p *pattern, rest []token, n int) sentence {
	s := sentence{frame: p.frame, mood: p.mood}
	if p.mood != moodNone {
		r.f.who |= 1 // "what one should"
	}
	if p.adds == "can" {
		s.mood = moodCan
		if n > 0 && !r.lex().word(&rest[n-1], "for") {
			r.f.who |= 1 // the asker
		}
	} else if p.adds != "" {
		r.emitText(r.f.lexer.put(p.adds), p.free)
	}
	for i := range rest[:n] {
		t := &rest[i]
		t.eaten = s.frame != frameWhich || i == 0 || p.adds != "" || n > 3 && r.anybody(t)
		switch string(t.text) {
		case "some":
			r.f.notes |= noteSome
		case "all":
			r.f.notes |= noteAll
		}
		r.count(t)
		r.generic = r.generic || s.frame == frameHowto && (r.lex().is(t, classAnyone) || r.lex().word(t, "person") || r.lex().word(t, "people"))
		s.ways = s.ways || r.lex().word(t, "way") || r.lex().word(t, "ways")
		if r.lex().is(t, classPast) || r.lex().word(t, "caused") {
			s.mood = moodPast
		} else if (s.frame == frameWhat || s.frame == frameYes && s.mood == moodNone) && r.lex().is(t, classBe) {
			s.mood = moodPresent
		}
	}
	if p.adds == "cure" { // "can X be cured"
		s.mood = moodCan
		r.f.who |= 1
	} else if s.frame == frameYes && p.adds != "" && p.adds != "can" {
		s.mood = moodPresent
	}
	if s.frame == frameHowto && p.adds != "" && p.adds != "can" && p.adds != "become" && p.adds != "handle" {
		w := &r.f.words[len(r.f.words)-1]
		w.stem = mix(w.stem, manner)
	}
	if (s.frame == frameWhen || s.frame == frameWhere) && n+1 < len(rest) && !r.lex().is(&rest[n], classPast|classWill) && r.lex().is(&rest[n], classAux) {
		t := &rest[n+1]
		s.asker = r.lex().word(t, "i") || r.lex().word(t, "we") || r.lex().word(t, "one") || r.lex().is(t, classAnyone)
	}
	switch {
	case s.frame == frameYes && p.adds == "":
		s.mood = r.mood(rest[n:]) // "do you think cats dream"
	case s.mood != moodNone || s.frame == frameOther || s.frame == frameHowto || s.frame == frameYes || s.frame == frameDoes:
	default:
		s.mood = r.mood(rest[n:])
	}
	return s
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
