package guard

// A note is what function words say about a text as a whole. They do not matter one by one, but they
// tell two texts apart if each has a note that contradicts the other's.
type note uint32

const (
	noteBe       note = 1 << iota // to be a twin
	noteHave                      // to have twins
	noteSome                      // some rivers
	noteAll                       // all the rivers
	noteActs                      // if you like
	noteSuffers                   // likes you
	noteMeYou                     // can I trust you
	noteYouMe                     // can you trust me
	noteBeing                     // is being built
	noteBeen                      // has been built
	noteCould                     // could be
	noteCouldHad                  // could have been
	noteWould                     // what would happen
	noteHappened
	noteExplain // explain
	noteDefine  // define
	noteMyself  // about myself
	noteYourself
	noteSame // how do I know if I
	noteElse // how do I know if you
	noteNow  // is
	noteThen // was
	noteMine // what is my name
	noteYours
)

// clashes are pairs of notes of which two texts must not have one each.
var clashes = [...]struct {
	one, other note
	rule       Rule
}{
	{noteBe, noteHave, Instead},
	{noteSome, noteAll, Hard},
	{noteActs, noteSuffers, Order},
	{noteMeYou, noteYouMe, Order},
	{noteBeing, noteBeen, Tense},
	{noteCould, noteCouldHad, Tense},
	{noteWould, noteHappened, Tense},
	{noteExplain, noteDefine, Instead},
	{noteMyself, noteYourself, Person},
	{noteSame, noteElse, Order},
	{noteMine, noteYours, Person},
}

// clash objects to notes that contradict each other.
func (v *Verdict) clash(a, b note) {
	if a == b {
		return
	}
	for i := range clashes {
		c := &clashes[i]
		if apartBy(a, b, c.one, c.other) {
			v.object(c.rule, nil)
		}
	}
}

// apartBy reports whether, of the notes one and other, a has only one of them and b only the other.
func apartBy(a, b, one, other note) bool {
	x, y := a&(one|other), b&(one|other)
	return x|y == one|other && x&y == 0 && x != 0 && y != 0
}

// notes reads the notes of one sentence.
func (r *reader) notes(toks []token) {
	l, n := r.lex(), note(0)
	modal := false
	for i := range toks {
		t := &toks[i]
		if t.word == 0 || t.quoted {
			continue
		}
		switch string(t.text) {
		case "be", "have":
			n |= l.infinitive(toks, i)
			if modal && l.perfect(toks[i:]) {
				n |= noteCouldHad
			}
		case "being":
			n |= noteBeing
		case "been":
			n |= noteBeen
		case "happened":
			n |= noteHappened
		case "explain":
			n |= noteExplain
		case "define", "definition":
			n |= noteDefine
		case "i", "we", "me", "us":
			n |= r.does(toks, i, noteMeYou) | r.turn(noteMeYou, noteYouMe)
		case "you", "u":
			n |= r.does(toks, i, noteYouMe) | r.turn(noteYouMe, noteMeYou)
		case "myself", "yourself":
			if i > 0 && l.word(&toks[i-1], "about") {
				n |= about(t)
			}
		case "my":
			if i+1 < len(toks) && l.personal(&toks[i+1]) {
				n |= noteMine
			}
		case "your":
			if i+1 < len(toks) && l.personal(&toks[i+1]) {
				n |= noteYours
			}
		case "is", "are", "am":
			n |= noteNow
		case "was", "were":
			n |= noteThen
		default:
			c := l.class(t.word)
			modal = modal || c.isOf(classCan|classWill|classShould)
			if c.isOf(classWill) && i+1 < len(toks) && l.word(&toks[i+1], "happen") {
				n |= noteWould
			}
		}
	}
	if modal && n&noteCouldHad == 0 {
		n |= noteCould
	}
	r.f.notes |= n
}

// about returns the note of "about myself" or of "about yourself".
func about(t *token) note {
	if t.text[0] == 'm' {
		return noteMyself
	}
	return noteYourself
}

// personal reports whether t is something that is different for each person, such as a name.
func (l *lexicon) personal(t *token) bool {
	switch string(t.text) {
	case "name", "favorite", "favourite", "opinion", "age", "birthday", "purpose", "job":
		return true
	}
	return false
}

// turn records that self is mentioned. Once the asker and the model both are, it returns the note of
// the first.
func (r *reader) turn(self, other note) note {
	switch r.f.first {
	case 0:
		r.f.first = self
	case other:
		r.f.both = true
		return other
	}
	return 0
}

// infinitive distinguishes "to be something" from "to have something".
func (l *lexicon) infinitive(toks []token, i int) note {
	if i == 0 || i+1 >= len(toks) || !l.word(&toks[i-1], "to") || l.is(&toks[i+1], classPrep|classConj) || toks[i+1].shape >= shapePause {
		return 0
	}
	if l.word(&toks[i], "be") {
		return noteBe
	}
	return noteHave
}

// perfect reports whether toks begin with "have been", "have thought".
func (l *lexicon) perfect(toks []token) bool {
	return len(toks) > 1 && l.word(&toks[0], "have") && !toks[1].quoted &&
		(l.word(&toks[1], "been") || l.word(&toks[1], "done") || l.is(&toks[1], classEarlier) || len(toks[1].text) > 4 && ends(toks[1].text, "ed"))
}

// does distinguishes whether the person at i does something, after "if", or has something done to
// them, at the end, and whether it is the person mentioned before or the other one.
func (r *reader) does(toks []token, i int, self note) note {
	if i == 0 {
		return 0
	}
	l := r.lex()
	subject := l.word(&toks[i], "i") || l.word(&toks[i], "we")
	before := &toks[i-1]
	switch {
	case l.word(before, "if") || l.word(before, "know") || l.word(before, "that") || l.word(before, "whether") || l.word(before, "because"):
		if r.f.first == 0 || r.f.first == self {
			return noteActs | noteSame
		}
		return noteActs | noteElse
	case !subject && before.shape == shapeWord && !l.is(before, classIdle) && (i+1 == len(toks) || toks[i+1].shape >= shapePause || l.is(&toks[i+1], classPrep|classConj)):
		return noteSuffers
	}
	return 0
}
