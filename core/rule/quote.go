package rule

import (
	"strings"
	"unicode/utf8"
)

// string reads a string literal (CEL language definition, "String and Bytes
// Values"): in one or three quotes of either kind, raw or with escapes.
func (l *lexer) string(t token, raw bool) token {
	quote := l.src[l.pos : l.pos+1]
	long := strings.HasPrefix(l.src[l.pos:], quote+quote+quote)
	if long {
		quote += quote + quote
	}
	l.pos += len(quote)
	var b strings.Builder
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch c := rest[0]; {
		case strings.HasPrefix(rest, quote):
			l.pos += len(quote)
			t.kind, t.s = tokString, b.String()
			if !utf8.ValidString(t.s) {
				l.fail(t.at, "the string is not UTF-8", "")
			}
			return t
		case !long && (c == '\n' || c == '\r'):
			l.fail(t.at, "the string does not end on its line", "end it with "+quote)
			return token{at: t.at}
		case c == '\\' && !raw:
			if !l.escape(&b, rest) {
				return token{at: t.at}
			}
		default:
			b.WriteByte(c)
			l.pos++
		}
	}
	l.fail(t.at, "the string does not end", "end it with "+quote)
	return token{at: t.at}
}

// escape reads the escape sequence at the beginning of rest.
func (l *lexer) escape(b *strings.Builder, rest string) bool {
	if len(rest) < 2 {
		l.pos++
		return true // the string does not end: its reader reports that
	}
	if i := strings.IndexByte("abfnrtv\\\"'`?", rest[1]); i >= 0 {
		b.WriteByte("\a\b\f\n\r\t\v\\\"'`?"[i])
		l.pos += 2
		return true
	}
	var code rune
	var ok bool
	n := 0
	switch c := rest[1]; {
	case c == 'x' || c == 'X':
		n = 4
		code, ok = codeOf(rest, 2, n, 16)
	case c == 'u':
		n = 6
		code, ok = codeOf(rest, 2, n, 16)
	case c == 'U':
		n = 10
		code, ok = codeOf(rest, 2, n, 16)
	case c >= '0' && c <= '3':
		n = 4
		code, ok = codeOf(rest, 1, n, 8)
	}
	if !ok || !utf8.ValidRune(code) {
		l.fail(l.pos, "the escape is not one that strings have", `write \\ for a backslash, or put r before the quotes`)
		return false
	}
	b.WriteRune(code)
	l.pos += n
	return true
}

// codeOf reads the digits rest[from:to] as a code point.
func codeOf(rest string, from, to int, base rune) (code rune, ok bool) {
	if len(rest) < to {
		return 0, false
	}
	for _, c := range []byte(rest[from:to]) {
		d := rune(nibble(c))
		if d >= base || code > utf8.MaxRune {
			return 0, false
		}
		code = code*base + d
	}
	return code, true
}
