package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// Vertex can stream the arguments of a call, if streamFunctionCallArguments is set: a part with the name, parts with
// partialArgs, each of which is a path and the scalar or the piece of a string at it, and a last part without a name. Paths
// come in the order of the arguments' text, so that it can be passed on piece by piece.
//
// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling,
// https://pkg.go.dev/google.golang.org/genai#PartialArg

// The block of such a call has the Key streamed, and its Held is the path of the last argument, as written by appendPath.
// Quoted: that argument is a string, which may continue.
const streamed = 1

// A functionCall is the raw members of a functionCall.
type functionCall struct {
	id, name core.Text
	args     []byte // an object; nil: none
	partial  []byte // partialArgs; nil: none
	more     bool   // willContinue
}

func (c *functionCall) read(raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch word(key) {
		case kID:
			c.id, _ = scan.Inside(value)
		case kName:
			c.name, _ = scan.Inside(value)
		case kArgs:
			if opens(value, '{') {
				c.args = value
			}
		}
		switch string(key) {
		case "partialArgs", "partial_args":
			if opens(value, '[') {
				c.partial = value
			}
		case "willContinue", "will_continue":
			c.more = string(value) == "true"
		}
	}
}

// streamed reports whether c is the beginning of a call that comes in pieces, or one of them.
func (c *functionCall) streamed() bool { return c.args == nil && (c.partial != nil || c.more) }

// goesOn returns the choice's open call if c continues it, otherwise -1.
func (s *streaming) goesOn(choice int32, c *functionCall) int32 {
	n := s.open(choice)
	if n < 0 || s.x.Blocks[n].Key != streamed || s.x.Blocks[n].Kind != core.PartCall {
		return -1
	}
	if len(c.name) > 0 && (len(c.id) == 0 || !bytes.Equal(c.id, s.x.Blocks[n].ID)) {
		return -1
	}
	return n
}

// sign emits the signature of the call in block n, which any of its parts may have.
func (s *streaming) sign(n int32, m *members) {
	sign, _ := scan.Inside(m.sign)
	if b := &s.x.Blocks[n]; len(sign) > 0 && len(b.Sign) == 0 {
		vendor, own := s.signOf(sign)
		b.Sign, b.Vendor = append(b.Sign, own...), vendor
		s.add(core.Event{Kind: core.EventSign, Choice: b.Choice, Block: n})
	}
}

// more emits what c adds to the call in block n.
func (s *streaming) more(n int32, c *functionCall) {
	w := scan.Elements(c.partial)
	for {
		_, arg, ok := w.Next()
		if !ok {
			break
		}
		s.argue(n, arg)
	}
	if !c.more {
		s.close(n)
	}
}

// argue emits one argument.
func (s *streaming) argue(n int32, arg []byte) {
	b := &s.x.Blocks[n]
	a := argued{held: b.Held, quoted: b.Quoted}
	piece := a.append(s.x.R.Aux[:0], arg)
	b.Held, b.Quoted = a.held, a.quoted
	s.delta(n, piece)
	s.x.R.Aux = piece
}

// An argued is the state of arguments that come in pieces. Its zero value is their beginning.
type argued struct {
	held   []byte // the path of the last argument, as written by appendPath
	quoted bool   // that argument is a string, which may continue
}

// append appends what arg, an element of partialArgs, adds to the text of the arguments. One that cannot follow the last one, or
// has no value, adds nothing.
func (a *argued) append(dst, arg []byte) []byte {
	path, value := place(arg)
	next := appendPath(nil, scan.AppendUnescaped(nil, path))
	text, isText := scan.Inside(value)
	switch {
	case len(next) == 0 || len(value) == 0:
		return dst
	case bytes.Equal(next, a.held):
		if a.quoted && isText {
			dst = append(dst, text...)
		}
		return dst
	}
	at := len(dst)
	if a.quoted {
		dst = append(dst, '"')
	}
	to := appendStep(dst, a.held, next)
	if to == nil {
		return dst[:at]
	}
	if a.quoted = isText; isText {
		to = append(append(to, '"'), text...)
	} else {
		to = append(to, value...)
	}
	a.held = append(a.held[:0], next...)
	return to
}

// place is the path of one argument, and its value; nil: it has none.
func place(arg []byte) (path, value []byte) {
	w := scan.Members(arg)
	for {
		key, v, ok := w.Next()
		if !ok {
			return path, value
		}
		switch string(key) {
		case "jsonPath", "json_path":
			path, _ = scan.Inside(v)
		case "stringValue", "string_value", "numberValue", "number_value", "boolValue", "bool_value":
			value = v
		case "nullValue", "null_value":
			value = []byte("null")
		}
	}
}

// end appends what the text lacks to be whole.
func (a *argued) end(dst []byte) []byte {
	if a.quoted {
		dst = append(dst, '"')
	}
	if len(a.held) == 0 {
		return append(dst, "{}"...)
	}
	return appendEnds(dst, a.held, -1)
}

// delta emits piece, a part of the text of arguments.
func (s *streaming) delta(n int32, piece []byte) {
	if len(piece) == 0 {
		return
	}
	at := len(s.x.R.Buf)
	s.x.R.Buf = scan.AppendEscaped(s.x.R.Buf, piece)
	s.add(core.Event{Kind: core.EventDelta, Choice: s.x.Blocks[n].Choice, Block: n, Text: s.x.R.Buf[at:]})
}

// complete emits the brackets that the arguments of the call in block n still lack.
func (s *streaming) complete(n int32) {
	b := &s.x.Blocks[n]
	a := argued{held: b.Held, quoted: b.Quoted}
	piece := a.end(s.x.R.Aux[:0])
	s.delta(n, piece)
	s.x.R.Aux, b.Quoted = piece, false
}
