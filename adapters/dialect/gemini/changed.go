package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// same reports whether the parts are the n parts with which a content was read, unchanged.
func same(t *core.Tree, from, to int32, n int) bool {
	for i := from; i < to; i += 1 + t.Parts[i].Inner {
		if t.Parts[i].Shape&partLent != 0 {
			continue
		}
		if n--; t.Parts[i].More == 0 || changed(t, i) {
			return false
		}
	}
	return n == 0
}

// changed reports whether the part at i differs from the object that it was read from.
func changed(t *core.Tree, i int32) bool {
	p := &t.Parts[i]
	e, _ := t.Extra(p.More)
	switch p.Kind {
	case core.PartText, core.PartThought:
		_, value := member(e.Value, kText)
		text, _ := scan.Inside(value)
		return !bytes.Equal(text, p.Text)
	case core.PartCall:
		_, call := member(e.Value, kFunctionCall)
		_, args := member(call, kArgs)
		return p.Wraps || !bytes.Equal(args, p.Args) && (p.Args != nil || len(args) > 0 && args[0] == '{')
	case core.PartResult:
		_, result := member(e.Value, kFunctionResponse)
		_, response := member(result, kResponse)
		return !answers(t.Inside(int(i)), response)
	}
	return false
}

// answers reports whether the text in a result is that of response.
func answers(inside []core.Part, response []byte) bool {
	text, whole, _ := resultOf(response)
	if text == nil && whole == nil {
		return len(inside) == 0 || inside[0].Kind != core.PartText
	}
	if len(inside) == 0 || inside[0].Kind != core.PartText {
		return false
	}
	if whole != nil {
		return escapes(inside[0].Text, whole)
	}
	return bytes.Equal(inside[0].Text, text)
}

// escapes reports whether text is the result of AppendEscaped for plain.
func escapes(text core.Text, plain []byte) bool {
	var room [256]byte
	for len(plain) > 0 {
		n := min(len(plain), len(room)/6)
		for n < len(plain) && n > 0 && plain[n]&0xc0 == 0x80 { // to a character boundary
			n--
		}
		if n == 0 {
			n = len(plain)
		}
		out := scan.AppendEscaped(room[:0], plain[:n])
		if !bytes.HasPrefix(text, out) {
			return false
		}
		text, plain = text[len(out):], plain[n:]
	}
	return len(text) == 0
}
