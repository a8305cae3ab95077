package guard

// twist rewrites phrases that ask the same into one: "how do you say X in French" into "translate X",
// "what is 5 miles in km" into "convert", "what is the birth date of X" into "when was X born", "how
// tall is X" into its height.
func (r *reader) twist(toks []token, s *sentence) {
	l := r.lex()
	switch s.frame {
	case frameWho:
		for i := range toks {
			if t := &toks[i]; i > 0 && r.has(toks[:i], classDo) && (l.word(t, "think") || l.word(t, "believe") || l.word(t, "consider") || l.word(t, "say")) {
				t.eaten = true
				r.opinion(toks[:i])
			}
		}
	case frameHow:
		if n := len(toks) - 1; l.word(&toks[n], "like") {
			toks[n].eaten = true // "how is life like in Oslo"
		}
	case frameDoes:
		if n := len(toks) - 1; l.word(&toks[n], "mean") || l.word(&toks[n], "means") {
			toks[n].eaten = true
			s.frame = frameWhat
			r.emitText(r.f.lexer.put("mean"), r.term(toks))
			if len(toks) > 1 && l.is(&toks[1], classDo) {
				toks[1].eaten = true
			}
		} else if r.costs(toks) {
			s.frame = frameWhat
		}
	case frameOther:
		if toks[0].shape == shapeNumber {
			r.conversion(toks, s) // "12 ounces to grams"
		}
	case frameWhat, frameHowto, frameWhich:
		if r.translation(toks, s) || r.conversion(toks, s) || r.birth(toks, s) {
			return
		}
		if s.frame == frameWhich {
			r.measure(toks, s)
		}
	}
}

// term reports whether toks contain something that can only be a term: a number, a sign, quoted words.
// For a term, "what does it mean" is "what is it".
func (r *reader) term(toks []token) bool {
	for i := range toks {
		if t := &toks[i]; t.quoted || t.shape == shapeNumber || t.shape == shapeSymbol || t.shape == shapeMixed {
			return true
		}
	}
	return false
}

func (r *reader) costs(toks []token) bool {
	for i := range toks {
		if t := &toks[i]; r.lex().word(t, "cost") && !t.quoted {
			return true
		}
	}
	return false
}

// opinion marks whose opinion it is: the words between "do" and "think".
func (r *reader) opinion(toks []token) {
	for i := len(toks) - 1; i >= 0 && !r.lex().is(&toks[i], classDo); i-- {
		toks[i].thinks = true
	}
}

// translation: how do you say, what is 'x' in, with a language after "in".
func (r *reader) translation(toks []token, s *sentence) bool {
	l := r.lex()
	n := len(toks) - 1
	for i := 2; s.frame == frameWhat && i < n && i < 5; i++ {
		if l.is(&toks[i], classLanguage) && r.wordFor(toks[i+1:]) {
			s.frame, s.mood = frameOther, moodNone
			return true
		}
	}
	if n < 2 || !l.is(&toks[n], classLanguage) || !l.is(&toks[n-1], classPrep) {
		return false
	}
	for i := range toks {
		t := &toks[i]
		if s.frame == frameHowto && l.word(t, "say") && !t.quoted && !t.eaten && i > 0 && toks[i-1].eaten ||
			s.frame == frameWhat && t.quoted {
			if !t.quoted {
				t.eaten = true
			}
			r.emit("translate")
			s.frame, s.mood = frameOther, moodNone
			return true
		}
	}
	return false
}

// wordFor reads "word for 'x'", or "for 'x'", after a language.
func (r *reader) wordFor(toks []token) bool {
	l, at := r.lex(), 0
	if len(toks) > 0 && l.word(&toks[0], "word") {
		at = 1
	}
	if at+1 >= len(toks) || !l.word(&toks[at], "for") || !toks[at+1].quoted {
		return false
	}
	for i := range toks[:at+1] {
		toks[i].eaten = true
	}
	r.emit("translate")
	return true
}

// conversion: one number and two units.
func (r *reader) conversion(toks []token, s *sentence) bool {
	numbers, units := 0, 0
	l := r.lex()
	for i := range toks {
		t := &toks[i]
		switch {
		case t.shape == shapeNumber:
			numbers++
		case (l.word(t, "degrees") || l.word(t, "degree")) && i+1 < len(toks) && r.unit(&toks[i+1]):
		case r.unit(t):
			units++
		case t.eaten || l.is(t, classIdle) || l.word(t, "many") || l.word(t, "much") || l.word(t, "equal"):
		default:
			return false
		}
	}
	if numbers != 1 || units != 2 || s.frame == frameHowto {
		return false
	}
	for i := range toks {
		if t := &toks[i]; l.word(t, "many") || l.word(t, "much") || l.word(t, "equal") {
			t.eaten = true
		} else if i > 0 && t.shape == shapeNumber && s.frame == frameWhich && l.word(&toks[i-1], "in") {
			toks[i-1].eaten = true // "how many grams are in 12 ounces" is not "12 ounces in grams"
		}
	}
	r.emit("convert")
	s.frame, s.mood = frameOther, moodNone
	return true
}

func (r *reader) unit(t *token) bool {
	if r.lex().is(t, classUnit) {
		return true
	}
	if lemma, ok := r.g.lex.lemmas[string(t.text)]; ok {
		return r.lex().class(r.lex().ids[lemma]).isOf(classUnit)
	}
	if n := len(t.text); n > 2 && t.text[n-1] == 's' {
		return r.lex().class(r.lex().find(t.text[:n-1])).isOf(classUnit)
	}
	return false
}

// birth: what is the birth date, the date of birth.
func (r *reader) birth(toks []token, s *sentence) bool {
	if s.frame != frameWhat {
		return false
	}
	birth, date, place := -1, -1, -1
	for i := range toks {
		switch string(toks[i].text) {
		case "birth", "birthdate":
			birth = i
		case "date":
			date = i
		case "birthplace":
			birth, place = i, i
		case "place":
			place = i
		}
	}
	if birth < 0 || date < 0 && place < 0 && string(toks[birth].text) != "birthdate" {
		return false
	}
	toks[birth].eaten = true
	r.emit("born")
	s.frame, s.mood = frameWhen, moodPast
	switch {
	case date >= 0:
		toks[date].eaten = true
	case place >= 0:
		toks[place].eaten = true
		s.frame = frameWhere
	}
	return true
}

// measure: how tall is, how much does it cost.
func (r *reader) measure(toks []token, s *sentence) {
	l := r.lex()
	at := -1
	for i := range toks {
		if l.word(&toks[i], "how") {
			at = i + 1
			break
		}
	}
	if at < 1 || at+1 >= len(toks) {
		return
	}
	r.earns(toks, at)
	if l.word(&toks[at], "much") && l.is(&toks[at+1], classDo) {
		if r.costs(toks) {
			toks[at].eaten = true
			s.frame = frameWhat
		}
		return
	}
	if l.word(&toks[at], "much") && l.word(&toks[at+1], "time") {
		toks[at].eaten = true
		toks[at+1].text = long
		toks[at+1].word = l.find(long)
		return
	}
	if l.word(&toks[at], "much") && l.word(&toks[at+1], "is") && at+2 < len(toks) && number(&toks[at+2]) {
		toks[at].eaten = true
		s.frame = frameWhat // "how much is 12 times 12"
		return
	}
	if name, ok := measures[string(toks[at].text)]; ok && l.is(&toks[at+1], classBe) {
		toks[at].eaten = true
		r.emit(name)
		s.frame = frameWhat
	}
}

// earns: how much money does X make, how much does X earn.
func (r *reader) earns(toks []token, at int) {
	l := r.lex()
	next, money := at+1, l.word(&toks[at+1], "money")
	if money {
		next++
	}
	if !l.word(&toks[at], "much") || next >= len(toks) || !l.is(&toks[next], classDo|classCan|classWill) {
		return
	}
	for i := next + 2; i < len(toks); i++ {
		if t := &toks[i]; (l.word(t, "make") || l.word(t, "earn")) && (i+1 == len(toks) || l.is(&toks[i+1], classPrep|classHard) || ends(toks[i+1].text, "ly")) {
			t.text = r.f.lexer.put("earn")
			t.word = l.find(t.text)
			if money {
				toks[at+1].eaten = true
			}
		}
	}
}

var long = []byte("long")

var measures = map[string]string{
	"tall": "height", "high": "height", "old": "age", "long": "length", "heavy": "weight", "big": "size", "large": "size",
	"deep": "depth", "wide": "width", "fast": "speed", "hot": "temperature", "far": "distance",
}
