package guard

// arrange puts the words of a sentence into the order in which most say it, before it is
// read: a clause behind its question, a thing before what is worth doing with it.
func (r *reader) arrange(toks []token) []token {
	toks = trim(r.clause(r.topic(toks)))
	if len(toks) < 4 {
		return toks
	}
	if r.lex().is(&toks[0], classWh) && r.lex().is(&toks[1], classFiller) && !r.lex().is(&toks[1], classConj) && !r.lex().word(&toks[1], "so") {
		toks = drop(toks, 1, 1) // "what exactly is"
	}
	r.currency(toks)
	toks = r.daily(toks)
	toks = r.prefers(toks)
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

// trim takes commas off the end.
func trim(toks []token) []token {
	for len(toks) > 0 && toks[len(toks)-1].shape >= shapePause {
		toks = toks[:len(toks)-1]
	}
	return toks
}

// rotate puts the first n of toks behind the others.
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

// index is where the first of toks that is the word s stands, -1: nowhere.
func (r *reader) index(toks []token, s string) int {
	for i := range toks {
		if r.lex().word(&toks[i], s) && !toks[i].quoted {
			return i
		}
	}
	return -1
}

// drop takes n tokens out at i.
func drop(toks []token, i, n int) []token {
	copy(toks[i:], toks[i+n:])
	for k := len(toks) - n; k < len(toks); k++ {
		toks[k] = token{shape: shapePause}
	}
	return toks[:len(toks)-n]
}

// topic drops what stands before a colon and comes again behind it: "bees: what do bees eat".
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

// predicament makes one sentence of "my tooth fell out. What should I do?", or of the same
// with a comma: what should I do if. The first of toks, up to the end at i, is what happens.
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

// helpless is how many tokens say what should I do, and nothing else.
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

// joinIf puts what stands behind the mark at i before what stands in front of it, with an
// if in between.
func (r *reader) joinIf(toks []token, i int) {
	toks[i] = token{text: r.f.lexer.put("if"), shape: shapeWord}
	toks[i].word = r.lex().find(toks[i].text)
	rotate(toks, i+1)
	rotate(toks[len(toks)-i-1:], i)
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

// spans are what something may come about in once.
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

// items tells the two things apart that an "or" or "and" joins, where there is only one:
// they may stand the other way round.
func (r *reader) items(toks []token) {
	l, at := r.lex(), -1
	for i := range toks {
		if t := &toks[i]; l.word(t, "or") || l.word(t, "and") {
			if at >= 0 || t.quoted {
				return
			}
			at = i
		}
	}
	if at < 1 {
		return
	}
	within := func(t *token) bool {
		return t.shape < shapePause && (!l.is(t, classIdle) || l.is(t, classArticle))
	}
	for i := at - 1; i >= 0 && within(&toks[i]); i-- {
		toks[i].item = 1
	}
	for i := at + 1; i < len(toks) && within(&toks[i]); i++ {
		toks[i].item = 2
	}
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

// while: "when running" speaks of who asks, as "when I run" does.
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

// substitute marks what takes the place of what: use X instead of Y, substitute X for Y,
// replace Y by X, Y is replaced by X.
func (r *reader) substitute(toks []token) {
	l := r.lex()
	verb, mark, width, old := -1, -1, 1, false
	for i := range toks {
		t := &toks[i]
		if t.quoted {
			return
		}
		switch string(t.text) {
		case "use", "substitute", "substituted", "replace", "replaced":
			if verb < 0 {
				verb = i
			}
		case "instead":
			if verb >= 0 && mark < 0 && l.word(&toks[verb], "use") && i+1 < len(toks) && l.word(&toks[i+1], "of") {
				mark, width = i, 2
			}
		case "for":
			if verb >= 0 && mark < 0 && (l.word(&toks[verb], "substitute") || l.word(&toks[verb], "substituted")) {
				mark = i
			}
		case "by", "with":
			if verb >= 0 && mark < 0 && !l.word(&toks[verb], "use") {
				mark, old = i, true
			}
		}
	}
	if verb < 1 || mark < 0 || mark+width >= len(toks) {
		return
	}
	from, to := roleTo, roleFrom // what comes, what goes
	if old {
		from, to = to, from
	}
	first := toks[verb+1 : mark]
	if len(toks[verb].text) > 7 && ends(toks[verb].text, "d") { // passive: X is replaced by Y
		be := verb - 1
		if !l.is(&toks[be], classBe) || mark != verb+1 {
			return
		}
		first = toks[1:be]
		if len(first) > 0 && l.is(&toks[0], classWh) {
			first = first[1:]
		}
		r.f.who |= 1
	}
	if len(first) == 0 {
		return
	}
	hang(first, from)
	for i := mark; i < mark+width; i++ {
		toks[i].eaten = true
	}
	end := mark + width
	for end < len(toks) && toks[end].shape < shapePause && !l.is(&toks[end], classPrep|classConj|classHard) {
		end++
	}
	hang(toks[mark+width:end], to)
	toks[verb].text = r.f.lexer.put("replace")
	toks[verb].word = l.find(toks[verb].text)
}

// hang gives all of toks one role.
func hang(toks []token, as role) {
	for i := range toks {
		toks[i].part = as
	}
}

// asksOn reports whether another question begins behind the "and" at i: "what is X and what
// are its parts".
func (r *reader) asksOn(i int) bool {
	l := r.lex()
	return l.word(&r.toks[i], "and") && !r.toks[i].quoted && i+3 < len(r.toks) && l.is(&r.toks[i+1], classWh) && !l.word(&r.toks[i+1], "why") && l.is(&r.toks[i+2], classAux)
}
