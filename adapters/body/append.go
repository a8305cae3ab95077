package body

import (
	"asbru/core"
	"asbru/core/scan"
)

// An edit replaces a range of the body.
type edit struct {
	at   core.Span
	kind editKind
}

type editKind uint8

const (
	cut        editKind = iota // nothing in its place
	putModel                   // the model's name, quoted
	putTrue                    // true
	putOptions                 // an object that asks for usage
	addOption                  // a first member of stream_options, more follow
	addOnly                    // the only member of stream_options
	addOptions                 // a first member of the body: stream_options
	maxEdits   = 3
)

var editText = [...]string{
	putTrue:    `true`,
	putOptions: `{"include_usage":true}`,
	addOption:  `"include_usage":true,`,
	addOnly:    `"include_usage":true`,
	addOptions: `"stream_options":{"include_usage":true},`,
}

// Append appends body as the face of s wants it: with the model of s for its own, without fallbacks,
// asking for usage in a stream if the face understands that, and with what else it changes, unless op is
// OpPass. An empty model leaves the client's own.
func Append(dst, body []byte, op core.Op, p *core.Peek, s core.Send) []byte {
	f, model := s.Face, s.Model
	var edits [maxEdits]edit
	n, at := 0, len(dst)
	if p.ModelAt.Present() && len(model) > 0 && string(model) != string(p.Model) {
		n = insert(&edits, n, edit{p.ModelAt, putModel})
	}
	if p.FallsAt.Present() {
		n = insert(&edits, n, edit{member(body, p.FallsAt), cut})
	}
	if p.Stream && !p.AskUsage && f != nil && f.AskUsage && (op == core.OpChat || op == core.OpCompletion) {
		n = insert(&edits, n, askUsage(body, p))
	}
	from := int32(0)
	for _, e := range edits[:n] {
		dst = append(dst, body[from:e.at.Start]...)
		if e.kind == putModel {
			dst = scan.AppendString(dst, model)
		} else {
			dst = append(dst, editText[e.kind]...)
		}
		from = e.at.End
	}
	dst = append(dst, body[from:]...)
	if op == core.OpPass { // what f changes are fields of conversations; elsewhere they may mean something
		return dst
	}
	return Edit(dst, at, f)
}

// Edit makes the object dst[at:] what f's server takes: with the members to insert,
// without those it refuses, and with others by the name it has for them. Every
// AppendRequest ends with it. A nil f changes nothing.
func Edit(dst []byte, at int, f *core.Face) []byte {
	if f == nil || len(f.Insert) == 0 && len(f.Cut) == 0 && len(f.Rename) == 0 {
		return dst
	}
	end := len(dst)
	dst = scan.AppendEdited(dst, dst[at:end:end], f.Insert, f.Cut, f.Rename)
	n := copy(dst[at:], dst[end:])
	return dst[:at+n]
}

// insert keeps the first n edits in the order of their place, an insertion before
// what is cut behind it.
func insert(edits *[maxEdits]edit, n int, e edit) int {
	i := n
	for i > 0 && (edits[i-1].at.Start > e.at.Start || edits[i-1].at.Start == e.at.Start && edits[i-1].at.End > e.at.End) {
		edits[i] = edits[i-1]
		i--
	}
	edits[i] = e
	return n + 1
}

// askUsage is the edit that sets stream_options.include_usage.
func askUsage(body []byte, p *core.Peek) edit {
	switch {
	case p.UsageAt.Present():
		return edit{p.UsageAt, putTrue}
	case !p.OptionsAt.Present():
		// The body is an object with a model in it, so a comma may follow.
		at := forward(body, 0) + 1
		return edit{core.Span{Start: at, End: at}, addOptions}
	case body[p.OptionsAt.Start] != '{': // null
		return edit{p.OptionsAt, putOptions}
	}
	at := p.OptionsAt.Start + 1
	if body[forward(body, at)] == '}' {
		return edit{core.Span{Start: at, End: at}, addOnly}
	}
	return edit{core.Span{Start: at, End: at}, addOption}
}

// member widens the Span of a value to its whole member: key, colon and one of
// the commas beside it. The unescaped key must hold no quote.
func member(body []byte, value core.Span) core.Span {
	start := back(body, value.Start) // behind the colon
	start = back(body, start-1) - 1  // at the closing quote
	for start--; body[start] != '"'; start-- {
	}
	end := value.End
	if i := forward(body, end); body[i] == ',' {
		return core.Span{Start: start, End: i + 1}
	}
	if i := back(body, start); body[i-1] == ',' {
		start = i - 1
	}
	return core.Span{Start: start, End: end}
}

// forward is the offset of the first byte from i that is no white space, back of
// the byte behind the last one before i. The body is valid: there is one.
func forward(body []byte, i int32) int32 {
	for isSpace(body[i]) {
		i++
	}
	return i
}

func back(body []byte, i int32) int32 {
	for isSpace(body[i-1]) {
		i--
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
