package core

// A Guard is the verdict of the semantic cache's rules on the cached question nearest to that of an Exchange:
// that it passes, or the kind of difference found. It is one byte because an Exchange lives as long as its
// stream. The zero Guard means that the rules were not asked.
type Guard uint8

// guards are the words for the verdicts, the first one for none.
var guards = [...]string{"", "other", "pass", "off", "skipped", "frame", "wording", "tense", "extra", "instead", "person", "number", "sign", "name",
	"hard", "opposite", "negation", "pronoun", "order", "relation", "and-or", "quote", "meant", "empty"}

// GuardOf returns the Guard for word; the one for "other" if the rules have no such word.
func GuardOf(word string) Guard {
	for i, w := range guards {
		if w == word {
			return Guard(i)
		}
	}
	return 1
}

// String is the word for g.
func (g Guard) String() string {
	if int(g) < len(guards) {
		return guards[g]
	}
	return guards[1]
}
