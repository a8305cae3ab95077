package guard

// twist brings turns of phrase that ask the same into one: "how do you say X in
// French" into "translate X", "what is 5 miles in km" into "convert", "what is the
// birth date of X" into "when was X born", "how tall is X" into its height.
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
			r.emit("mean")
		} else if l.word(&toks[n], "cost") {
			s.frame = frameWhat
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

// opinion marks who thinks: the words between "do" and "think".
func (r *reader) opinion(toks []token) {
	for i := len(toks) - 1; i >= 0 && !r.lex().is(&toks[i], classDo); i-- {
		toks[i].thinks = true
	}
}

// translation: how do you say, what is 'x' in, with a language behind "in".
func (r *reader) translation(toks []token, s *sentence) bool {
	l := r.lex()
	n := len(toks) - 1
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

// conversion: one number and two units.
func (r *reader) conversion(toks []token, s *sentence) bool {
	numbers, units := 0, 0
	l := r.lex()
	for i := range toks {
		t := &toks[i]
		switch {
		case t.shape == shapeNumber:
			numbers++
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
	birth, date := -1, -1
	for i := range toks {
		switch string(toks[i].text) {
		case "birth", "birthdate":
			birth = i
		case "date":
			date = i
		}
	}
	if birth < 0 || date < 0 && string(toks[birth].text) != "birthdate" {
		return false
	}
	toks[birth].eaten = true
	if date >= 0 {
		toks[date].eaten = true
	}
	r.emit("born")
	s.frame, s.mood = frameWhen, moodPast
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
	if l.word(&toks[at], "much") && l.is(&toks[at+1], classDo) {
		if n := len(toks) - 1; l.word(&toks[n], "cost") {
			toks[at].eaten = true
			s.frame = frameWhat
		}
		return
	}
	if name, ok := measures[string(toks[at].text)]; ok && l.is(&toks[at+1], classBe) {
		toks[at].eaten = true
		r.emit(name)
		s.frame = frameWhat
	}
}

var measures = map[string]string{
	"tall": "height", "high": "height", "old": "age", "long": "length", "heavy": "weight", "big": "size", "large": "size",
	"deep": "depth", "wide": "width", "fast": "speed", "hot": "temperature", "far": "distance",
}
