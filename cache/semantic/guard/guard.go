package guard

// A Guard parses and compares texts. It is immutable, and may be used by any number of goroutines,
// each with Forms of its own.
type Guard struct {
	lex   lexicon
	known func(word []byte) bool
	pairs *thesaurus
}

// New returns a Guard. known reports whether a word, in lower case, is in the dictionary: an unknown
// word that is close to a known one is taken for a typo. nil: every word is known.
func New(known func(word []byte) bool) *Guard {
	g := &Guard{lex: *newLexicon(), known: known}
	g.pairs = newThesaurus(g)
	return g
}

// Key is equal for texts that ask for the same kind of answer with the same words, in any order.
// Texts with the same Key must still be compared.
func (f *Form) Key() uint64 {
	h := uint64(len(f.words))
	for i := range f.words {
		w := &f.words[i]
		n := mix(w.stem, uint64(w.kind))
		if w.not {
			n = mix(n, 11)
		}
		h += n
	}
	for _, s := range f.sents {
		fr := s.frame
		if fr == frameOther {
			fr = frameWhat
		}
		h = mix(h, uint64(fr))
	}
	return h
}

// Words returns the number of words of f that matter.
func (f *Form) Words() int { return len(f.words) }
