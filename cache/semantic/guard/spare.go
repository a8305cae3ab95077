package guard

// spare reports whether a reader would understand the same without token i. Tokens that belong to it
// are marked as eaten.
func (r *reader) spare(toks []token, i int) bool {
	l, last := r.lex(), i+1 == len(toks)
	switch string(toks[i].text) {
	case "kind", "type", "sort", "kinds", "types", "sorts": // "what kind of music do", "without any kind of"
		asked := i == 1 && (l.word(&toks[0], "what") || l.word(&toks[0], "which"))
		if last || !l.word(&toks[i+1], "of") || !asked && (i < 2 || !l.word(&toks[i-1], "any")) {
			return false
		}
		toks[i+1].eaten = true
		return true
	case "main", "key", "major", "primary", "basic", "fundamental", "biggest", "exact", "actual", "real": // "the main advantages of"
		return r.chief(toks, i)
	case "usually", "typically", "normally", "generally", "commonly":
		return r.asked != frameYes && i > 1 && !last && toks[i+1].shape == shapeWord && !l.is(&toks[i+1], classConj) && !l.is(&toks[i-1], classPrep|classConj)
	case "step": // "step by step"
		if r.asked != frameHowto || i+2 >= len(toks) || !l.word(&toks[i+1], "by") || !l.word(&toks[i+2], "step") {
			return false
		}
		toks[i+1].eaten, toks[i+2].eaten = true, true
		return true
	case "skill", "skills": // "improve my writing skills"
		return r.asked == frameHowto && i > 1 && !l.is(&toks[i-1], classIdle) && (last || l.is(&toks[i+1], classPrep)) && r.improves(toks[:i-1])
	case "phrase", "expression", "proverb", "saying", "idiom": // "what does the phrase 'cold feet' mean"
		return !last && toks[i+1].quoted && (r.asked == frameWhat || r.asked == frameDoes)
	case "thing": // "the same thing"
		return i > 0 && l.word(&toks[i-1], "same")
	case "exam", "exams", "examination": // "prepare for the GRE exam"
		return r.asked == frameHowto && i > 0 && toks[i-1].caps && !r.flat && r.index(toks[:i], "for") >= 0
	case "taking", "having": // "without taking medicine"
		return i > 0 && !last && l.word(&toks[i-1], "without") && toks[i+1].shape == shapeWord && !l.is(&toks[i+1], classPrep)
	case "correctly", "effectively", "efficiently":
		return r.asked == frameHowto && i > 0 && !l.word(&toks[i-1], "more")
	}
	return r.plainly(toks, i, last)
}

// plainly is spare for words that add nothing to what is asked about.
func (r *reader) plainly(toks []token, i int, last bool) bool {
	l := r.lex()
	switch string(toks[i].text) {
	case "available": // "the best schools available in Oslo"
		return r.asked == frameWhat && !last && l.is(&toks[i+1], classPrep) && utmost(toks[:i])
	case "considered": // "why is Pluto considered a planet"
		return r.asked == frameWhy && i > 2
	case "happen", "happens", "occur", "occurs": // "why do eclipses happen"
		return r.asked == frameWhy && i > 1 && last
	case "current": // "who is the current mayor"
		return r.asked == frameWho && i == 3 && !last && l.word(&toks[2], "the")
	case "top": // "your top 5 favorite operas"
		return i+2 < len(toks) && number(&toks[i+1]) && (utmost(toks[i+2:]) || l.word(&toks[i+2], "favorite") || l.word(&toks[i+2], "favourite"))
	case "world": // "the tallest tree in the world"
		return r.everywhere(toks, i)
	case "play", "speak": // "learn to play the banjo"
		if i < 2 || last || !l.word(&toks[i-1], "to") || r.index(toks[:i], "learn") < 0 || l.is(&toks[i+1], classPrep|classConj|classHard) || toks[i+1].shape != shapeWord {
			return false
		}
		if t := &toks[i-2]; !l.word(t, "learn") && !l.word(t, "learning") && !l.word(t, "how") {
			return false
		}
		r.role = roleNone
		return true
	}
	if r.fits(toks, i) {
		r.role = roleNone
		return true
	}
	return false
}

// everywhere reports whether the "world" at i ends a phrase like "the tallest tree in the world".
func (r *reader) everywhere(toks []token, i int) bool {
	l, in := r.lex(), i-1
	if i > 2 && l.word(&toks[in], "the") {
		in--
	}
	if i < 3 || !l.word(&toks[in], "in") || !utmost(toks[:in]) {
		return false
	}
	if i+1 < len(toks) && toks[i+1].shape != shapePause && !l.is(&toks[i+1], classConj) && !l.word(&toks[i+1], "according") {
		return false
	}
	r.role = roleNone
	return true
}

// manner is mixed into the hash of adverbs of manner: lose weight fast, the fastest way.
const manner = 0x6d

// adverb reports whether token i is an adverb of manner: cheaply; fast, if nothing follows that it
// could describe.
func (r *reader) adverb(toks []token, i int) bool {
	t := &toks[i]
	switch string(t.text) {
	case "quickly", "rapidly", "cheaply", "safely", "naturally", "legally":
		return !t.quoted
	case "fast", "quick", "cheap", "safe":
		return i > 0 && !t.quoted && (i+1 == len(toks) || toks[i+1].shape >= shapePause || r.lex().is(&toks[i+1], classPrep|classConj|classHard))
	}
	return false
}

// becomes: "how can I be more patient", "how can I become more patient".
func (r *reader) becomes(toks []token, i int) bool {
	l := r.lex()
	if !l.word(&toks[i], "be") || toks[i].quoted || i == 0 || !toks[i-1].eaten || i+1 == len(toks) {
		return false
	}
	next := &toks[i+1]
	return next.shape == shapeWord && !l.is(next, classPrep|classConj|classNeg) && !l.happens(next)
}

// chief: "the main advantages of", "the key difference between".
func (r *reader) chief(toks []token, i int) bool {
	if i+1 >= len(toks) || toks[i].quoted || i+2 < len(toks) && !r.lex().is(&toks[i+2], classPrep|classConj) {
		return false
	}
	main := false
	switch string(toks[i].text) {
	case "main", "key", "major", "primary":
		main = true
	}
	switch string(toks[i+1].text) {
	case "difference", "differences":
		return true
	case "advantage", "advantages", "disadvantage", "disadvantages", "benefit", "benefits", "drawback", "drawbacks", "feature", "features",
		"reason", "reasons", "cause", "causes", "symptom", "symptoms", "characteristics":
		return main
	}
	return false
}

// utmost reports whether toks contain a superlative.
func utmost(toks []token) bool {
	for i := range toks {
		if t := &toks[i]; t.shape == shapeWord && !t.quoted && (len(t.text) > 4 && ends(t.text, "est") || string(t.text) == "best" || string(t.text) == "most") {
			return true
		}
	}
	return false
}

// improves reports whether toks say that something is to get better.
func (r *reader) improves(toks []token) bool {
	for i := range toks {
		switch string(toks[i].text) {
		case "improve", "develop", "enhance", "sharpen", "improving", "developing":
			return true
		}
	}
	return false
}

// purposes are the obvious uses of things: a good book is one to read.
var purposes = map[string]string{
	"book": "read", "novel": "read", "movie": "watch see", "film": "watch see", "series": "watch", "tvseries": "watch", "anime": "watch",
	"documentary": "watch", "phone": "buy", "cellphone": "buy", "smartphone": "buy", "laptop": "buy", "camera": "buy", "tablet": "buy",
	"car": "buy", "headphone": "buy", "place": "visit see explore", "beach": "visit", "game": "play", "food": "eat",
}

// fits reports whether token i states the obvious use of a thing: the best books to read.
func (r *reader) fits(toks []token, i int) bool {
	l := r.lex()
	if i < 3 || !l.word(&toks[i-1], "to") && !l.word(&toks[i-1], "for") || toks[i].quoted || r.asked != frameWhat || r.index(toks[:i-2], "way") >= 0 {
		return false
	}
	thing := toks[i-2].text
	if r.studies(toks, i) {
		return utmost(toks[:i-2]) || r.index(toks[:i-2], "good") >= 0
	}
	verb, ok := purposes[string(thing)]
	if n := len(thing) - 1; !ok && n > 2 && thing[n] == 's' {
		verb, ok = purposes[string(thing[:n])]
	}
	if !ok || !serves(verb, toks[i].text) {
		return false
	}
	return utmost(toks[:i-2]) || r.index(toks[:i-2], "good") >= 0
}

// serves reports whether w is one of verbs, which are separated by blanks.
func serves(verbs string, w []byte) bool {
	for len(verbs) > 0 {
		n := 0
		for n < len(verbs) && verbs[n] != ' ' {
			n++
		}
		if verbs[:n] == string(w) {
			return true
		}
		verbs = verbs[min(n+1, len(verbs)):]
	}
	return false
}

// studies reports whether token i says that a book is for learning: for learning botany.
func (r *reader) studies(toks []token, i int) bool {
	l := r.lex()
	if t := &toks[i-2]; i+1 >= len(toks) || toks[i+1].shape >= shapePause || !l.word(t, "book") && !l.word(t, "books") {
		return false
	}
	switch string(toks[i].text) {
	case "learn", "learning", "study", "studying":
		return !l.is(&toks[i+1], classPrep|classConj|classArticle)
	case "prepare", "preparing":
		return l.word(&toks[i+1], "for") || l.word(&toks[i-1], "for") && !l.is(&toks[i+1], classPrep|classConj|classArticle)
	}
	return false
}

// anybody reports whether t stands for any person.
func (r *reader) anybody(t *token) bool {
	return r.lex().is(t, classPerson|classAnyone|classArticle) || r.lex().word(t, "person") || r.lex().word(t, "people")
}
