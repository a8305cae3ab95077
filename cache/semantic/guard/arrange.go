package guard

// arrange puts the words of a sentence into the most common order before it is read: a clause after
// its question, a thing before what is worth doing with it.
func (r *reader) arrange(toks []token) []token {
	toks = trim(r.clause(r.topic(toks)))
	if len(toks) < 4 {
		return toks
	}
	if r.lex().is(&toks[0], classWh) && r.lex().is(&toks[1], classFiller) && !r.lex().is(&toks[1], classConj) && !r.lex().word(&toks[1], "so") {
		toks = drop(toks, 1, 1) // "what exactly is"
	}
	for i := range toks[:len(toks)-1] {
		if t := &toks[i]; r.lex().word(t, "you") && (r.lex().word(&toks[i+1], "favorite") || r.lex().word(&toks[i+1], "favourite")) {
			t.text = r.f.lexer.put("your") // a typo
			t.word = r.lex().find(t.text)
		}
	}
	r.currency(toks)
	toks = r.daily(toks)
	toks = r.prefers(toks)
	r.required(toks)
	toks = r.worth(toks)
	toks = r.opines(toks)
	r.byWhomever(toks)
	r.either(toks)
	r.items(toks)
	r.substitute(toks)
	r.ability(toks)
	toks = r.needs(toks)
	r.while(toks)
	return toks
}

// currency: "Rs 500", "500 Rs".
func (r *reader) currency(toks []token) {
	for i := 0; i+1 < len(toks); i++ {
		if toks[i+1].shape != shapeNumber || toks[i].quoted || toks[i].shape != shapeWord {
			continue
		}
		switch string(toks[i].text) {
		case "rs", "inr", "usd", "eur":
			toks[i], toks[i+1] = toks[i+1], toks[i]
			i++
		}
	}
}

// spans are periods, with the adverb for once in each of them.
var spans = map[string]string{"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}

// daily: "how many eggs a week", "how many eggs per week".
func (r *reader) daily(toks []token) []token {
	l := r.lex()
	if !l.word(&toks[0], "how") || !l.word(&toks[1], "many") && !l.word(&toks[1], "much") && !l.word(&toks[1], "often") {
		return toks
	}
	for i := 3; i+1 < len(toks); i++ {
		span, ok := spans[string(toks[i+1].text)]
		if !ok || !l.word(&toks[i], "a") || l.is(&toks[i-1], classIdle|classHard) {
			continue
		}
		toks[i+1].text = r.f.lexer.put(span)
		toks[i+1].word = l.find(toks[i+1].text)
		return drop(toks, i, 1)
	}
	return toks
}

// prefers: "is it better to rent or buy", "should I rent or buy".
func (r *reader) prefers(toks []token) []token {
	l := r.lex()
	if len(toks) < 7 || !l.word(&toks[0], "is") || !l.word(&toks[1], "it") || !l.word(&toks[2], "better") || !l.word(&toks[3], "to") || r.index(toks, "or") < 0 || r.index(toks, "than") >= 0 {
		return toks
	}
	toks[0].text, toks[1].text = r.f.lexer.put("should"), r.f.lexer.put("i")
	toks[0].word, toks[1].word = l.find(toks[0].text), l.find(toks[1].text)
	return drop(toks, 2, 2)
}

// required: "is a helmet required for skiing", "do I need a helmet for skiing".
func (r *reader) required(toks []token) {
	l := r.lex()
	if !l.is(&toks[0], classBe) || l.is(&toks[0], classPast) || l.is(&toks[1], classThird|classPerson) {
		return
	}
	for i := 2; i+1 < len(toks); i++ {
		t := &toks[i]
		if t.shape >= shapePause || t.quoted || l.is(t, classNeg|classConj|classPrep) {
			return
		}
		if (l.word(t, "required") || l.word(t, "needed")) && (l.word(&toks[i+1], "for") || l.word(&toks[i+1], "to")) {
			t.text = r.f.lexer.put("need")
			t.word = l.find(t.text)
			rotate(toks[1:i+1], i-1)
			r.f.who |= 1
			return
		}
	}
}

// worth: "is it worth buying a car", "is a car worth buying".
func (r *reader) worth(toks []token) []token {
	l, last := r.lex(), len(toks)-1
	if l.word(&toks[0], "is") && l.word(&toks[last-1], "worth") && l.word(&toks[last], "it") {
		return toks[:last]
	}
	if len(toks) < 5 || !l.word(&toks[0], "is") || !l.word(&toks[1], "it") || !l.word(&toks[2], "worth") || !ends(toks[3].text, "ing") {
		return toks
	}
	end := 4
	for end < len(toks) && toks[end].shape < shapePause && !l.is(&toks[end], classPrep|classConj|classHard) {
		end++
	}
	if end == 4 {
		return toks
	}
	rotate(toks[2:end], 2)
	return drop(toks, 1, 1)
}

// opines: "who do you think will win", "who will win".
func (r *reader) opines(toks []token) []token {
	l := r.lex()
	if len(toks) < 6 || !l.is(&toks[0], classWh) || l.word(&toks[0], "why") || l.word(&toks[0], "how") || !l.word(&toks[1], "do") || !l.word(&toks[2], "you") ||
		!l.word(&toks[3], "think") && !l.word(&toks[3], "believe") || l.is(&toks[4], classPrep|classConj|classWh) || toks[4].shape >= shapePause {
		return toks
	}
	return drop(toks, 1, 3)
}

// byWhomever: "X was invented by whom", "by whom was X invented".
func (r *reader) byWhomever(toks []token) {
	l, n := r.lex(), len(toks)
	if n < 5 || !l.word(&toks[n-1], "whom") && !l.word(&toks[n-1], "who") || !l.word(&toks[n-2], "by") || !l.happens(&toks[n-3]) || l.is(&toks[0], classWh|classAux) {
		return
	}
	for i := 1; i < n-3; i++ {
		if l.is(&toks[i], classBe) {
			rotate(toks, n-2)
			toks[1].text = r.f.lexer.put("whom")
			toks[1].word = l.find(toks[1].text)
			rotate(toks[2:i+3], i)
			return
		}
	}
}

// either: "is tea or coffee better", "which is better, tea or coffee".
func (r *reader) either(toks []token) {
	l, or, n := r.lex(), r.index(toks, "or"), len(toks)
	if or < 2 || !l.is(&toks[0], classBe) || l.is(&toks[0], classPast) || pauses(toks) || r.has(toks[1:], classAux|classWh) || r.index(toks, "than") > 0 {
		return
	}
	more := n - 1
	for i := or + 1; i < n; i++ {
		if l.is(&toks[i], classPrep) {
			more = i - 1
			break
		}
	}
	if t := &toks[more]; more < or+2 || t.quoted || !l.word(t, "better") && !l.word(t, "worse") && !(len(t.text) > 5 && ends(t.text, "er")) {
		return
	}
	rotate(toks[1:more+1], more-1)
	r.versus = true
}

// needs: "how often does a fern need to be watered", "how often should a fern be watered".
func (r *reader) needs(toks []token) []token {
	l, aux := r.lex(), -1
	for i := 1; i+3 < len(toks); i++ {
		switch {
		case aux < 0 && l.is(&toks[i], classDo) && !l.is(&toks[i], classPast):
			aux = i
		case l.is(&toks[i], classPerson) || toks[i].shape >= shapePause:
			return toks
		case aux > 0 && i > aux+1 && l.word(&toks[i], "need") && l.word(&toks[i+1], "to") && l.word(&toks[i+2], "be") && l.happens(&toks[i+3]):
			toks[aux].text = r.f.lexer.put("should")
			toks[aux].word = l.find(toks[aux].text)
			return drop(toks, i, 2)
		}
	}
	return toks
}

// ability: "are cats able to swim", "can cats swim"; and the same with unable.
func (r *reader) ability(toks []token) {
	l := r.lex()
	for i := 1; i+2 < len(toks); i++ {
		un := l.word(&toks[i], "unable")
		if !un && !l.word(&toks[i], "able") || !l.word(&toks[i+1], "to") || toks[i].quoted || !r.has(toks[:i], classBe) {
			continue
		}
		toks[i].eaten, toks[i+1].eaten = true, true
		r.able = true
		if un {
			r.f.nots++
		}
		return
	}
}

// while: "when running" is about the asker, as "when I run" is.
func (r *reader) while(toks []token) {
	for i := 1; i < len(toks); i++ {
		if t := &toks[i]; len(t.text) < 5 || !ends(t.text, "ing") || t.quoted {
			continue
		}
		switch string(toks[i-1].text) {
		case "when", "while", "after", "before":
			r.f.implied = true
		}
	}
}
