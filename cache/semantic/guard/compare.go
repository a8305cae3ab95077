package guard

// Compare returns what speaks against giving the answer of b to someone who asks a. Both Forms must
// belong to the calling goroutine.
func (g *Guard) Compare(a, b *Form) Verdict {
	v := Verdict{}
	if a.tight == b.tight && (len(a.words) == len(b.words) || a.size >= minTight) {
		v.Same = true
		return v
	}
	if len(a.words) == 0 || len(b.words) == 0 {
		v.object(Empty, nil)
		return v
	}
	g.whole(&v, a, b)
	m := matching{g: g, a: a.words, b: b.words, nots: a.nots + b.nots,
		howto: a.asks(frameHowto) && b.asks(frameHowto), list: a.asks(frameWhat) && b.asks(frameWhat),
		same: a.same && b.same, some: a.some && b.some && len(a.words)+len(b.words) > minLiked}
	m.equal()
	m.rest(&v)
	if a.means || b.means {
		m.literal(&v)
	}
	if (a.nots+b.nots+m.turned)%2 != 0 {
		v.object(Negation, nil)
	}
	if len(a.words) == 1 && m.to[0] != 0 && !likeForm(a.words[0].text, b.words[0].text) {
		v.object(Instead, &a.words[0])
	}
	if (a.means || b.means) && a.idle != b.idle || (len(a.words) <= 2 || len(b.words) <= 2) && a.few != b.few {
		v.object(Meant, nil)
	}
	if v.Rule == Pass || v.Rule.rank() < 3 {
		m.stand(&v, a.same && b.same)
	}
	return v
}

// minTight is the least number of letters and digits of two texts that may count as one text with
// different spaces: "rea da file".
const minTight = 20

// minLiked is the least number of words that two questions for some of many must have together so
// that "good" may be missing in one: good deeds are not just deeds.
const minLiked = 6

// likeForm reports whether two words are the same except for a plural.
func likeForm(a, b []byte) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return string(a) == string(b) || string(b) == string(a)+"s" || string(b) == string(a)+"es" || len(a) == 0 || !sharesRoot(a, b)
}

// sharesRoot reports whether b may be an inflection of a; if not, they are synonyms.
func sharesRoot(a, b []byte) bool { return len(a) > 2 && len(b) > 2 && string(a[:3]) == string(b[:3]) }
