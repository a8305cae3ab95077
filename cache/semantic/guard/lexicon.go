package guard

import "strings"

// An id identifies a word of the lexicon. 0 is any other word.
type id uint16

// A class is a set of functions that a known word may have in a sentence.
type class uint64

const (
	classArticle  class = 1 << iota
	classBe             // is
	classDo             // do
	classHave           // have
	classCan            // can, may
	classWill           // will, would
	classShould         // should, must
	classPast           // was, did
	classPerson         // I, you, one: the asker
	classThird          // it, they, this
	classHe             // he, him, his
	classShe            // she, her
	classPrep           // in, to
	classConj           // and, if
	classNeg            // not
	classFiller         // really, exactly
	classPolite         // please
	classWh             // what
	classThere          // words whose 's is "is"
	classFunction       // other words that matter little
	classHard           // words that matter in any context: before, only
	classRequest        // verbs that order a model to do something: write, explain
	classLanguage       // French
	classUnit           // miles
	classSame           // symmetric relations: married, similar
	classTime           // today: the answer changes with time
	classPoint          // this, these: refer to something outside of the text
	classAccount        // my order
	classMention        // words before other words that are mentioned, not used
	classForeign        // words of other languages
	classEnglish        // function words that only English has
	classAnyone         // someone: means the asker after "how does"
	classOwner          // of classPerson, the possessive
	classEarlier        // past tenses without an auxiliary verb
	classMake           // make, making, made
	classThey           // of classThird, the plural
	classCode           // parts of programs: loop, statement
	classScript         // names of programming languages
	classCraft          // what code is written to do: sort, parse
	classMonth          // June
	classGive           // verbs that ask for one thing, or for several
	classDeed           // words that are only verbs: how do learn
)

const (
	classAux  = classBe | classDo | classHave | classCan | classWill | classShould
	classIdle = classArticle | classAux | classPerson | classThird | classPrep | classConj | classFiller |
		classPolite | classWh | classFunction | classNeg
)

func (c class) isOf(of class) bool { return c&of != 0 }

// A lexicon holds the words that the guard has rules for. It is built once and then immutable.
type lexicon struct {
	ids     map[string]id
	classes []class             // by id
	lemmas  map[string]string   // the word that an irregular form or plain synonym counts as
	whole   map[string][]string // contractions
	frames  [][]pattern         // by the id of their first word
	polite  [][]pattern
	phrases [][]pattern
	asides  [][]pattern
}

func newLexicon() *lexicon {
	l := &lexicon{
		ids:     make(map[string]id, 1024),
		classes: make([]class, 1, 1024),
		lemmas:  make(map[string]string, 1024),
		whole:   make(map[string][]string, 128),
	}
	for _, row := range wordClasses {
		for _, w := range strings.Fields(row.words) {
			l.classes[l.intern(w)] |= row.class
		}
	}
	for _, line := range strings.Split(lemmaText, "\n") {
		lemma, forms, _ := strings.Cut(line, ":")
		for _, w := range strings.Fields(forms) {
			l.lemmas[w] = strings.TrimSpace(lemma)
		}
	}
	for _, v := range strings.Fields(shortVerbs) {
		for _, w := range forms(v) {
			if _, ok := l.lemmas[w]; !ok {
				l.lemmas[w] = v
			}
		}
	}
	for _, line := range strings.Split(contractionText, "\n") {
		if from, to, ok := strings.Cut(line, ":"); ok {
			for _, w := range strings.Fields(from) {
				l.whole[w] = strings.Fields(to)
			}
		}
	}
	l.frames = l.compile(frameText)
	l.polite = l.compile(politeText)
	l.phrases = l.compile(phraseText)
	l.asides = l.compile(asideText)
	return l
}

func (l *lexicon) intern(w string) id {
	if n, ok := l.ids[w]; ok {
		return n
	}
	n := id(len(l.classes))
	l.ids[w] = n
	l.classes = append(l.classes, 0)
	return n
}

func (l *lexicon) find(b []byte) id          { return l.ids[string(b)] }
func (l *lexicon) class(n id) class          { return l.classes[n] }
func (l *lexicon) is(t *token, c class) bool { return l.classes[t.word]&c != 0 }

// forms returns the inflected forms of a short regular verb, which is too short for the rules of
// stem.
func forms(v string) []string {
	last := v[len(v)-1]
	if last == 'e' {
		r := v[:len(v)-1]
		return []string{v + "s", r + "ing", v + "d"}
	}
	double := ""
	if n := len(v); n >= 3 && !vowel(v[n-1]) && vowel(v[n-2]) && !vowel(v[n-3]) && last != 'w' && last != 'x' && last != 'y' {
		double = v[n-1:]
	}
	s := "s"
	if strings.HasSuffix(v, "s") || strings.HasSuffix(v, "x") || strings.HasSuffix(v, "sh") || strings.HasSuffix(v, "ch") || last == 'o' {
		s = "es"
	}
	return []string{v + s, v + double + "ing", v + double + "ed"}
}

func vowel(c byte) bool { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' }
