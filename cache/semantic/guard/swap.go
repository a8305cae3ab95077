package guard

// items numbers the two things joined by the only "or" or "and" of a sentence: their order does not
// matter.
func (r *reader) items(toks []token) {
	l, at := r.lex(), -1
	for i := range toks {
		if t := &toks[i]; l.word(t, "or") || l.word(t, "and") {
			if at >= 0 || t.quoted {
				return
			}
			at = i
		}
	}
	if at < 1 {
		return
	}
	within := func(t *token) bool {
		return t.shape < shapePause && (!l.is(t, classIdle) || l.is(t, classArticle))
	}
	for i := at - 1; i >= 0 && within(&toks[i]); i-- {
		toks[i].item = 1
	}
	for i := at + 1; i < len(toks) && within(&toks[i]); i++ {
		toks[i].item = 2
	}
}

// substitute marks which thing replaces which: use X instead of Y, substitute X for Y, replace Y by X,
// Y is replaced by X.
func (r *reader) substitute(toks []token) {
	l := r.lex()
	verb, mark, width := r.exchange(toks)
	if verb < 1 || mark < 0 || mark+width >= len(toks) {
		return
	}
	from, to := roleTo, roleFrom // the replacement, the replaced
	if l.word(&toks[mark], "by") || l.word(&toks[mark], "with") {
		from, to = to, from
	}
	first := toks[verb+1 : mark]
	if len(toks[verb].text) > 7 && ends(toks[verb].text, "d") { // X is replaced by Y
		be := verb - 1
		if be == 0 || !l.is(&toks[be], classBe) || mark != verb+1 {
			return
		}
		first = toks[1:be]
		if len(first) > 0 && l.is(&toks[0], classWh) {
			first = first[1:]
		}
		r.f.who |= 1
	}
	if len(first) == 0 {
		return
	}
	end := mark + width
	for end < len(toks) && toks[end].shape < shapePause && !l.is(&toks[end], classPrep|classConj|classHard) {
		end++
	}
	hang(first, from)
	hang(toks[mark+width:end], to)
	for i := mark; i < mark+width; i++ {
		toks[i].eaten = true
	}
	toks[verb].text = r.f.lexer.put("replace")
	toks[verb].word = l.find(toks[verb].text)
}

// exchange finds the verb of replacing, and at mark the width words between the two things; -1: there
// is none.
func (r *reader) exchange(toks []token) (verb, mark, width int) {
	l := r.lex()
	verb = -1
	for i := range toks {
		t := &toks[i]
		if t.quoted {
			return -1, -1, 0
		}
		switch string(t.text) {
		case "use", "substitute", "substituted", "replace", "replaced":
			if verb < 0 {
				verb = i
			}
		case "instead":
			if verb >= 0 && l.word(&toks[verb], "use") && i+1 < len(toks) && l.word(&toks[i+1], "of") {
				return verb, i, 2
			}
		case "for":
			if verb >= 0 && (l.word(&toks[verb], "substitute") || l.word(&toks[verb], "substituted")) {
				return verb, i, 1
			}
		case "by", "with":
			if verb >= 0 && !l.word(&toks[verb], "use") {
				return verb, i, 1
			}
		}
	}
	return verb, -1, 0
}

// hang gives all of toks the role as.
func hang(toks []token, as role) {
	for i := range toks {
		toks[i].part = as
	}
}

// trade reports whether two joined things are swapped as a whole. Words before both, as in "buy a Canon
// or a Sony", keep their place.
func (m *matching) trade() bool {
	here, there, any := 0, 0, false // the first words after those that kept their place
	for i := range m.a {
		if m.to[i] == 0 || m.a[i].item == 0 {
			continue
		}
		j := int(m.to[i] - 1)
		if m.b[j].item == m.a[i].item {
			here, there = max(here, i+1), max(there, j+1)
		}
	}
	for i := range m.a {
		if m.to[i] == 0 || m.a[i].item == 0 {
			continue
		}
		if j := int(m.to[i] - 1); m.b[j].item != m.a[i].item {
			if i < here || j < there || m.b[j].item == 0 {
				return false
			}
			any = true
		}
	}
	return any
}

// shared reports whether word i occurs again as word k in the other of two items, each time after
// another word: roman law and common law.
func shared(words []word, i, k int) bool {
	x, y := &words[i], &words[k]
	return x.stem == y.stem && x.kind == kindPlain && (x.item != 0 && y.item != 0 && x.item != y.item || i > 1 && string(words[i-2].text) == "than") && x.glued && y.glued && x.not == y.not
}
