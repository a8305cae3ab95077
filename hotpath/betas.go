package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// betasOf is the list of an anthropic-beta header, which may have several lines, as a JSON array; nil: there is
// none. Bodies of Bedrock carry it so.
func betasOf(r *http1.Request, b []byte) []byte {
	var out []byte
	for i := range r.N {
		if fd := &r.Fields[i]; fd.ID == http1.AnthropicBeta {
			out = appendList(out, fd.Value.Of(b))
		}
	}
	if out == nil {
		return nil
	}
	return append(out, ']')
}

// appendList appends what a line lists to the JSON array out, which has no closing bracket and is nil while nothing
// has been listed.
func appendList(out, value []byte) []byte {
	if len(value) == 0 || bytes.IndexByte(value, '"') >= 0 || bytes.IndexByte(value, '\\') >= 0 {
		return out
	}
	if out == nil {
		out = []byte{'['}
	}
	for len(value) > 0 {
		var one []byte
		one, value, _ = bytes.Cut(value, []byte(","))
		if one = bytes.Trim(one, " \t"); len(one) == 0 {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), one...), '"')
	}
	return out
}

// appendBetas appends the header that says what a body of Bedrock said, for a server whose
// format has it there.
func (c *crossing) appendBetas(h []byte, x *core.Exchange) []byte {
	list := c.chat.Betas
	if len(list) < 4 || !listed(x.Face.Dialect.Forward, []byte("anthropic-beta")) || bytes.IndexByte(list, '\\') >= 0 {
		return h
	}
	var plain []byte
	for _, b := range list[1 : len(list)-1] {
		if b > ' ' && b < 0x7f && b != '"' {
			plain = append(plain, b)
		}
	}
	if known := x.Face.Betas; known != nil {
		return appendKnown(h, []byte("anthropic-beta"), plain, known)
	}
	h = append(append(h, "anthropic-beta: "...), plain...)
	return append(h, "\r\n"...)
}
