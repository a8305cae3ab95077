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
	comes  bool  // from a rule, not from the text
	done   bool  // behind "is": is fed
	free   bool  // from a rule, and needs no counterpart
	moves  bool  // stands before what it is about: is it bad to
	shown  bool  // behind "of that"
	front  bool  // in what stands before the question itself: in Go, how do I
	liked  bool  // good, where some are asked for: some good books
	lone   bool  // one thing that is asked for: a joke
	by     id    // the preposition before it
	item   uint8 // of two that are joined, as in token
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
	lexer   lexer
	words   []word
	sents   []sentence
	nots    int    // negations of whole sentences
	ands    bool   // joins words with and
	ors     bool   // joins words with or
	same    bool   // says something that holds either way round
	idle    uint64 // what the words that do not matter add up to
	few     uint64 // the same without helping verbs, some and any
	who     uint8  // speaks of who asks, or of who is asked, outside of a turn of phrase: 1 before its first word, 2 after
	whose   bool   // of something of theirs
	they    bool   // of others that it does not name
	size    int    // letters and digits
	means   bool   // speaks about words, so that those matter too
	notes   note
	first   note   // who was spoken of first
	some    bool   // asks for some of many
	implied bool   // of somebody who does something, without saying who: while running
	both    bool   // of who asks, and of who is asked
	tight   uint64 // hash of all letters, digits and signs without spaces
	why     string // not eligible: why
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
	part     bool // the next word is only part of a name: South America
	how      bool // the next word says how something is done
	by       id   // the last preposition
	led      bool // a preposition stands before this one
	told     bool // the sentence began with "tell me", "explain"
	asked    frame
	unitNext bool  // a unit stands behind this one
	month    bool  // a month stands beside this one
	byWhom   bool  // the sentence begins with that
	fronted  bool  // what stands before the question is being read
	article  bool  // "a" or "an" stands before this one
	makes    bool  // the sentence asks for something to be made or named
	asking   frame // what the sentence asks for, where a rule wants to know it early
	able     bool  // the sentence says who is able to
	versus   bool  // the sentence asks which of two is more so
	generic  bool  // the sentence asks for people as such: how can a person
	english  int
	foreign  int
}

func (r *reader) text() {
	r.capitals()
	f := r.f
	from := 0
	for i := range r.toks {
		if t := &r.toks[i]; t.shape < shapePause {
			f.tight = tighten(f.tight, t)
			f.size += len(t.text)
		}
	}
	for i := range r.toks {
		t := &r.toks[i]
		if t.shape == shapeEnd && r.predicament(r.toks[from:], i-from) {
			continue
		}
		if t.shape == shapeEnd {
			r.sentence(r.toks[from:i])
			from = i + 1
		} else if i > from+2 && r.asksOn(i) {
			r.sentence(r.toks[from:i])
			from = i + 1
		}
	}
	r.predicament(r.toks[from:], len(r.toks)-from)
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
	r.told, r.byWhom, r.versus, r.able, r.generic = false, false, false, false, false
	r.asking = frameNone
	toks = r.polite(r.phrases(toks))
	toks = r.arrange(toks)
	if len(toks) == 0 || r.aside(toks) || len(r.f.sents) >= maxSentences {
		return
	}
	r.start = len(r.f.words)
	r.notes(toks)
	r.makes = r.lex().is(&toks[0], classGive)
	s := r.frame(toks)
	if r.able && s.mood == moodPresent {
		s.mood = moodCan
	}
	if r.versus {
		s.frame, s.mood = frameWhat, moodPresent
	}
	r.twist(toks, &s)
	r.turned(toks, &s)
	s.code = s.frame == frameOther && r.program(toks)
	r.asked = s.frame
	said := len(r.f.words)
	r.collect(toks)
	r.passive(toks, said)
	r.units(said)
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
	if l.word(&toks[n], "why") && toks[n-1].shape == shapePause && l.is(&toks[0], classWh|classAux) {
		return true
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

// word reports whether t is the word s.
func (l *lexicon) word(t *token, s string) bool {
	return t.shape == shapeWord && string(t.text) == s
}
