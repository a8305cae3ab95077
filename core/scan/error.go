package scan

import (
	"strconv"
	"unicode/utf8"
)

// A Kind says what is wrong with a document.
type Kind uint8

const (
	OK        Kind = iota
	Truncated      // the document ends early
	Syntax         // a byte that the grammar does not allow here
	Control        // an unescaped control byte in a string
	Escape         // an escape sequence that JSON does not have
	Surrogate      // half a surrogate pair, escaped, in a key
	UTF8           // invalid UTF-8
	Number         // a malformed number
	Deep           // more than MaxDepth levels
	Many           // more than MaxKeys keys
	Trailing       // bytes after the document
	BOM            // a byte order mark
	NotObject      // the top level is no object
	Duplicate      // a key twice in one object
	Twin           // a key that differs from another, or from a wanted one, in case only
	Long           // more than MaxBytes bytes
)

var kindText = [...]string{
	OK:        "nothing is wrong",
	Truncated: "the document ends early",
	Syntax:    "unexpected byte",
	Control:   "unescaped control byte in a string",
	Escape:    "invalid escape in a string",
	Surrogate: "half a surrogate pair in a key",
	UTF8:      "invalid UTF-8",
	Number:    "malformed number",
	Deep:      "more than 512 levels of nesting",
	Many:      "more than 10000 keys",
	Trailing:  "more bytes after the document",
	BOM:       "byte order mark",
	NotObject: "the top level is not an object",
	Duplicate: "duplicate key",
	Twin:      "case variant of another or a known key",
	Long:      "more than 2147483647 bytes",
}

// String describes k in words, without a period.
func (k Kind) String() string { return kindText[k] }

// An Error says what is wrong with a document and where.
type Error struct {
	Kind   Kind
	Offset int    // in bytes, from the start of the document
	Key    string // for Duplicate and Twin: the key, as written in the document, shortened
}

// Error returns one sentence without a period.
func (e *Error) Error() string {
	b := make([]byte, 0, 96)
	b = append(b, e.Kind.String()...)
	if e.Key != "" {
		b = append(b, ' ')
		b = strconv.AppendQuote(b, e.Key)
	}
	b = append(b, " at byte "...)
	return string(strconv.AppendInt(b, int64(e.Offset), 10))
}

// shown shortens name for a message, at a character boundary.
func shown(name []byte) string {
	if len(name) <= maxNameShown {
		return string(name)
	}
	n := maxNameShown
	for n > 0 && !utf8.RuneStart(name[n]) {
		n--
	}
	return string(name[:n]) + "…"
}
