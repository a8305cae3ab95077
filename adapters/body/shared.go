package body

import (
	"asbru/core"
	"asbru/core/scan"
)

// AppendLine appends the JSON value raw without line breaks, which would end the line of an
// event. In valid JSON they stand between tokens only.
func AppendLine(dst, raw []byte) []byte {
	at := len(dst)
	dst = append(dst, raw...)
	for i, c := range dst[at:] {
		if c == '\n' || c == '\r' {
			dst[at+i] = ' '
		}
	}
	return dst
}

// Texts adds the texts of the array raw to what is to be embedded. It reports false when raw
// is no array of texts.
func Texts(e *core.Embed, raw []byte) bool {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return raw[0] == '['
		}
		text, isText := scan.Inside(value)
		if !isText {
			return false
		}
		e.Inputs = append(e.Inputs, core.Input{Text: text})
	}
}

// Keep puts a member called name into a chain of what is written again as it came.
func Keep(t *core.Tree, more *int32, name string, value []byte) {
	t.Keep(more, t.Took(append(t.Room(), name...)), value)
}
