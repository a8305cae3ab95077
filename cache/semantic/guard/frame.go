package guard

import "strings"

// A frame is what kind of answer a sentence asks for.
type frame uint8

const (
	frameNone  frame = iota // nothing: a word of thanks
	frameOther              // an order, a statement, or words as one types them for a search
	frameWhat
	frameDoes // what does X do, which is not what X is
	frameHowto
	frameHow
	frameWhy
	frameWhen
	frameWhere
	frameWho
	frameWhich // how many, how long: a number
	frameLike  // what is it like
	frameYes
)

// A mood is the tense or modality of a question, from its auxiliary verb.
type mood uint8

const (
	moodNone mood = iota
	moodPresent
	moodPast
	moodCan
	moodWill
	moodShould
	moodMeant // was going to
)

// frameText are phrases at the beginning of a sentence. A phrase comes before those that begin it.
// a|b: either; a?: optional; @p: the asker; @the: an article or nothing; @be: is, are; +word: word
// is added to the text; +word?: also, but it needs no counterpart; /ing: a gerund and its object
// follow.
const frameText = `
howto: how to
howto: how do|can|could|would|should|might|must|does @p go about
howto: how do|can|could|would|should|might|must|may|does @p
howto: how can|could|do|does|should|would @the people|person|anyone|everyone
howto: how @p can|could|should|may
howto: how do|can|could to? /verb
howto: what @be some|the|@the? various|different|best|good? way|ways|method|methods that|in|through|by? which? @p can|could
howto: what @be @the easy|easiest|simple|simplest way|ways|method|methods to|of|for
howto: @the easy|easiest|simple|simplest way|ways to
yes: is|are there any|a|some? possible? way|ways to|that? i|we|you? can? +can
howto: is|are there any|a|an|some? easy|easier|simple|simpler|good way|ways to
howto: what @be|would be? @the best|good|right|proper|correct|effective? way|ways|method|methods|approach to|of|for
howto: what @be @the most|more effective|efficient way|ways|method|methods|approach to|of|for
howto: what|which @be some? of? @the? best|good|great|easy|easiest|simple|simplest|effective|efficient|different|various|possible? way|ways|method|methods to|of|for
howto: which is @the best|right|good? way|method to|of|for
howto: what @be @the step|steps to|for|in|involved? in?
howto: what steps|step should|do|can|must|need @p take|follow|need? to
howto: what should|can|must|could|do @p need|have? to? do to
howto: what should|can|must|could @p do in order to
howto: what should|can|could|do @p do about +handle
howto: @the best|good|right? way|ways to
howto: steps to|for
howto: what @be the trick|secret|key to|of|for
howto: what @be some|the|any? best|good|great|useful|effective? tip|tips|trick|tricks|strategy|strategies|technique|techniques for|on|in /ing
howto: any|some? best|good? tip|tips|tricks for|on /ing
howto: do you have any|some good? tips for|on /ing
howto: what @be @the process|procedure of|for /ing
howto: what @be @the process|procedure to
howto: what does it take to become|be +become
howto: what|which @be @the fastest|quickest way|ways|method|methods to|of|for +fast
howto: @the fastest|quickest way|ways to +fast
howto: what|which @be @the cheapest way|ways|method|methods to|of|for +cheap
howto: what|which @be @the safest way|ways|method|methods to|of|for +safe
howto: what @be some|the? natural way|ways|method|methods to|of|for +natural
howto: what @be some|the? legal way|ways to|of|for +legal
what: what do @p mean by +mean?
what: what do @p understand by @the? term? +mean?
what: what @be meant by +mean?
what: what @be @the meaning of +mean
what: what @be @the definition of +mean?
what: explain to? me? @the
what: tell me|us about @the
what: what do you|we think about|of|regarding +opinion
what: what @be your opinion|opinions|view|views|thought|thoughts on|about|of|regarding +opinion
what: what do|does @p|they call +call
what: are|is there any|some good|great +good
what: are|is there any|some free +free
what: are|is there any|a|an|some? alternative|alternatives to|for +alternative
what: what @be some|the? alternative|alternatives to|for +alternative
what: is|are there any|a? difference|differences between +difference
should: what do|does @p need|have to
what: can|could anyone|someone|anybody|somebody|you suggest|recommend me? some|any|a? good|great +good
what: suggest|recommend me|us? some|any|a? good|great +good
what: suggest some|any
what: can|could anyone|someone|anybody|somebody|you suggest some|any
what: do you have any|some tips|advice +tip
what: what exactly? @be|was exactly?
what: which one? @be @the
what: what could|would|can|should be @the
does: what should|can|do|could|would|must @p do if|when|while
does: what would|will|does|do happen|happens if|when +happen
does: what happens|happened if|when +happen
does: what if +happen
what: define
what: list all? @the|some?
what: name all? @the|some?
what: give|show|tell|send|find|get me @the list of
what: give|show|tell|send|find|get me the|some|all
what: find|show me
what: i need|want the
what: give|make|provide @the list of
what: find @the
howto: show|tell|teach me how to
other: give|get|send|make|write me a|an +write
other: i need|want a|an +write
other: give|write|make|provide|get|show me|us? a|an|the summary of +summarize
other: i would like a|an +write
when: on|at what|which date|day|time
when: what|which date|day @be|was
when: in what|which year
when: what|which year @be|was|did|does|do
what: which
why: how come
why: what @be|was @the reason|reasons|rationale|cause? for|why|that|behind|to|of
why: what @be|was @the reason|reasons
why: for what reason|reasons
why: what exactly? causes|caused
why: @the reason|reasons why|behind|for|that
why: what @be|was @the main? cause|causes of|for|behind
why: why is it that
like: what @be|was it like to?
like: what @be it like to? live|living in|on|at +life
like: what @be @the life like in|on|at? +life
like: what does it feel like? to?
like: what it is like to?
like: what|how does it feel to be like
like: what is its like to?
like: how it feels like? to
like: how was it like? to
like: how does it feel like? to?
like: how is it like? to
like: how is it to? live|living in|on|at +life
like: how is @the life really? like? in|on|at? +life
which: what @be @the total? number of +many
which: how long does|will|would it take for? @the person|people|someone|somebody|anyone|me|you|us|one? to
which: how much time does|will|would it take for? @the person|people|someone|somebody|anyone|me|you|us|one? to
which: how many|much|long|often|far|old|tall|high|big|large|deep|heavy|fast|wide|hot|cold
where: where
where: in what|which place|location
when: when
why: why
who: who
who: whom
yes: is|was it possible to|for +can
yes: do you think that?
yes: is it true that
yes: do you believe in +exist
yes: do you believe that? there is|are +exist
yes: do you believe that?
yes: do|does @p have|need to +must
yes: must @p +must
yes: is there a|any cure for|to +cure
yes: is it legal|lawful to|for +legal
yes: can|could @p legally +legal
yes: is it ok|okay|alright|acceptable to|for +ok
yes: is it necessary|mandatory|compulsory|obligatory to|for +must
yes: how hard|difficult is it +hard
yes: do you think|believe it is possible to +can
`

// politeText are phrases before a question that do not change it. /wh: only if a question word, or
// an order to a model, follows; /request: only if an order follows.
const politeText = `
please
kindly
hi
hello
hey
greetings
dear
thanks
thank you very? much?
can|could|would|will you|u please? tell|show me please? /wh
can|could|would|will you|u please? explain to? me? /wh
can|could|would|will you|u please? /request
can|could|would|will anyone|anybody|someone|somebody please? tell|explain|show me? /wh
do|does you|anyone know /wh
anyone|anybody|someone|somebody know|knows /wh
i would like to know /wh
i want to know /wh
i need to know /wh
i was wondering /wh
i wonder /wh
tell|explain me? /wh
explain to me|us /wh
help me|us to? /request
can|could|would|will you|u please? help me|us to? /request
so
well
ok
okay
`

// A pattern is one line of frameText.
type pattern struct {
	frame frame
	steps []step
	adds  string // a word to add to the text; empty: none
	mood  mood
	free  bool  // the added word needs no counterpart
	then  class // the class of the token that must follow; 0: any
	how   bool  // it asks for the way, and matches only after a question for the way
	doing bool  // a gerund must follow, and its object
}

type step struct {
	any   []id  // one of these words
	class class // or a word of this class
	may   bool  // it may be missing
}

var frameNames = map[string]frame{
	"other": frameOther, "what": frameWhat, "does": frameDoes, "howto": frameHowto, "why": frameWhy, "when": frameWhen,
	"where": frameWhere, "who": frameWho, "which": frameWhich, "like": frameLike, "yes": frameYes,
}

// compile indexes patterns by the ids of their first words, and by those of the following ones as
// far as the first are optional.
func (l *lexicon) compile(text string) [][]pattern {
	var all []pattern
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		p := pattern{}
		if name, rest, ok := strings.Cut(line, ": "); ok {
			p.frame, line = frameNames[name], rest
			if name == "should" { // "needs to" counts as "should"
				p.frame, p.mood = frameWhat, moodShould
			}
		}
		for _, w := range strings.Fields(line) {
			switch {
			case w == "/wh":
				p.then = classWh
			case w == "/verb":
				p.then = classDeed
			case w == "/request":
				p.then = classRequest
			case w == "/how":
				p.how = true
			case w == "/ing":
				p.doing = true
			case w[0] == '+':
				p.adds, p.free = strings.CutSuffix(w[1:], "?")
			default:
				p.steps = append(p.steps, l.step(w))
			}
		}
		all = append(all, p)
	}
	by := make([][]pattern, len(l.classes)+1)
	for _, p := range all {
		for i, s := range p.steps {
			for n := range by {
				if n > 0 && n < len(l.classes) && s.takes(id(n), l.classes[n]) {
					by[n] = append(by[n], p)
				}
			}
			if !s.may || i > 1 {
				break
			}
		}
	}
	return by
}

func (l *lexicon) step(w string) step {
	s := step{}
	w, s.may = strings.CutSuffix(w, "?")
	if w == "@the" {
		s.may = true
	}
	for _, x := range strings.Split(w, "|") {
		switch x {
		case "@p":
			s.class |= classPerson | classAnyone
		case "@the":
			s.class |= classArticle
		case "@be":
			s.any = append(s.any, l.intern("is"), l.intern("are"))
		default:
			s.any = append(s.any, l.intern(x))
		}
	}
	return s
}

func (s *step) takes(n id, c class) bool {
	if s.class != 0 && c&s.class != 0 {
		return true
	}
	for _, x := range s.any {
		if x == n {
			return true
		}
	}
	return false
}

// match returns the number of tokens at the start of toks that p matches; 0: none.
func (p *pattern) match(l *lexicon, toks []token) int {
	at := 0
	for i := range p.steps {
		s := &p.steps[i]
		if at < len(toks) && toks[at].word != 0 && !toks[at].quoted && s.takes(toks[at].word, l.class(toks[at].word)) {
			at++
		} else if !s.may {
			return 0
		}
	}
	if p.then != 0 && (at >= len(toks) || !l.is(&toks[at], p.then|classRequest)) {
		return 0
	}
	if p.doing && (at+1 >= len(toks) || !ends(toks[at].text, "ing") || toks[at+1].shape >= shapePause || l.is(&toks[at+1], classPrep|classConj)) {
		return 0
	}
	return at
}

// best returns the pattern that matches the most of toks, and how many tokens.
func (l *lexicon) best(by [][]pattern, toks []token) (*pattern, int) {
	if len(toks) == 0 || int(toks[0].word) >= len(by) {
		return nil, 0
	}
	var found *pattern
	most := 0
	set := by[toks[0].word]
	for i := range set {
		if n := set[i].match(l, toks); n > most {
			found, most = &set[i], n
		}
	}
	return found, most
}
