package bedrock

import (
	"asbru/core"
	"asbru/core/scan"
)

// filler is a text without meaning, where Converse requires one.
const filler = `{"text":"."},`

// messages appends the conversation. In Converse the roles alternate and the user begins: consecutive turns of
// one role become one message, and a conversation that begins with the assistant, or is empty, gets a message
// of the user with a dot at the beginning.
func (q *requestWriter) messages(dst []byte) []byte {
	c := q.c
	q.open = openNone
	dst = append(dst, `"messages":[`...)
	for i := 0; i < len(c.Turns) && q.fault == nil; {
		if t := &c.Turns[i]; q.own {
			if i++; !instructs(t) {
				dst = q.turn(q.begin(q.end(dst), sideOf(t)), t, all)
			}
			if t.More != 0 && !instructs(t) {
				dst = appendChain(append(trimComma(dst), ']'), &c.Tree, t.More)
				dst = append(dst, "},"...)
				q.open = openNone
			}
			continue
		}
		// One message for consecutive turns of one side. Those of the user have results first, as Claude requires.
		from, role := i, sideOf(&c.Turns[i])
		for ; i < len(c.Turns) && (instructs(&c.Turns[i]) || sideOf(&c.Turns[i]) == role); i++ {
			if role == core.User {
				dst = q.turn(dst, &c.Turns[i], results)
			}
		}
		for ; from < i; from++ {
			dst = q.turn(dst, &c.Turns[from], all&^results)
		}
	}
	if q.written == 0 && !q.own {
		dst = append(q.begin(dst, core.User), filler...)
	}
	return append(trimComma(q.end(dst)), ']')
}

// instructs reports whether a turn belongs to system, which is not part of the conversation.
func instructs(t *core.Turn) bool { return t.Role == core.System || t.Role == core.Developer }

// sideOf returns the role of the message that a turn belongs to.
func sideOf(t *core.Turn) core.Role {
	if t.Role == core.Assistant {
		return core.Assistant
	}
	return core.User
}

// The parts of a turn to append.
const (
	results = 1 << iota // results of calls
	others
	all = results | others
)

// turn appends the parts of t that what selects.
func (q *requestWriter) turn(dst []byte, t *core.Turn, what int) []byte {
	if instructs(t) {
		return dst
	}
	for p := t.From; p < t.To && q.fault == nil; p += 1 + q.c.Parts[p].Inner {
		kind := others
		if q.c.Parts[p].Kind == core.PartResult && sideOf(t) == core.User {
			kind = results
		}
		if what&kind != 0 {
			dst = q.part(dst, sideOf(t), int(p))
		}
	}
	return dst
}

func trimComma(dst []byte) []byte {
	if dst[len(dst)-1] == ',' {
		return dst[:len(dst)-1]
	}
	return dst
}

// begin appends the head of a message.
func (q *requestWriter) begin(dst []byte, role core.Role) []byte {
	if role == core.Assistant {
		if q.written == 0 && !q.own {
			q.written++
			dst = append(dst, `{"role":"user","content":[`+filler[:len(filler)-1]+`]},`...)
		}
		dst = append(dst, `{"role":"assistant","content":[`...)
	} else {
		dst = append(dst, `{"role":"user","content":[`...)
	}
	q.open, q.parts, q.words, q.papers = role, 0, false, false
	q.written++
	return dst
}

// end completes the open message. If it has a document but no text, which Converse requires, it adds one.
func (q *requestWriter) end(dst []byte) []byte {
	if q.open == openNone {
		return dst
	}
	q.open = openNone
	if q.papers && !q.words && !q.own {
		dst = append(dst, filler...)
	}
	return append(trimComma(dst), "]},"...)
}

// part appends the part at i to a message of role, which it begins if necessary. For parts that are left out no
// message is begun.
func (q *requestWriter) part(dst []byte, role core.Role, i int) []byte {
	p := &q.c.Parts[i]
	if q.skips(p) {
		return dst
	}
	if q.open != role {
		dst = q.begin(q.end(dst), role)
	}
	q.parts++
	q.words = q.words || p.Kind == core.PartText || p.Kind == core.PartRefusal
	q.papers = q.papers || p.Kind == core.PartFile
	return q.block(dst, i)
}

// skips reports whether p is left out.
func (q *requestWriter) skips(p *core.Part) bool {
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		return !q.own && blank(p.Text)
	case core.PartThought, core.PartVeiled:
		if q.readable(p) {
			return false
		}
		q.c.Drop(core.LostThought)
		return true
	case core.PartOther:
		if !q.own {
			q.c.Drop(string(p.Type))
		}
		return !q.own
	}
	return false
}

// readable reports whether the model can read the signature of a thought. It does not accept thoughts without
// one. In a request of this family a signature without a mark is from Bedrock, for any model.
func (q *requestWriter) readable(p *core.Part) bool {
	if q.own && (p.Vendor == core.Anthropic || p.Vendor == core.Amazon || p.Vendor == core.NoVendor) {
		return true
	}
	return len(p.Sign) > 0 && p.Vendor == q.m.vendor && !(p.Kind == core.PartThought && p.Text == nil)
}

// block appends the part at i and its cache mark, each followed by a comma.
func (q *requestWriter) block(dst []byte, i int) []byte {
	p := &q.c.Parts[i]
	at := len(dst)
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		dst = appendText(dst, &q.c.Tree, p, q.own)
	case core.PartCall:
		dst = appendCall(dst, &q.c.Tree, p, q.own)
	case core.PartResult:
		dst = q.result(dst, i)
	case core.PartThought, core.PartVeiled:
		dst = appendThought(dst, &q.c.Tree, p, q.own)
	case core.PartOther:
		dst = append(dst, p.Raw...)
	default:
		dst = q.media(dst, p)
	}
	if len(dst) == at {
		return dst
	}
	dst = append(dst, ',')
	if p.Cache != nil && (q.own || q.m.caches()) {
		dst = appendCachePoint(dst, p.Cache)
	}
	return dst
}

// appendCachePoint appends the block that marks everything before it for the cache, and a comma.
func appendCachePoint(dst []byte, ttl core.Text) []byte {
	dst = append(dst, `{"cachePoint":{"type":"default"`...)
	if len(ttl) > 0 {
		dst = scan.AppendQuoted(append(dst, `,"ttl":`...), ttl)
	}
	return append(dst, "}},"...)
}

// result appends the result of a tool with its content.
func (q *requestWriter) result(dst []byte, i int) []byte {
	c := q.c
	p := &c.Parts[i]
	dst = append(dst, `{"toolResult":{"toolUseId":`...)
	dst = append(appendID(dst, p.ID, q.own), `,"content":[`...)
	for j, end := i+1, i+1+int(p.Inner); j < end; j += 1 + int(c.Parts[j].Inner) {
		in := &c.Parts[j]
		at := len(dst)
		switch {
		case in.Kind == core.PartText && in.Shape == shapeJSON && q.own:
			dst = append(scan.AppendUnescaped(append(dst, `{"json":`...), in.Text), '}')
		case in.Kind == core.PartText || in.Kind == core.PartRefusal:
			if q.own || !blank(in.Text) {
				dst = appendText(dst, &c.Tree, in, q.own)
			}
		case in.Kind == core.PartOther:
			if q.own {
				dst = append(dst, in.Raw...)
			} else {
				c.Drop(string(in.Type))
			}
		case in.Kind == core.PartImage || in.Kind == core.PartFile || in.Kind == core.PartVideo || in.Kind == core.PartAudio:
			dst = q.media(dst, in)
		}
		if len(dst) > at {
			dst = append(dst, ',')
		}
	}
	dst = append(trimComma(dst), ']')
	switch {
	case p.Fails:
		dst = append(dst, `,"status":"error"`...)
	case q.own && p.Shape&shapeStatus != 0:
		dst = append(dst, `,"status":"success"`...)
	}
	if q.own {
		dst = appendChain(dst, &c.Tree, p.More)
	}
	return append(dst, "}}"...)
}
