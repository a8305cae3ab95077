package guard

// A Rule is a kind of objection of the guard.
type Rule uint8

const (
	Pass     Rule = iota
	Frame         // another kind of question: why for when
	Wording       // an order or words for a search on one side, a question on the other
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
	Order         // the same words in another order
	Relation      // from for to
	AndOr         // or for and
	Quote         // other words in quotation marks
	Meant         // different forms of words that the text is about
	Empty         // nothing to compare
)

var ruleNames = [...]string{
	Pass: "pass", Frame: "frame", Wording: "wording", Tense: "tense", Extra: "extra", Instead: "instead", Person: "person", Number: "number", Sign: "sign", Name: "name",
	Hard: "hard", Opposite: "opposite", Negation: "negation", Pronoun: "pronoun", Order: "order", Relation: "relation",
	AndOr: "and-or", Quote: "quote", Meant: "meant", Empty: "empty",
}

func (r Rule) String() string { return ruleNames[r] }

// Soft reports whether r concerns how something is asked and not what, with the same words. Balanced
// mode ignores it.
func (r Rule) Soft() bool { return r == Wording || r == Tense || r == Person }

// rank orders objections by how specific they are: of several, the most specific is reported.
func (r Rule) rank() int {
	switch {
	case r.Soft():
		return 1
	case r == Extra || r == Instead || r == Frame:
		return 2
	}
	return 3
}

// A Verdict is the result of comparing two texts.
type Verdict struct {
	Rule  Rule // the most specific objection
	Same  bool // the texts are equal except for spaces, capitals and punctuation
	word  [24]byte
	bytes uint8
}

// Word returns the word that was objected to, cut to a few bytes; empty if the Rule is not about a word.
func (v *Verdict) Word() string { return string(v.word[:v.bytes]) }

// String returns the Rule with its word: "name: Paris".
func (v *Verdict) String() string {
	if v.bytes == 0 {
		return v.Rule.String()
	}
	return v.Rule.String() + ": " + v.Word()
}

// object keeps r if it is more specific than the objection found before.
func (v *Verdict) object(r Rule, w *word) {
	if v.Rule != Pass && v.Rule.rank() >= r.rank() {
		return
	}
	v.Rule, v.bytes = r, 0
	if w != nil {
		v.bytes = uint8(copy(v.word[:], w.text))
	}
}
