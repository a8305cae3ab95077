package guard

// A Guard reads and compares texts. It is never written after New and serves any number
// of goroutines, each with Forms of its own.
type Guard struct {
	lex   lexicon
	known func(word []byte) bool
	pairs *thesaurus
}

// New is a Guard. known reports whether a word, in lower case, is one of the language: a
// slip of the pen is a word that is none beside one that is; nil: every word is.
func New(known func(word []byte) bool) *Guard {
	g := &Guard{lex: *newLexicon(), known: known}
	g.pairs = newThesaurus(g)
	return g
}

// Key is equal for texts that the guard cannot tell apart by their words: what is asked
// for, and which words, in any order. Texts of one Key are still to be compared.
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

// Words is how many words of f matter.
func (f *Form) Words() int { return len(f.words) }
