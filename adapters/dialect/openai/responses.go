package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// responses is the face of the Responses API:
// https://platform.openai.com/docs/api-reference/responses
//
// There a conversation is a list of items: messages, calls, results and thoughts. The items of one turn of
// the assistant become one Turn, whose parts record where an item begins, so that the same list can be
// written again.
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
	partTyped                // the item had type "message"
	partOddType              // the part's type is among its extras
	partAlone                // PartOther: an item of its own, not a part of a message
	partFollows              // PartThought: it belongs to the item that an earlier part began and keeps in Raw
	partRawMedia             // the original form of its media is among its extras
	partNoText               // a message without content
	partBareArgs             // the arguments were not a string
	partRawOut               // the output was neither string nor array and is among the extras
)

// Bits of Turn.Shape for turns that are one message item.
const (
	turnString       = 1 << iota // its content was a string
	turnTyped                    // it had type "message"
	turnInstructions             // it was the request's instructions
	turnNoContent                // it had no content
)

// ours reports whether c was read from this face, so that its extras and shapes are this face's.
func ours(c *core.Chat) bool { return c.From == &dialect && c.Op == core.OpResponses }

// separate ends the extras of an item in a part's chain. Those that follow are the part's own.
func separate(t *core.Tree, more *int32) { t.Keep(more, nil, nil) }

// appendChain appends the members of a chain, each preceded by a comma, up to its end or separator, and
// returns where the rest of it begins.
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

// appendField appends ,"key":text. The key must not need escapes.
func appendField(dst []byte, key string, text []byte) []byte {
	dst = append(append(append(dst, ',', '"'), key...), '"', ':')
	return scan.AppendQuoted(dst, text)
}

// appendRaw appends ,"key":value.
func appendRaw(dst []byte, key string, value []byte) []byte {
	dst = append(append(append(dst, ',', '"'), key...), '"', ':')
	return append(dst, value...)
}
