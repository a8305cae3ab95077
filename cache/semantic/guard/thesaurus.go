package guard

import (
	_ "embed"
	"strings"
)

// Words of WordNet that are synonyms in the most common sense of both, and words that are opposites. A
// line is one group, or one pair. The recipe is in ../model/recipe.
var (
	//go:embed synonyms.txt
	synonymText string
	//go:embed opposites.txt
	oppositeText string
)

// plainSynonyms are groups that WordNet does not have, but that are used interchangeably in questions.
const plainSynonyms = `
delete remove
afraid scared frightened
courteous polite
difficult hard
choose pick select
cheap inexpensive affordable
quit stop
reduce decrease
leaky leaking
create make
gift present
closest nearest
humble modest
outspoken vocal
angry furious
odds probability likelihood
mother mom mum
father dad
grandmother grandma
grandfather grandpa
fridge refrigerator
belly stomach tummy
petrol gasoline
garbage trash rubbish
couch sofa
medicine medication
dumb stupid
dumbest stupidest
strange weird
strangest weirdest
scary frightening
tasty delicious
importance significance
process procedure
avoid prevent
increase boost
improve enhance
useful helpful
airplane aeroplane plane
site website
odor smell
retrieve recover
company firm
tough difficult hard
amazing incredible
issue problem
legit legitimate genuine
`

// A thesaurus knows pairs of stems.
type thesaurus struct {
	same, contrary map[uint64]struct{}
	within         map[uint64][]uint64 // the things for which two verbs mean the same
}

func newThesaurus(g *Guard) *thesaurus {
	return &thesaurus{same: g.fill(synonymText + plainSynonyms), contrary: g.fill(oppositeText), within: g.fillWithin(withinText)}
}

func (g *Guard) fill(text string) map[uint64]struct{} {
	set := make(map[uint64]struct{}, strings.Count(text, "\n"))
	r := reader{g: g}
	for line := range strings.Lines(text) {
		group := strings.Fields(line)
		for i, a := range group {
			for _, b := range group[i+1:] {
				x, y := word{text: []byte(a)}, word{text: []byte(b)}
				set[both(r.stem(&x), r.stem(&y))] = struct{}{}
			}
		}
	}
	return set
}

// both returns the key for two stems, in either order.
func both(a, b uint64) uint64 {
	if a > b {
		a, b = b, a
	}
	return mix(a, b)
}

func (g *Guard) synonym(a, b *word) bool {
	_, ok := g.pairs.same[both(a.stem, b.stem)]
	return ok
}

// alike is synonym for words that may also be the same.
func (g *Guard) alike(a, b *word) bool { return a.stem == b.stem || g.synonym(a, b) }

// opposite also knows un-, in-, dis- and -less for -ful.
func (g *Guard) opposite(a, b *word) bool {
	if _, ok := g.pairs.contrary[both(a.stem, b.stem)]; ok {
		return true
	}
	return denies(a.text, b.text) || denies(b.text, a.text)
}

func denies(a, b []byte) bool {
	for _, p := range [...]string{"un", "in", "im", "il", "ir", "dis", "non", "anti", "mis"} {
		if len(a) == len(b)+len(p) && len(b) > 3 && string(a[:len(p)]) == p && string(a[len(p):]) == string(b) {
			return true
		}
	}
	n := len(a) - len("less")
	return n > 2 && ends(a, "less") && ends(b, "ful") && string(b[:len(b)-3]) == string(a[:n])
}
