package ollama

import (
	"asbru/core"
	"asbru/core/scan"
)

// How a request was written, for it to be written so again.

// nullable lists the top-level members that may be null; the index is the bit of
// Chat.Shape that says that one was.
var nullable = [...]string{
	"messages", "tools", "format", "options", "stream", "think", "keep_alive", "prompt", "system", "images", "logprobs",
	"top_logprobs", "template", "context", "raw", "suffix",
}

// Further bits of Chat.Shape.
const (
	chatStream    uint32 = 1 << (iota + 18) // stream was said
	chatOptions                             // options was there
	chatNoTools                             // tools was []
	chatNoFormat                            // format was ""
	chatRawFormat                           // format is an extra
	chatRawThink                            // think is an extra
	chatStopText                            // options.stop was a string
	chatNoStops                             // options.stop was []
	chatNoSystem                            // system was ""
	chatNoImages                            // images was []
)

// Bits of Turn.Shape.
const (
	turnContent uint16 = 1 << iota // content was there
	turnThought                    // thinking was there
	turnImages                     // images was []
	turnTool                       // tool_name was called name
)

// Bits of Part.Shape.
const (
	partMadeID   uint16 = 1 << iota // the id is not the client's
	partAnswered                    // a result for the call was met
	partNoArgs                      // a call without arguments
	partRawFunc                     // function is an extra of the call
	partType                        // a call with type
)

// Bits of Tool.Shape.
const (
	toolRawFunc uint16 = 1 << iota // function is an extra
	toolNullNote
	toolNullSchema
)

const optionsDot = "options."

// null notes that a known top-level member was null, and keeps an unknown one.
func null(c *core.Chat, key, value []byte) {
	for i, name := range nullable {
		if string(key) == name {
			c.Shape |= 1 << i
			return
		}
	}
	c.Keep(&c.More, key, value)
}

// appendNulls appends the members that were null, each behind a comma.
func appendNulls(dst []byte, c *core.Chat) []byte {
	for i, name := range nullable {
		if c.Shape&(1<<i) != 0 && name != "stream" {
			dst = append(append(append(dst, `,"`...), name...), `":null`...)
		}
	}
	return dst
}

// appendExtras appends the members of a chain, each behind a comma if need be; of those
// of options only these, or all others, the keys without what marks them.
func appendExtras(dst []byte, t *core.Tree, more int32, options bool) []byte {
	for more != 0 {
		var e core.Extra
		e, more = t.Extra(more)
		key := e.Key
		of := len(key) > len(optionsDot) && string(key[:len(optionsDot)]) == optionsDot
		if of != options {
			continue
		}
		if of {
			key = key[len(optionsDot):]
		}
		dst = append(append(scan.AppendQuoted(comma(dst), key), ':'), e.Value...)
	}
	return dst
}

// comma appends one unless dst ends where an object or an array begins.
func comma(dst []byte) []byte {
	if c := dst[len(dst)-1]; c != '{' && c != '[' {
		dst = append(dst, ',')
	}
	return dst
}

// inside returns the text of the string raw, nil if it is none.
func inside(raw []byte) core.Text {
	text, _ := scan.Inside(raw)
	return text
}
