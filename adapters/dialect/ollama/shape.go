package ollama

import (
	"asbru/core"
	"asbru/core/scan"
)

// How a request was written, so that it can be written again unchanged.

// nullable lists the top-level members that may be null. The index is the bit of Chat.Shape for one that was.
var nullable = [...]string{
	"messages", "tools", "format", "options", "stream", "think", "keep_alive", "prompt", "system", "images", "logprobs",
	"top_logprobs", "template", "context", "raw", "suffix",
}

// Further bits of Chat.Shape.
const (
	chatStream    uint32 = 1 << (iota + 18) // stream was given
	chatOptions                             // options was present
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
	turnContent uint16 = 1 << iota // content was present
	turnThought                    // thinking was present
	turnImages                     // images was []
	turnTool                       // tool_name was called name
)

// Bits of Part.Shape.
const (
	partMadeID   uint16 = 1 << iota // the id is not the client's
	partAnswered                    // a result for the call was read
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

// null records that a known top-level member was null, and keeps an unknown one.
func null(c *core.Chat, key, value []byte) {
	for i, name := range nullable {
		if string(key) == name {
			c.Shape |= 1 << i
			return
		}
	}
	c.Keep(&c.More, key, value)
}

// appendNulls appends the members that were null, each preceded by a comma.
func appendNulls(dst []byte, c *core.Chat) []byte {
	for i, name := range nullable {
		if c.Shape&(1<<i) != 0 && name != "stream" {
			dst = append(append(append(dst, `,"`...), name...), `":null`...)
		}
	}
	return dst
}

// appendExtras appends the members of a chain, with commas where necessary: with options only those of options, without
// the prefix of their keys, otherwise all others.
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

// comma appends a comma unless dst ends with the opening bracket of an object or an array.
func comma(dst []byte) []byte {
	if c := dst[len(dst)-1]; c != '{' && c != '[' {
		dst = append(dst, ',')
	}
	return dst
}

// inside returns the text between the quotes of the string raw, nil for any other value.
func inside(raw []byte) core.Text {
	text, _ := scan.Inside(raw)
	return text
}
