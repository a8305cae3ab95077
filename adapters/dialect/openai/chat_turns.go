package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// messages writes the conversation. Images and files in results of tools are not allowed in a tool's
// message, so they follow the last of consecutive results in a message of the user.
func (o *chatOut) messages() {
	c := o.c
	o.dst = append(o.dst, `,"messages":[`...)
	from := len(o.dst)
	if o.quirks&core.QuirkUserFirst != 0 {
		o.userFirst()
	}
	results := -1 // the first of consecutive turns with results
	for i := range c.Turns {
		t := &c.Turns[i]
		if t.Role != core.ToolRole && results >= 0 {
			o.shown(results, i)
			results = -1
		}
		if t.Role == core.ToolRole && results < 0 {
			results = i
		}
		if o.turn(t); o.fault != nil {
			return
		}
		o.dst = uncomma(o.dst, from) // now, while only the first message has to be moved
	}
	if results >= 0 {
		o.shown(results, len(c.Turns))
	}
	o.dst = append(uncomma(o.dst, from), ']')
}

// userFirst adds a turn of the user if the conversation begins with one of the model.
func (o *chatOut) userFirst() {
	for i := range o.c.Turns {
		switch o.c.Turns[i].Role {
		case core.System, core.Developer:
			continue
		case core.Assistant:
			o.dst = append(o.dst, `,{"role":"user","content":"Continue."}`...)
		}
		return
	}
}

// turn writes the messages of one turn, each preceded by a comma.
func (o *chatOut) turn(t *core.Turn) {
	switch t.Role {
	case core.ToolRole:
		o.results(t)
	case core.Assistant:
		o.dst = append(o.dst, `,{"role":"assistant"`...)
		o.speaks = true
		o.answered(t)
		o.speaks = false
		o.dst = append(o.dst, '}')
	default:
		at := len(o.dst)
		o.results(t) // some formats have results in turns of the user
		o.plain(t, len(o.dst) == at)
	}
}

// plain writes a message of the user or the system. An empty one is left out unless must is set.
func (o *chatOut) plain(t *core.Turn, must bool) {
	role := "user"
	switch {
	case t.Role == core.Developer && o.quirks&core.QuirkNoDeveloper == 0:
		role = "developer"
	case t.Role != core.User:
		role = "system"
	}
	at := len(o.dst)
	o.dst = append(append(append(o.dst, `,{"role":"`...), role...), '"')
	n := o.content(o.t.Parts[t.From:t.To], t.Shape, true)
	if n == 0 && !o.own && !must {
		o.dst = o.dst[:at] // the turn has only results
		return
	}
	o.name(t)
	o.dst = append(o.dst, '}')
}

func (o *chatOut) name(t *core.Turn) {
	if t.Name != nil {
		o.dst = appendTextMember(o.dst, "name", t.Name)
	}
	if o.own {
		o.dst = appendExtras(o.dst, o.t, t.More, "")
	}
}

// results writes a message for each result in t.
func (o *chatOut) results(t *core.Turn) {
	for i := int(t.From); i < int(t.To); i += 1 + int(o.t.Parts[i].Inner) {
		p := &o.t.Parts[i]
		if p.Kind != core.PartResult {
			continue
		}
		if o.own && t.Shape&saidOld != 0 {
			o.dst = append(o.dst, `,{"role":"function"`...)
		} else {
			o.dst = append(o.dst, `,{"role":"tool","tool_call_id":`...)
			o.id(p)
		}
		if p.Name != nil && o.own {
			o.dst = appendTextMember(o.dst, "name", p.Name)
		}
		inside := o.t.Inside(i)
		if o.own {
			o.content(inside, t.Shape, true)
			o.dst = append(appendExtras(o.dst, o.t, t.More, ""), '}')
			continue
		}
		o.answer(p, inside)
	}
}

// answer writes the content of a result that came in another format.
func (o *chatOut) answer(p *core.Part, inside []core.Part) {
	texts, media := 0, false
	for i := range inside {
		switch q := &inside[i]; {
		case q.Kind == core.PartText:
			texts++
		case isMedia(q.Kind):
			media = true
		case q.Kind == core.PartOther:
			o.c.Drop("messages.content." + string(q.Type))
		}
	}
	o.dst = append(o.dst, `,"content":`...)
	switch {
	case texts > 1:
		o.dst = o.texts(append(o.dst, '['), inside)
		o.dst = append(o.dst, ']')
	case texts == 1:
		o.dst = append(o.joined(append(o.dst, '"'), inside), '"')
	case media:
		o.dst = append(o.dst, `"The result follows."`...)
	case p.Fails:
		o.dst = append(o.dst, `"The tool failed."`...)
	default:
		o.dst = append(o.dst, `""`...)
	}
	o.dst = append(o.dst, '}')
}

// texts appends the text parts as elements.
func (o *chatOut) texts(dst []byte, parts []core.Part) []byte {
	first := true
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartText {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(scan.AppendQuoted(append(dst, `{"type":"text","text":`...), p.Text), '}')
		}
	}
	return dst
}

// joined appends the text parts as one.
func (o *chatOut) joined(dst []byte, parts []core.Part) []byte {
	for i := range parts {
		if p := &parts[i]; p.Kind == core.PartText {
			dst = append(dst, p.Text...)
		}
	}
	return dst
}

func isMedia(k core.PartKind) bool {
	return k == core.PartImage || k == core.PartFile || k == core.PartAudio || k == core.PartVideo
}

// shown writes the images and files in the results of the turns from up to to.
func (o *chatOut) shown(from, to int) {
	if o.own {
		return
	}
	open := false
	for i := from; i < to; i++ {
		t := &o.c.Turns[i]
		result := -1
		for n := int(t.From); n < int(t.To); n++ {
			p := &o.t.Parts[n]
			if p.Kind == core.PartResult {
				result = n
			}
			if !isMedia(p.Kind) {
				continue
			}
			if !open {
				o.dst = append(o.dst, `,{"role":"user","content":[`...)
				open = true
			} else {
				o.dst = append(o.dst, ',')
			}
			if result >= 0 {
				o.dst = append(o.dst, `{"type":"text","text":"Result of the call `...)
				at := len(o.dst)
				o.id(&o.t.Parts[result])
				o.dst = append(unquoteAt(o.dst, at), `:"},`...)
				result = -1
			}
			o.part(p)
		}
	}
	if open {
		o.dst = append(o.dst, `]}`...)
	}
}

// unquoteAt removes the quotes of the string at the end of dst that starts at at.
func unquoteAt(dst []byte, at int) []byte {
	n := copy(dst[at:], dst[at+1:len(dst)-1])
	return dst[:at+n]
}

// answered writes the members of a message of the model after its role.
func (o *chatOut) answered(t *core.Turn) {
	parts := o.t.Parts[t.From:t.To]
	text, calls := 0, 0
	for i := range parts {
		switch p := &parts[i]; {
		case p.Kind == core.PartText:
			text++
		case p.Kind == core.PartCall:
			calls++
		case isMedia(p.Kind) && !o.own && p.ID == nil && len(p.Text) == 0:
			o.fault = body.Invalid("messages", "cannot send an image, file or audio in what the model said: chat completions have no such thing",
				"send it as the user's, or leave it out")
			return
		}
	}
	o.content(parts, t.Shape, calls == 0)
	o.thoughts(parts)
	o.beside(parts)
	o.calls(parts)
	if t.Name != nil {
		o.dst = appendTextMember(o.dst, "name", t.Name)
	}
	if o.own {
		except := ""
		if o.vendor != core.NoVendor && o.vendor != core.Google {
			except = "extra_content"
		}
		o.dst = appendExtras(o.dst, o.t, t.More, except)
	}
}

// beside writes the members that accompany the content: a refusal, an audio answer.
func (o *chatOut) beside(parts []core.Part) {
	for i := range parts {
		switch p := &parts[i]; {
		case p.Kind == core.PartRefusal && (!o.own || p.Shape&partMember != 0):
			o.dst = appendTextMember(o.dst, "refusal", p.Text)
		case p.Kind == core.PartAudio && p.ID != nil:
			o.dst = append(o.dst, `,"audio":{"id":`...)
			o.dst = scan.AppendQuoted(o.dst, p.ID)
			if o.own {
				o.dst = appendHeard(o.dst, p)
				o.dst = appendExtras(o.dst, o.t, p.More, "")
			}
			o.dst = append(o.dst, '}')
		}
	}
}

// appendHeard appends the members of an audio answer other than its id.
func appendHeard(dst []byte, p *core.Part) []byte {
	if p.Data != nil {
		dst = appendTextMember(dst, "data", p.Data)
	}
	if p.Text != nil {
		dst = appendTextMember(dst, "transcript", p.Text)
	}
	return dst
}
