package guard

import "strings"

// asideText are sentences that ask for nothing more than what was asked before them: who
// answers says why, and helps.
const asideText = `
if so|yes|not then? why
why or|and why? not
why
or not
please? help me? out?
if so|yes then? how /how
how /how
any help|suggestions|suggestion|ideas|advice|thoughts|tips
any help|suggestions|advice is|are|would|will be? appreciated
thanks in advance
`

// maxAside is how many words such a sentence has.
const maxAside = 7

// aside reports whether toks, behind another sentence, say nothing of their own.
func (r *reader) aside(toks []token) bool {
	if len(r.f.sents) == 0 {
		return false
	}
	var room [maxAside]token
	few := room[:0]
	for i := range toks {
		if toks[i].shape >= shapePause {
			continue
		}
		if len(few) == maxAside {
			return false
		}
		few = append(few, toks[i])
	}
	p, n := r.lex().best(r.g.lex.asides, few)
	return p != nil && n == len(few) && (!p.how || r.f.asks(frameHowto) || r.f.sents[0].ways)
}

// manner is mixed into what says how something is done: lose weight fast, the fastest way.
const manner = 0x6d

// adverb reports whether token i says how something is done: cheaply; fast, where nothing
// stands behind it that could be so.
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

// utmost reports whether toks hold a superlative.
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

// purposes are what everybody does with a thing: a good book is one to read.
var purposes = map[string]string{
	"book": "read", "novel": "read", "movie": "watch see", "film": "watch see", "series": "watch", "tvseries": "watch", "anime": "watch",
	"documentary": "watch", "phone": "buy", "cellphone": "buy", "smartphone": "buy", "laptop": "buy", "camera": "buy", "tablet": "buy",
	"car": "buy", "headphone": "buy", "place": "visit see explore", "beach": "visit", "game": "play", "food": "eat",
}

// fits reports whether token i says what a good thing is for, and everybody knows: the best
// books to read.
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
	if !ok || !strings.Contains(verb, string(toks[i].text)) || len(toks[i].text) < 3 {
		return false
	}
	return utmost(toks[:i-2]) || r.index(toks[:i-2], "good") >= 0
}

// studies reports whether token i says that one learns from a book: for learning botany.
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

// anybody reports whether t is somebody, whoever that is.
func (r *reader) anybody(t *token) bool {
	return r.lex().is(t, classPerson|classAnyone|classArticle) || r.lex().word(t, "person") || r.lex().word(t, "people")
}

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

// effectOf marks what has an effect on what.
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
