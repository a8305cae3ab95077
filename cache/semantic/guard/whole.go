package guard

import "slices"

// whole compares the properties of the texts as wholes.
func (g *Guard) whole(v *Verdict, a, b *Form) {
	if a.ors != b.ors && a.ands != b.ands && a.ors != a.ands {
		v.object(AndOr, nil)
	}
	if x, y := a.lexer.quotes, b.lexer.quotes; len(x) > 0 && len(y) > 0 && !slices.Equal(x, y) {
		v.object(Quote, nil)
	}
	v.clash(a.notes, b.notes)
	if a.asks(frameHowto) && b.asks(frameHowto) && apartBy(a.notes, b.notes, noteNow, noteThen) {
		v.object(Tense, nil)
	}
	v.persons(a, b)
	v.sentences(a, b)
}

// persons compares whom the texts are about.
func (v *Verdict) persons(a, b *Form) {
	if a.first|b.first == noteMeYou|noteYouMe && (a.both != b.both || a.sents[0].mood == moodPast && b.sents[0].mood == moodPast) {
		v.object(Person, nil)
	}
	if a.they != b.they {
		v.object(Pronoun, nil)
	}
	if a.asks(frameHowto) || b.asks(frameHowto) {
		return
	}
	few := len(a.words) <= 2 || len(b.words) <= 2
	if apartWho(a, b) || few && !a.asks(frameYes) && !a.ought() && a.whose != b.whose {
		v.object(Person, nil)
	}
}

// sentences compares what the sentences of the texts ask for.
func (v *Verdict) sentences(a, b *Form) {
	if len(a.sents) != len(b.sents) {
		v.object(Frame, nil)
		return
	}
	for i := range a.sents {
		x, y := a.sents[i], b.sents[i]
		switch {
		case x.frame == frameHowto && (y.ways || y.code) || y.frame == frameHowto && (x.ways || x.code):
		case !sameFrame(x, y, len(a.words)):
			v.object(differ(x.frame, y.frame), nil)
		case x.mood != y.mood && x.frame == y.frame && x.frame != frameHowto && !(x.asker && y.asker):
			v.object(Tense, nil)
		}
	}
}

// ought reports whether f asks how much of something one should do, which is mostly about the asker.
func (f *Form) ought() bool { return f.asks(frameWhich) && f.sents[0].mood == moodShould }

// apartWho reports whether only one of the texts is about the asker or the model.
func apartWho(a, b *Form) bool {
	x, y := a.who, b.who
	if a.implied {
		y &^= 2
	}
	if b.implied {
		x &^= 2
	}
	return x != y && x&y == 0
}

// differ returns the objection to two different frames. It is a soft one for orders, searches and
// questions for a thing or a way, which are close to one another.
func differ(x, y frame) Rule {
	loose := func(f frame) bool { return f == frameOther || f == frameWhat || f == frameDoes || f == frameHowto }
	if loose(x) && loose(y) {
		return Wording
	}
	return Frame
}

// sameFrame reports whether two frames are equal, where words typed as for a search count as "what
// is": "cheapest flights Oslo to Rome".
func sameFrame(x, y sentence, words int) bool {
	if x.frame == y.frame {
		return true
	}
	if x.frame == frameOther {
		x, y = y, x
	}
	return x.frame == frameWhat && y.frame == frameOther && x.mood == moodPresent && words >= 3
}

// asks reports whether the first sentence of f has that frame.
func (f *Form) asks(s frame) bool { return len(f.sents) > 0 && f.sents[0].frame == s }
