package cohere

import (
	"asbru/core"
	"asbru/core/scan"
)

// How a request was written, so that it can be written again unchanged.

// nullable lists the top-level members that may be null. The index is the bit of Chat.Shape for one that was.
var nullable = [...]string{
	"messages", "tools", "tool_choice", "strict_tools", "documents", "response_format", "max_tokens", "stop_sequences",
	"temperature", "seed", "frequency_penalty", "presence_penalty", "k", "p", "logprobs", "thinking", "stream",
}

// Further bits of Chat.Shape.
const (
	chatStreamNo    uint32 = 1 << (iota + 20) // stream was false
	chatStrict                                // strict_tools was true
	chatStrictNo                              // strict_tools was false
	chatOldSchema                             // the schema was called schema, not json_schema
	chatRawFormat                             // response_format is an extra
	chatRawThinking                           // thinking is an extra
	chatNoTools                               // tools was []
	chatNoDocuments                           // documents was []
	chatNoStops                               // stop_sequences was []
)

// Bits of Turn.Shape.
const (
	turnString    uint16 = 1 << iota // content was a string
	turnDocuments                    // not a message, but the documents of the request
)

// Bits of Part.Shape.
const (
	partPlan     uint16 = 1 << iota // the thought was tool_plan
	partString                      // the content of a result was a string
	partDocument                    // a document; Raw is all of it
	partNoType                      // a call without type
	partNoArgs                      // a call without arguments
	partRawFunc                     // function is an extra of the call
	partRawImage                    // image_url is an extra of the part
)

// Bits of Tool.Shape.
const (
	toolRawFunc  uint16 = 1 << iota // function is an extra
	toolNullNote                    // description was null
	toolNullSchema
)

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
		if c.Shape&(1<<i) != 0 && !(name == "stream" && c.Stream) {
			dst = append(append(append(dst, `,"`...), name...), `":null`...)
		}
	}
	return dst
}

// appendExtras appends the members of a chain to an object.
func appendExtras(dst []byte, t *core.Tree, more int32) []byte {
	for more != 0 {
		var e core.Extra
		e, more = t.Extra(more)
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(append(scan.AppendQuoted(dst, e.Key), ':'), e.Value...)
	}
	return dst
}

// member returns the value of the member name of the object raw, nil if it is absent or null.
func member(raw []byte, name string) []byte {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(key) == name {
			if scan.IsNull(value) {
				return nil
			}
			return value
		}
	}
}

// inside returns the text between the quotes of the string raw, nil for any other value.
func inside(raw []byte) core.Text {
	text, _ := scan.Inside(raw)
	return text
}
