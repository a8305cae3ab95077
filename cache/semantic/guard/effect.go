package guard

// origin: where does X come from, what is the origin of X.
func (r *reader) origin(toks []token, s *sentence) {
	l, n := r.lex(), len(toks)
	if n < 4 || !l.is(&toks[1], classDo) || r.has(toks[2:], classPerson|classHe|classShe|classThird) {
		return
	}
	end := n
	if l.word(&toks[n-1], "from") {
		end--
	}
	if t := &toks[end-1]; end < 4 || t.quoted || !l.word(t, "originate") && !(end < n && l.word(t, "come")) {
		return
	}
	for i := range toks[end-1:] {
		toks[end-1+i].eaten = true
	}
	toks[1].eaten = true
	r.emit("origin")
	s.frame, s.mood = frameWhat, moodPresent
}

// affects: how does X affect Y, what is the effect of X on Y.
func (r *reader) affects(toks []token, s *sentence) {
	l := r.lex()
	for i := 3; i+1 < len(toks); i++ {
		t := &toks[i]
		if t.quoted || !l.word(t, "affect") && !l.word(t, "impact") && !l.word(t, "influence") && !(l.word(t, "affecting") && l.is(&toks[1], classBe)) || !l.is(&toks[1], classAux) {
			continue
		}
		t.eaten = true
		toks[1].eaten = true
		hang(toks[2:i], roleFrom)
		hang(toks[i+1:], roleTo)
		r.emit("effect")
		s.frame = frameWhat
		return
	}
}

// effectOf marks which thing has an effect on which.
func (r *reader) effectOf(toks []token) {
	l := r.lex()
	for i := range toks {
		t := &toks[i]
		switch string(t.text) {
		case "effect", "effects", "impact", "impacts", "influence":
		default:
			continue
		}
		if i+3 >= len(toks) || t.quoted {
			return
		}
		if i == 1 && l.is(&toks[2], classDo) { // "what effect does X have on Y"
			if h := r.index(toks, "have"); h > 3 && h+2 < len(toks) && l.word(&toks[h+1], "on") {
				hang(toks[3:h], roleFrom)
				hang(toks[h+2:], roleTo)
				t.text = r.f.lexer.put("effect")
				t.word = l.find(t.text)
			}
			return
		}
		of, on := r.index(toks[i+1:], "of"), r.index(toks[i+1:], "on")
		of, on = of+i+1, on+i+1
		switch {
		case of == i+1 && on > of+1:
			hang(toks[of+1:on], roleFrom)
			hang(toks[on+1:], roleTo)
		case on == i+1 && of > on+1:
			hang(toks[on+1:of], roleTo)
			hang(toks[of+1:], roleFrom)
		default:
			return
		}
		t.text = r.f.lexer.put("effect")
		t.word = l.find(t.text)
		return
	}
}

// uses: what are the applications of X, what are its uses.
func (r *reader) uses(toks []token) {
	l := r.lex()
	for i := 2; i+2 < len(toks) && i < 6; i++ {
		if l.word(&toks[i], "applications") && l.word(&toks[i+1], "of") {
			toks[i].text = r.f.lexer.put("uses")
			toks[i].word = l.find(toks[i].text)
		}
	}
}

// seeks: where can I find a good tailor, how can I find a good tailor; where can I get wool,
// where can I buy wool.
func (r *reader) seeks(toks []token, s *sentence) {
	l := r.lex()
	if len(toks) < 5 || !l.is(&toks[1], classCan|classDo) || l.is(&toks[1], classPast) || !l.is(&toks[2], classPerson) {
		return
	}
	switch string(toks[3].text) {
	case "find":
		at := 4
		if l.is(&toks[at], classArticle) || l.word(&toks[at], "some") {
			at++
		}
		if at+1 < len(toks) && (l.word(&toks[at], "good") || l.word(&toks[at], "best") || l.word(&toks[at], "cheap")) {
			s.frame, s.mood = frameHowto, moodNone
		}
	case "get":
		if next := &toks[4]; !l.is(next, classPrep|classHard|classConj) && !l.happens(next) && !l.word(next, "rid") {
			toks[3].text = r.f.lexer.put("buy")
			toks[3].word = l.find(toks[3].text)
		}
	}
}

// soMuch: what makes X so popular, why is X so popular.
func (r *reader) soMuch(toks []token, s *sentence) {
	l, n := r.lex(), len(toks)
	if n < 5 || !l.word(&toks[1], "makes") && !l.word(&toks[1], "make") || !l.word(&toks[n-2], "so") || toks[n-1].quoted {
		return
	}
	toks[1].eaten = true
	s.frame, s.mood = frameWhy, moodPresent
}
