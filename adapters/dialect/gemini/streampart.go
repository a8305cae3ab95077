package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

func (s *streaming) parts(choice int32, list []byte) {
	w := scan.Elements(list)
	for {
		_, raw, ok := w.Next()
		if !ok {
			return
		}
		var m members
		p := scan.Members(raw)
		for {
			key, value, ok := p.Next()
			if !ok {
				break
			}
			m.take(key, value)
		}
		s.part(choice, &m, raw)
	}
}

// part reads one part. Texts and thoughts continue the open block; other parts are complete.
func (s *streaming) part(choice int32, m *members, raw []byte) {
	switch {
	case m.call != nil:
		s.call(choice, m)
	case m.inline != nil:
		var p core.Part
		parseBlob(&p, m.inline)
		n, b := s.begin(p.Kind, choice)
		b.Media = append(b.Media, p.Media...)
		s.whole(n, p.Data)
	case m.text == nil && m.sign == nil:
		s.close(s.open(choice))
		s.other(choice, nil, raw)
	default:
		s.text(choice, m)
	}
}

func (s *streaming) text(choice int32, m *members) {
	text, _ := scan.Inside(m.text)
	kind := core.PartText
	if string(m.thought) == "true" {
		kind = core.PartThought
	}
	if len(text) > 0 {
		n := s.open(choice)
		if n < 0 || s.x.Blocks[n].Kind != kind {
			n, _ = s.begin(kind, choice)
			s.add(core.Event{Kind: core.EventOpen, Choice: choice, Block: n})
		}
		s.add(core.Event{Kind: core.EventDelta, Choice: choice, Block: n, Text: text})
	}
	sign, _ := scan.Inside(m.sign)
	if len(sign) == 0 {
		return
	}
	vendor, own := s.signOf(sign)
	n := s.open(choice)
	switch {
	case n >= 0 && kind == core.PartThought && s.x.Blocks[n].Kind == kind:
		b := &s.x.Blocks[n]
		b.Sign, b.Vendor = append(b.Sign[:0], own...), vendor
		s.add(core.Event{Kind: core.EventSign, Choice: choice, Block: n})
		s.close(n)
	default:
		// The signature of a text, or of no part, becomes that of an empty thought, as in a reply.
		if kind == core.PartThought && m.text == nil {
			kind = core.PartVeiled
		} else {
			kind = core.PartThought
		}
		n, b := s.begin(kind, choice)
		b.Sign, b.Vendor = append(b.Sign, own...), vendor
		s.whole(n, nil)
	}
}

// signOf is readSign with the memory of x.
func (s *streaming) signOf(field core.Text) (core.Vendor, core.Text) {
	if !bytes.HasPrefix(field, []byte(carried)) {
		return core.Google, field
	}
	var t core.Tree
	return readSign(&t, field)
}

func (s *streaming) call(choice int32, m *members) {
	var c functionCall
	c.read(m.call)
	if n := s.goesOn(choice, &c); n >= 0 {
		s.sign(n, m)
		s.more(n, &c)
		return
	}
	if len(c.name) == 0 && c.args == nil && c.partial == nil {
		return // the end of a call that has ended already
	}
	n, b := s.begin(core.PartCall, choice)
	b.Name = append(b.Name, c.name...)
	if len(c.id) > 0 {
		b.ID = append(b.ID, c.id...)
	} else {
		b.ID = s.make(b.ID)
	}
	if c.streamed() {
		b.Key = streamed
		s.add(core.Event{Kind: core.EventOpen, Choice: choice, Block: n})
		s.sign(n, m)
		s.more(n, &c)
		return
	}
	if sign, _ := scan.Inside(m.sign); len(sign) > 0 {
		vendor, own := s.signOf(sign)
		b.Sign, b.Vendor = append(b.Sign, own...), vendor
	}
	at := len(s.x.R.Buf)
	if c.args == nil {
		c.args = []byte("{}")
	}
	s.x.R.Buf = scan.AppendEscaped(s.x.R.Buf, c.args)
	s.whole(n, s.x.R.Buf[at:])
}

// make appends an id for a call without one.
func (s *streaming) make(dst []byte) []byte {
	x := s.x
	ids := maker{seed: seed(x.ID), n: int64(x.R.Next)}
	if len(x.ID) == 0 {
		ids.seed = seed(x.Request[:])
	}
	x.R.Next++
	return ids.append(dst)
}

// probs adds the probabilities to the first text of the choice in this frame.
func (s *streaming) probs(choice int32, first int, result []byte) {
	if len(result) == 0 {
		return
	}
	var t core.Tree
	probs := readProbs(&t, result)
	for i := first; i < len(s.ev); i++ {
		if e := &s.ev[i]; e.Kind == core.EventDelta && s.x.Blocks[e.Block].Kind == core.PartText {
			e.Probs = probs
			return
		}
	}
	if n := s.open(choice); n >= 0 && probs != nil {
		s.add(core.Event{Kind: core.EventDelta, Choice: choice, Block: n, Probs: probs})
	}
}

// cites emits citations of the open text, without their positions, which count bytes of a text that is not kept.
func (s *streaming) cites(choice int32, m *candidate) {
	n := s.open(choice)
	if n < 0 || s.x.Blocks[n].Kind != core.PartText {
		return
	}
	for w := citesOf(m); ; {
		c, _, ok := w.next()
		if !ok {
			return
		}
		c.Start, c.End = -1, -1
		s.add(core.Event{Kind: core.EventCite, Choice: choice, Block: n, Cite: &c})
	}
}

// extras emits the members of a candidate that only this format has.
func (s *streaming) extras(choice int32, raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "content", "finishReason", "index", "logprobsResult":
			continue
		case "groundingMetadata":
			s.cites(choice, &candidate{grounding: value})
		case "citationMetadata":
			s.cites(choice, &candidate{citations: value})
		}
		s.other(choice, key, value)
	}
}

// other emits something that only this format has: the member called name of the choice, or of the frame if choice is -1, or
// a part if name is empty.
func (s *streaming) other(choice int32, name, raw []byte) {
	s.add(core.Event{Kind: core.EventOther, Choice: choice, Name: name, Raw: raw})
}
