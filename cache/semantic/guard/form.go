package guard

// A kind is what a word is made of and how much it must be the same.
type kind uint8

const (
	kindPlain   kind = iota
	kindNumber       // equal digits only
	kindExact        // symbols, single letters, gpt4 and c++: no synonym; a slip of the pen at most
	kindPronoun      // he, she
)

// A role is how a word hangs on to the others.
type role uint8

const (
	roleNone role = iota
	roleAt        // in, on, at
	roleTo
	roleFrom
	roleOf
	roleFor
	roleWith
	roleBy
	roleThan
	roleNot   // stands behind a "not"
	roleCount // stands behind its number
	roleBefore
	roleAfter
	roleAbout
	roleThinks // whose opinion it is: who do nurses think, according to nurses
)

// A word is one that matters.
type word struct {
	text   []byte // as typed, in lower case; valid as long as the Form is
	stem   uint64 // equal for all forms of a word, and for its plain synonyms
	id     id
	kind   kind
	role   role
	hard   bool // no mode looks over it
	name   bool // began with a capital where that says something
	big    bool // began with a capital that no sentence began with
	not    bool // the first word behind a "not"
	glued  bool // follows the word before directly
	joined bool // one of several joined by and, or
	quoted bool
	comes  bool // from a rule, not from the text
	done   bool // behind "is": is fed
	free   bool // from a rule, and needs no counterpart
	moves  bool // stands before what it is about: is it bad to
	lone   bool // one thing that is asked for: a joke
	by     id   // the preposition before it
}

// A sentence is what one sentence asks for.
type sentence struct {
	frame frame
	mood  mood
	ways  bool // asks whether there is a way, and with it for the way
	code  bool // an order that only code in some language can follow
	asker bool // asks for whoever asks: where can I
}

// A Form is a text as the guard has read it. It is reused: Read overwrites it, and no
// part of it may be kept. A Form serves one goroutine.
type Form struct {
	lexer lexer
	words []word
	sents []sentence
	nots  int    // negations of whole sentences
	ands  bool   // joins words with and
	ors   bool   // joins words with or
	same  bool   // says something that holds either way round
	idle  uint64 // what the words that do not matter add up to
	few   uint64 // the same without helping verbs, some and any
	who   uint8  // speaks of who asks, or of who is asked, outside of a turn of phrase: 1 before its first word, 2 after
	whose bool   // of something of theirs
	they  bool   // of others that it does not name
	size  int    // letters and digits
	means bool   // speaks about words, so that those matter too
	notes note
	tight uint64 // hash of all letters, digits and signs without spaces
	why   string // not eligible: why
}

// NewForm is a Form with all the room it will ever take.
func NewForm() *Form {
	return &Form{
		lexer: lexer{buf: make([]byte, 0, maxBuffer), toks: make([]token, 0, maxTokens), quotes: make([]uint64, 0, maxSentences)},
		words: make([]word, 0, maxWords),
		sents: make([]sentence, 0, maxSentences),
	}
}

// Read reads text into f, which points into neither text nor the Guard afterwards.
func (g *Guard) Read(f *Form, text string) {
	*f = Form{lexer: f.lexer, words: f.words[:0], sents: f.sents[:0]}
	if len(text) > MaxTextBytes {
		f.lexer.reset(&g.lex, text[:0])
		f.why = WhyLong
		return
	}
	f.lexer.reset(&g.lex, text)
	f.lexer.run()
	f.lexer.src = ""
	r := reader{g: g, f: f, toks: f.lexer.toks}
	r.text()
	f.why = r.eligible()
}

// A reader turns the tokens of a Form into its words.
type reader struct {
	g        *Guard
	f        *Form
	toks     []token
	flat     bool // capitals say nothing here: all words have them, or none
	role     role
	start    int  // words of the Form before this sentence
	held     role // what r.role was before a number
	not      bool
	money    bool // the next word is money
	by       id   // the last preposition
	led      bool // a preposition stands before this one
	told     bool // the sentence began with "tell me", "explain"
	asked    frame
	unitNext bool // a unit stands behind this one
	month    bool // a month stands beside this one
	article  bool // "a" or "an" stands before this one
	makes    bool // the sentence asks for something to be made or named
	first    note // who was spoken of first
	english  int
	foreign  int
}

func (r *reader) text() {
	r.capitals()
	f := r.f
	from := 0
	for i := range r.toks {
		t := &r.toks[i]
		if t.shape < shapePause {
			f.tight = tighten(f.tight, t)
			f.size += len(t.text)
		}
		if t.shape == shapeEnd {
			r.sentence(r.toks[from:i])
			from = i + 1
		}
	}
	r.sentence(r.toks[from:])
	if len(f.sents) == 0 { // only thanks and greetings
		f.sents = append(f.sents, sentence{frame: frameOther})
	}
}

// tighten adds t to a hash that does not see where words end, but where numbers do.
func tighten(h uint64, t *token) uint64 {
	if t.shape == shapeNumber || t.shape == shapeSymbol {
		h = mix(h, 1)
	}
	for _, c := range t.text {
		h = (h ^ uint64(c)) * 1099511628211
	}
	if t.shape == shapeNumber || t.shape == shapeSymbol {
		h = mix(h, 1)
	}
	return h
}

// capitals finds out whether capitals mark names in this text.
func (r *reader) capitals() {
	all, up, caps := 0, 0, 0
	for i := range r.toks {
		if t := &r.toks[i]; t.shape == shapeWord && !r.lex().is(t, classArticle|classPrep) {
			all++
			if t.upper {
				up++
			}
			if t.caps {
				caps++
			}
		}
	}
	r.flat = up == 0 || all >= 4 && up*10 >= all*8 || caps*2 > all
}

func (r *reader) lex() *lexicon { return &r.g.lex }

// sentence reads the tokens of one.
func (r *reader) sentence(toks []token) {
	r.told = false
	toks = r.polite(r.phrases(toks))
	if len(toks) == 0 || len(r.f.sents) >= maxSentences {
		return
	}
	r.start = len(r.f.words)
	r.notes(toks)
	r.makes = r.lex().is(&toks[0], classGive)
	s := r.frame(toks)
	r.twist(toks, &s)
	r.turned(toks, &s)
	s.code = s.frame == frameOther && r.program(toks)
	r.asked = s.frame
	said := len(r.f.words)
	r.collect(toks)
	r.passive(toks, said)
	if s.frame == frameOther && len(r.f.words) == r.start {
		return // "Thanks a lot!"
	}
	r.f.sents = append(r.f.sents, s)
}

// polite takes greetings and the like off both ends.
func (r *reader) polite(toks []token) []token {
	for len(toks) > 0 {
		if toks[0].shape >= shapePause {
			toks = toks[1:]
			continue
		}
		p, n := r.lex().best(r.g.lex.polite, toks)
		if n == 0 {
			break
		}
		r.told = r.told || p.then == classWh
		for i := range toks[:n] {
			r.count(&toks[i])
		}
		toks = toks[n:]
	}
	asked := len(toks) > 0 && r.lex().is(&toks[0], classRequest)
	if n := len(toks); n > 3 && asked && r.lex().is(&toks[n-2], classPrep) && (r.lex().word(&toks[n-1], "me") || r.lex().word(&toks[n-1], "us")) {
		toks = toks[:n-2] // "explain entropy to me"
	}
	for len(toks) > 0 {
		t := &toks[len(toks)-1]
		if t.shape < shapePause && !r.lex().is(t, classPolite) && !r.reasons(toks) {
			break
		}
		toks = toks[:len(toks)-1]
	}
	return toks
}

// reasons reports whether toks end in "and why", or are nothing else behind another
// sentence: who answers a question gives reasons.
func (r *reader) reasons(toks []token) bool {
	l, n := r.lex(), len(toks)-1
	if n < 2 {
		return len(r.f.sents) > 0 && (l.word(&toks[n], "why") || l.word(&toks[n], "and"))
	}
	return l.word(&toks[n], "and") || l.word(&toks[n], "why") && l.word(&toks[n-1], "and")
}

// count keeps score of what language this is.
func (r *reader) count(t *token) {
	c := r.lex().class(t.word)
	if c.isOf(classEnglish) {
		r.english++
	}
	if c.isOf(classForeign) {
		r.foreign++
	}
}

// frame finds what toks ask for and marks the tokens that say so.
func (r *reader) frame(toks []token) sentence {
	at := 0
	if len(toks) > 2 && r.lex().is(&toks[0], classPrep) && r.lex().is(&toks[1], classWh) && !toks[0].quoted {
		if p, _ := r.lex().best(r.g.lex.frames, toks); p == nil {
			toks[0].eaten = true // "in which country is X": which country is X in
			r.emitText(toks[0].text)
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

// phrase is what pattern p says, which took n tokens.
func (r *reader) phrase(p *pattern, rest []token, n int) sentence {
	s := sentence{frame: p.frame, mood: p.mood}
	if p.mood != moodNone {
		r.f.who |= 1 // what one should
	}
	if p.adds == "can" {
		s.mood = moodCan
		if n > 0 && !r.lex().word(&rest[n-1], "for") {
			r.f.who |= 1 // whoever asks
		}
	} else if p.adds != "" {
		r.emit(p.adds)
		r.f.words[len(r.f.words)-1].free = p.free
	}
	for i := range rest[:n] {
		t := &rest[i]
		t.eaten = s.frame != frameWhich || i == 0 || p.adds != ""
		switch string(t.text) {
		case "some":
			r.f.notes |= noteSome
		case "all":
			r.f.notes |= noteAll
		}
		r.count(t)
		s.ways = s.ways || r.lex().word(t, "way") || r.lex().word(t, "ways")
		if r.lex().is(t, classPast) || r.lex().word(t, "caused") {
			s.mood = moodPast
		} else if (s.frame == frameWhat || s.frame == frameYes && s.mood == moodNone) && r.lex().is(t, classBe) {
			s.mood = moodPresent
		}
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

// plain is what the first token says where no pattern fits.
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

// several reports whether a number stands behind "list" or "give me".
func (r *reader) several(rest []token) bool {
	n := 1
	if r.lex().word(&rest[0], "give") {
		n = 2
	}
	return len(rest) > n && number(&rest[n])
}

// figures reports whether toks hold a number.
func (r *reader) figures(toks []token) bool {
	for i := range toks {
		if number(&toks[i]) {
			return true
		}
	}
	return false
}

// number reports whether t is one, in digits or as a word.
func number(t *token) bool {
	_, ok := numberWords[string(t.text)]
	return ok || t.shape == shapeNumber
}

// what tells "what is", "what does X do", "what can I", "what advantages does X have".
func (r *reader) what(rest []token) sentence {
	s := sentence{frame: frameWhat, mood: r.mood(rest)}
	if len(rest) > 1 && r.lex().is(&rest[1], classDo) {
		s.frame = frameDoes
	}
	return s
}

// mood is that of the first helping verb; present when there is none.
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

// going reports whether toks, which stand behind "is", say "going to win" within a few
// words.
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

// meant is the mood of "is going to", or of "was going to".
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

// word reports whether t is the word s.
func (l *lexicon) word(t *token, s string) bool {
	return t.shape == shapeWord && string(t.text) == s
}
