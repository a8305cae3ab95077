package core

// Replay appends the events of a stream that says r. It is for a complete reply to
// who asked for a stream. c has to stand at the start of a stream.
func (c *Crossing) Replay(ev []Event, r *Completion) []Event {
	c.ID = append(c.ID[:0], r.ID...)
	if len(r.Model) > 0 && len(c.Model) == 0 {
		c.Model = append(c.Model[:0], r.Model...)
	}
	c.Created, c.Usage, c.Started = r.Created, r.Usage, true
	ev = append(ev, Event{Kind: EventStart})
	for i := range r.Choices {
		s := &r.Choices[i]
		probs := s.Logprobs
		for p := s.From; p < s.To; p += 1 + r.Parts[p].Inner {
			ev = c.replayPart(ev, r, int32(s.Index), int(p), &probs)
		}
		c.Finished = true
		ev = append(ev, Event{Kind: EventFinish, Choice: int32(s.Index), Finish: s.Finish, Native: s.Native, Stop: s.Stopped})
	}
	if r.Usage.Known {
		ev = append(ev, Event{Kind: EventUsage})
	}
	c.Ended = true
	return append(ev, Event{Kind: EventEnd})
}

// replayPart appends the events of the part at i. The first text takes probs with it.
func (c *Crossing) replayPart(ev []Event, r *Completion, choice int32, i int, probs *[]byte) []Event {
	p := &r.Parts[i]
	n := c.Add(p.Kind, choice, int64(i))
	b := &c.Blocks[n]
	b.ID, b.Name, b.Sign = append(b.ID, p.ID...), append(b.Name, p.Name...), append(b.Sign, p.Sign...)
	b.Vendor, b.Type, b.Media = p.Vendor, append(b.Type, p.Type...), append(b.Media, p.Media...)
	b.Opened, b.Closed = true, true
	e := Event{Choice: choice, Block: n}
	add := func(k EventKind) { e.Kind = k; ev = append(ev, e); e = Event{Choice: choice, Block: n} }
	add(EventOpen)
	switch {
	case p.Kind == PartCall && p.Wraps:
		e.Text = p.Args
	case p.Kind == PartCall:
		e.Text = r.Took(appendInside(r.Room(), p.Args))
	case p.Kind == PartImage || p.Kind == PartAudio || p.Kind == PartFile || p.Kind == PartVideo:
		e.Text = p.Data
	default:
		e.Text = p.Text
	}
	if p.Kind == PartText {
		e.Probs, *probs = *probs, nil
	}
	if len(e.Text) > 0 || e.Probs != nil {
		add(EventDelta)
	}
	for n := p.Cites; n != 0; {
		var cite Cite
		cite, n = r.Cited(n)
		e.Cite = &cite
		add(EventCite)
	}
	if len(p.Sign) > 0 {
		add(EventSign)
	}
	add(EventClose)
	return ev
}

// appendInside appends the JSON document raw as the inside of a JSON string.
func appendInside(dst, raw []byte) []byte {
	for _, c := range raw {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
