package guard

// A kind is what a word consists of, and how exactly its counterpart must match.
type kind uint8

const (
	kindPlain   kind = iota
	kindNumber       // equal digits only
	kindExact        // symbols, single letters, gpt4 and c++: no synonym; at most a typo
	kindPronoun      // he, she
)

// A role is the relation of a word to the others.
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
	roleNot   // follows a "not"
	roleCount // follows its number
	roleBefore
	roleAfter
	roleAbout
	roleThinks // whose opinion it is: who do nurses think, according to nurses
)

// A word is a word of the text that matters.
type word struct {
	text   []byte // as typed, in lower case; valid as long as the Form is
	stem   uint64 // equal for all forms of a word, and for its plain synonyms
	id     id
	kind   kind
	role   role
	hard   bool // no mode ignores it
	name   bool // began with a capital that marks it as a name
	big    bool // began with a capital, and not only as the first of a sentence
	not    bool // the first word after a "not"
	glued  bool // directly follows the previous word
	joined bool // one of several joined by and, or
	quoted bool
	comes  bool  // from a rule, not from the text
	done   bool  // a passive participle: is fed
	free   bool  // from a rule, and needs no counterpart
	moves  bool  // comes before what it is about: is it bad to
	shown  bool  // follows "of that"
	front  bool  // comes before the question itself: in Go, how do I
	liked  bool  // "good" where some of many are asked for: some good books
	lone   bool  // one thing that is asked for: a joke
	by     id    // the preposition before it
	item   uint8 // of two that are joined, as in token
}

// A sentence is what a sentence of the text asks for.
type sentence struct {
	frame frame
	mood  mood
	ways  bool // asks whether there is a way, and so for the way
	code  bool // an order that only code can fulfil
	asker bool // is about the asker: where can I
}

// A Form is a text as the guard has parsed it. It is reused: Read overwrites it, and no part of it
// may be kept. A Form may be used by one goroutine at a time.
type Form struct {
	lexer   lexer
	words   []word
	sents   []sentence
	nots    int    // negations of whole sentences
	ands    bool   // joins words with and
	ors     bool   // joins words with or
	same    bool   // states a symmetric relation, such as being married
	idle    uint64 // the sum of the hashes of words that do not matter
	few     uint64 // the same without auxiliary verbs, some and any
	who     uint8  // is about the asker or the model, outside of a phrase: 1 before its first word, 2 after
	whose   bool   // is about something that belongs to them
	they    bool   // is about others that it does not name
	size    int    // letters and digits
	means   bool   // is about words, so that function words matter too
	notes   note
	first   note   // whom it mentions first, the asker or the model
	some    bool   // asks for some of many
	implied bool   // is about someone who does something, without saying who: while running
	both    bool   // mentions the asker and the model
	tight   uint64 // hash of all letters, digits and signs without spaces
	why     string // why it is not eligible; empty: it is
}

// NewForm returns a Form with all the memory that it will ever need.
func NewForm() *Form {
	return &Form{
		lexer: lexer{buf: make([]byte, 0, maxBuffer), toks: make([]token, 0, maxTokens), quotes: make([]uint64, 0, maxSentences)},
		words: make([]word, 0, maxWords),
		sents: make([]sentence, 0, maxSentences),
	}
}

// Read parses text into f, which keeps no reference to text.
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
	flat     bool // capitals do not mark names here: all words have them, or none
	role     role
	start    int  // number of words of the Form before this sentence
	held     role // what r.role was before a number
	not      bool
	money    bool // the next word is money
	part     bool // the next word is only part of a name: South America
	how      bool // the next word is an adverb of manner
	by       id   // the last preposition
	led      bool // a preposition comes before this one
	told     bool // the sentence began with "tell me", "explain"
	asked    frame
	unitNext bool  // a unit follows this word
	month    bool  // a month is next to this word
	byWhom   bool  // the sentence begins with "by whom"
	fronted  bool  // the words before the question itself are being read
	article  bool  // "a" or "an" comes before this word
	makes    bool  // the sentence asks for something to be made or named
	asking   frame // what the sentence asks for, for rules that run before that is settled
	able     bool  // the sentence says who is able to
	versus   bool  // the sentence asks which of two is more of something
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
	if len(f.sents) == 0 { // the text is only thanks and greetings
		f.sents = append(f.sents, sentence{frame: frameOther})
	}
}

// tighten adds t to a hash that ignores the boundaries of words, but not those of numbers.
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

// capitals determines whether capitals mark names in this text.
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

// sentence reads the tokens of one sentence.
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

// polite removes greetings and the like at both ends.
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

// reasons reports whether toks end in "and why", or consist of that after another sentence, which
// adds nothing because an answer gives reasons anyway.
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

// count counts t as English or foreign.
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
