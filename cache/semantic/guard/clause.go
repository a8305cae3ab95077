package guard

// topic drops words before a colon that are repeated after it: "bees: what do bees eat".
func (r *reader) topic(toks []token) []token {
	for i := 1; i+3 < len(toks) && i <= maxTopic; i++ {
		if toks[i].shape != shapePause {
			continue
		}
		for k := range toks[:i] {
			if r.index(toks[i+1:], string(toks[k].text)) < 0 || r.lex().is(&toks[k], classWh|classAux) {
				return toks
			}
		}
		return toks[i+1:]
	}
	return toks
}

// clause: "if it rains, what should I wear", "what should I wear if it rains".
func (r *reader) clause(toks []token) []token {
	if len(toks) < 6 || toks[0].quoted {
		return toks
	}
	l := r.lex()
	switch string(toks[0].text) {
	case "if", "while", "whenever", "after", "before":
	case "when":
		if l.is(&toks[1], classAux) {
			return toks
		}
	default:
		return toks
	}
	for i := 2; i+2 < len(toks); i++ {
		if i > 2 && l.is(&toks[i], classWh) && l.is(&toks[i+1], classAux) && !l.is(&toks[i-1], classPrep) && !pauses(toks) {
			rotate(toks, i)
			return toks
		}
		if toks[i].shape != shapePause {
			continue
		}
		if l.word(&toks[i+1], "then") {
			toks = drop(toks, i+1, 1)
		}
		if l.is(&toks[i+1], classWh|classAux) && !pauses(toks[i+1:]) {
			rotate(toks, i+1)
		}
		return toks
	}
	return toks
}

// predicament turns "my tooth fell out. What should I do?", also with a comma, into one sentence:
// "what should I do if my tooth fell out". The first of toks, up to the end at i, say what happened.
func (r *reader) predicament(toks []token, i int) bool {
	l := r.lex()
	if i < 2 || !l.word(&toks[0], "i") && !l.word(&toks[0], "my") && !l.word(&toks[0], "we") && !l.word(&toks[0], "our") {
		return false
	}
	if n := r.helpless(toks[min(i+1, len(toks)):]); n > 0 && !r.has(toks[:i], classWh) {
		r.joinIf(toks[:i+1+n], i)
		return true
	}
	for k := 2; k < i; k++ {
		if toks[k].shape == shapePause {
			if n := r.helpless(toks[k+1 : i]); n == i-k-1 && !r.has(toks[:k], classWh) {
				r.joinIf(toks[:i], k)
			}
			return false
		}
	}
	return false
}

// helpless returns the number of tokens that toks take to ask "what should I do" and nothing else.
func (r *reader) helpless(toks []token) int {
	l := r.lex()
	if len(toks) < 4 || !l.word(&toks[0], "what") || !l.is(&toks[1], classShould|classCan|classDo) || !l.is(&toks[2], classPerson) || !l.word(&toks[3], "do") ||
		l.is(&toks[1], classPast) {
		return 0
	}
	if len(toks) > 4 && toks[4].shape != shapeEnd {
		return 0
	}
	return 4
}

// joinIf swaps the tokens before and after the mark at i, with an "if" between them.
func (r *reader) joinIf(toks []token, i int) {
	toks[i] = token{text: r.f.lexer.put("if"), shape: shapeWord}
	toks[i].word = r.lex().find(toks[i].text)
	rotate(toks, i+1)
	rotate(toks[len(toks)-i-1:], i)
}

// asksOn reports whether another question begins after the "and" at i: "what is X and what are its
// parts".
func (r *reader) asksOn(i int) bool {
	l := r.lex()
	return l.word(&r.toks[i], "and") && !r.toks[i].quoted && i+3 < len(r.toks) && l.is(&r.toks[i+1], classWh) && !l.word(&r.toks[i+1], "why") && l.is(&r.toks[i+2], classAux)
}

// rotate moves the first n of toks to the end.
func rotate(toks []token, n int) {
	flip := func(t []token) {
		for i, j := 0, len(t)-1; i < j; i, j = i+1, j-1 {
			t[i], t[j] = t[j], t[i]
		}
	}
	flip(toks[:n])
	flip(toks[n:])
	flip(toks)
}

// drop removes n tokens at i.
func drop(toks []token, i, n int) []token {
	copy(toks[i:], toks[i+n:])
	for k := len(toks) - n; k < len(toks); k++ {
		toks[k] = token{shape: shapePause}
	}
	return toks[:len(toks)-n]
}

// trim removes commas at the end.
func trim(toks []token) []token {
	for len(toks) > 0 && toks[len(toks)-1].shape >= shapePause {
		toks = toks[:len(toks)-1]
	}
	return toks
}

// index returns the index of the first of toks that is the word s, or -1.
func (r *reader) index(toks []token, s string) int {
	for i := range toks {
		if r.lex().word(&toks[i], s) && !toks[i].quoted {
			return i
		}
	}
	return -1
}
