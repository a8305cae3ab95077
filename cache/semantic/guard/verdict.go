package guard

// A Rule is what the guard objects to.
type Rule uint8

const (
	Pass     Rule = iota
	Frame         // another kind of question: why for when
	Wording       // as an order, or as words for a search, what is a question there
	Tense         // was for is, can for should
	Extra         // a word on one side only
	Instead       // a word in place of another
	Person        // asks about you, or about one
	Number        // other numbers, or the same in another order
	Sign          // symbols, single letters, gpt4 and gpt5
	Name          // a name on one side only
	Hard          // before, without, more, all
	Opposite      // hot for cold
	Negation      // not
	Pronoun       // his for her, or for a name
	Order         // the same words the other way round
	Relation      // from for to
	AndOr         // or for and
	Quote         // other words in quotation marks
	Meant         // words that are spoken about
	Empty         // nothing to compare
)

var ruleNames = [...]string{
	Pass: "pass", Frame: "frame", Wording: "wording", Tense: "tense", Extra: "extra", Instead: "instead", Person: "person", Number: "number", Sign: "sign", Name: "name",
	Hard: "hard", Opposite: "opposite", Negation: "negation", Pronoun: "pronoun", Order: "order", Relation: "relation",
	AndOr: "and-or", Quote: "quote", Meant: "meant", Empty: "empty",
}

func (r Rule) String() string { return ruleNames[r] }

// Soft reports whether r is about how one asks and not about what: the words are the same.
// Balanced mode looks over it.
func (r Rule) Soft() bool { return r == Wording || r == Tense || r == Person }

// rank is how much an objection says: of two, the one that says more is told.
func (r Rule) rank() int {
	switch {
	case r.Soft():
		return 1
	case r == Extra || r == Instead || r == Frame:
		return 2
	}
	return 3
}

// A Verdict is what the guard finds about two texts.
type Verdict struct {
	Rule  Rule // the objection that says most
	Same  bool // but for spaces, capitals and punctuation they are one text
	word  [24]byte
	bytes uint8
}

// Word is the word that was objected to, cut to fit; empty when the rule names none.
func (v *Verdict) Word() string { return string(v.word[:v.bytes]) }

// String is the rule with its word: "name: Paris".
func (v *Verdict) String() string {
	if v.bytes == 0 {
		return v.Rule.String()
	}
	return v.Rule.String() + ": " + v.Word()
}

// object keeps r when it says more than what was found before.
func (v *Verdict) object(r Rule, w *word) {
	if v.Rule != Pass && v.Rule.rank() >= r.rank() {
		return
	}
	v.Rule, v.bytes = r, 0
	if w != nil {
		v.bytes = uint8(copy(v.word[:], w.text))
	}
}
