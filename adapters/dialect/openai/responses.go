package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// responses is the face of the Responses API:
// https://platform.openai.com/docs/api-reference/responses
//
// A conversation is a list of items there: messages, calls, results and thoughts stand
// side by side. The items of one assistant turn become one Turn whose parts remember
// where an item began, so that the same list comes out again.
var responses = &core.ChatCodec{
	Framing:       core.FramingSSE,
	ParseRequest:  parseAsk,
	AppendRequest: appendAsk,
	ParseReply:    parseResponse,
	AppendReply:   appendResponse,
	ParseEvent:    parseResponsesEvent,
	AppendEvent:   appendResponsesEvent,
}

// Bits of Part.Shape.
const (
	partBegins   = 1 << iota // the first part of an item; its extras begin with the item's, up to a separator
	partString               // the content, or the output of a result, was a string
	partTyped                // the item said type "message"
	partOddType              // the part's type is among its extras
	partAlone                // PartOther: an item of its own, not a part of a message
	partFollows              // PartThought: of the item that an earlier part began and keeps in Raw
	partRawMedia             // how its media is written is among its extras
	partNoText               // a message without content
	partBareArgs             // the arguments were no string
	partRawOut               // the output was neither string nor array and is among the extras
)

// Bits of Turn.Shape for turns that are one message item.
const (
	turnString       = 1 << iota // its content was a string
	turnTyped                    // it said type "message"
	turnInstructions             // it was the request's instructions
	turnNoContent                // it had no content at all
)

// ours reports whether c was read from this face, whose extras and shapes then hold.
func ours(c *core.Chat) bool { return c.From == &dialect && c.Op == core.OpResponses }

// separate ends the extras of an item in a part's chain: what follows is the part's own.
func separate(t *core.Tree, more *int32) { t.Keep(more, nil, nil) }

// appendChain appends the members of a chain, each behind a comma, up to its end or
// separator, and returns where the rest of it begins.
func appendChain(dst []byte, t *core.Tree, n int32) ([]byte, int32) {
	for n != 0 {
		e, next := t.Extra(n)
		if e.Value == nil {
			return dst, next
		}
		dst = append(append(scan.AppendQuoted(append(dst, ','), e.Key), ':'), e.Value...)
		n = next
	}
	return dst, 0
}

// appendField appends ,"key":text. The key needs no escapes.
func appendField(dst []byte, key string, text []byte) []byte {
	dst = append(append(append(dst, ',', '"'), key...), '"', ':')
	return scan.AppendQuoted(dst, text)
}

// appendRaw appends ,"key":value.
func appendRaw(dst []byte, key string, value []byte) []byte {
	dst = append(append(append(dst, ',', '"'), key...), '"', ':')
	return append(dst, value...)
}
