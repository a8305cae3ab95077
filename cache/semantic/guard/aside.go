package guard

// asideText are sentences that add nothing to the question before them: an answer gives reasons, and
// helps, without being asked to.
const asideText = `
if so|yes|not then? why
why or|and why? not
why
or not
please? help me? out?
if so|yes then? how /how
how /how
any help|suggestions|suggestion|ideas|advice|thoughts|tips
any help|suggestions|advice is|are|would|will be? appreciated
thanks in advance
`

// maxAside bounds the words of such a sentence.
const maxAside = 7

// aside reports whether toks, after another sentence, add nothing to it.
func (r *reader) aside(toks []token) bool {
	if len(r.f.sents) == 0 {
		return false
	}
	var room [maxAside]token
	few := room[:0]
	for i := range toks {
		if toks[i].shape >= shapePause {
			continue
		}
		if len(few) == maxAside {
			return false
		}
		few = append(few, toks[i])
	}
	p, n := r.lex().best(r.g.lex.asides, few)
	return p != nil && n == len(few) && (!p.how || r.f.asks(frameHowto) || r.f.sents[0].ways)
}
