package core

// A Guard is what the rules of a cache found between an Exchange and the question nearest to it, in a byte: an
// Exchange is held for as long as a stream lasts. The zero Guard is that they were not asked.
type Guard uint8

// guards are the words that rules have.
var guards = [...]string{"", "other", "pass", "off", "skipped", "frame", "wording", "tense", "extra", "instead", "person", "number", "sign", "name",
	"hard", "opposite", "negation", "pronoun", "order", "relation", "and-or", "quote", "meant", "empty"}

// GuardOf is the Guard that says word; one whose word is "other" when rules have none like it.
func GuardOf(word string) Guard {
	for i, w := range guards {
		if w == word {
			return Guard(i)
		}
	}
	return 1
}

// String is the word.
func (g Guard) String() string {
	if int(g) < len(guards) {
		return guards[g]
	}
	return guards[1]
}
