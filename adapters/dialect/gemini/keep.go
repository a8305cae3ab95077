package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// appendKept appends a request that came in this format: its original bytes, except for what was changed in the neutral
// form. The order of members may change.
func appendKept(dst []byte, c *core.Chat, s *core.Send) []byte {
	dst = append(dst, '{')
	if key, value := hidden(c, kModel); key != nil {
		dst = appendModel(append(scan.AppendQuoted(sep(dst), key), ':'), value, s.Model)
	}
	dst = keptContents(dst, c)
	dst = keptSystem(dst, c)
	dst = keptTools(dst, c)
	dst = keptConfig(dst, c)
	for n := int32(c.Shape); n != 0; {
		var e core.Extra
		if e, n = c.Extra(n); word(e.Key) == kCachedContent {
			dst = append(append(scan.AppendQuoted(sep(dst), e.Key), ':'), e.Value...)
		}
	}
	for n := c.More; n != 0; {
		var e core.Extra
		if e, n = c.Extra(n); e.Value != nil {
			dst = append(append(scan.AppendQuoted(sep(dst), e.Key), ':'), e.Value...)
		}
	}
	return append(dst, '}')
}

// appendModel appends the model's name after the path that precedes it in value, the client's name.
func appendModel(dst, value, model []byte) []byte {
	path, ok := scan.Inside(value)
	if !ok || len(model) == 0 {
		return append(dst, value...)
	}
	dst = append(append(dst, '"'), path[:bytes.LastIndexByte(path, '/')+1]...)
	if i := bytes.LastIndexByte(model, '/'); i >= 0 {
		model = model[i+1:]
	}
	return append(scan.AppendEscaped(dst, model), '"')
}

// inContents reports whether a turn is in contents, and not in systemInstruction.
func inContents(t *core.Turn) bool {
	return t.Shape&turnSystem == 0 && (t.More != 0 || t.Shape&turnJoined != 0 || !instructs(t.Role))
}

func keptContents(dst []byte, c *core.Chat) []byte {
	key, value := hidden(c, kContents)
	if key == nil {
		key = []byte("contents")
	}
	dst = append(scan.AppendQuoted(sep(dst), key), ':')
	at := len(dst)
	dst = append(dst, '[')
	n := 0
	for i := 0; i < len(c.Turns); {
		if !inContents(&c.Turns[i]) {
			i++
			continue
		}
		j := joined(c, i)
		dst = keptContent(sep(dst), c, i, j)
		i = j
		n++
	}
	if value != nil && n == 1 { // a single content, without the list
		k := copy(dst[at:], dst[at+1:])
		return dst[:at+k]
	}
	return append(dst, ']')
}

// joined returns the index after the turns of the content that begins at i.
func joined(c *core.Chat, i int) int {
	for i++; i < len(c.Turns) && c.Turns[i].Shape&turnJoined != 0; i++ {
	}
	return i
}

// keptContent appends the content that the turns from i to j are.
func keptContent(dst []byte, c *core.Chat, i, j int) []byte {
	t := &c.Turns[i]
	from, to := t.From, c.Turns[j-1].To
	if t.More == 0 {
		dst = append(dst, `{"role":"`...)
		if t.Role == core.Assistant {
			dst = append(dst, `model`...)
		} else {
			dst = append(dst, `user`...)
		}
		return append(keptParts(append(dst, `","parts":[`...), &c.Tree, from, to), `]}`...)
	}
	e, _ := c.Extra(t.More)
	if same(&c.Tree, from, to, int(t.Shape>>turnBits)) {
		return append(dst, e.Value...)
	}
	return rewritten(dst, &c.Tree, e.Value, from, to)
}

// rewritten appends the content raw with its parts replaced by those from from to to.
func rewritten(dst []byte, t *core.Tree, raw []byte, from, to int32) []byte {
	dst = append(dst, '{')
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		if word(key) != kParts {
			dst = append(append(scan.AppendQuoted(sep(dst), key), ':'), value...)
		}
	}
	return append(keptParts(append(field(dst, "parts"), '['), t, from, to), `]}`...)
}

func keptParts(dst []byte, t *core.Tree, from, to int32) []byte {
	for i := from; i < to; i += 1 + t.Parts[i].Inner {
		p := &t.Parts[i]
		switch {
		case p.Shape&partLent != 0:
		case p.More != 0 && !changed(t, i):
			e, _ := t.Extra(p.More)
			dst = append(sep(dst), e.Value...)
		default:
			dst = appendPart(dst, t, i)
		}
	}
	return dst
}

// keptSystem appends the member systemInstruction, with what was added to it.
func keptSystem(dst []byte, c *core.Chat) []byte {
	own, added := -1, 0
	for i := range c.Turns {
		switch t := &c.Turns[i]; {
		case inContents(t):
		case t.More != 0 && own < 0:
			own = i
		case t.Shape&turnJoined == 0:
			added++
		}
	}
	key, value := hidden(c, kSystemInstruction)
	if own < 0 && added == 0 {
		if key != nil && len(c.Turns) == 0 {
			dst = append(append(scan.AppendQuoted(sep(dst), key), ':'), value...)
		}
		return dst
	}
	if key == nil {
		key = []byte("systemInstruction")
	}
	dst = append(scan.AppendQuoted(sep(dst), key), ':')
	if added == 0 {
		if _, bare := scan.Inside(value); bare {
			return scan.AppendQuoted(dst, c.Parts[c.Turns[own].From].Text)
		}
		return keptContent(dst, c, own, joined(c, own))
	}
	dst = append(dst, `{"parts":[`...)
	for i := range c.Turns {
		if t := &c.Turns[i]; !inContents(t) {
			dst = keptParts(dst, &c.Tree, t.From, t.To)
		}
	}
	return append(dst, `]}`...)
}
