package rule

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokName
	tokString
	tokInt
	tokDouble
	tokOp
)

// A token is one name, operator or literal of a condition.
type token struct {
	kind tokenKind
	at   int
	text string // a name, an operator, or a number as written
	s    string // a string's value
}

// A lexer splits a condition into tokens.
type lexer struct {
	src string
	pos int
	err *Error // the first error; nothing is read after it
}

func (l *lexer) fail(at int, message, hint string) {
	if l.err == nil {
		l.err = &Error{Offset: at, Message: message, Hint: hint}
	}
}

func (l *lexer) blank() {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			l.pos++
		case strings.HasPrefix(l.src[l.pos:], "//"):
			if n := strings.IndexByte(l.src[l.pos:], '\n'); n >= 0 {
				l.pos += n
			} else {
				l.pos = len(l.src)
			}
		default:
			return
		}
	}
}

// next reads a token. After an error it always returns the end.
func (l *lexer) next() token {
	l.blank()
	t := token{at: l.pos}
	if l.err != nil || l.pos == len(l.src) {
		return t
	}
	rest := l.src[l.pos:]
	switch c := rest[0]; {
	case c == '"' || c == '\'':
		return l.string(t, false)
	case (c == 'r' || c == 'R') && len(rest) > 1 && (rest[1] == '"' || rest[1] == '\''):
		l.pos++
		return l.string(t, true)
	case isLetter(c):
		n := 1
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
			n++
		}
		t.kind, t.text = tokName, rest[:n]
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.number(t, rest)
	default:
		if t.kind, t.text = tokOp, operator(rest); t.text == "" {
			l.strange(rest)
			return token{at: t.at}
		}
	}
	l.pos += len(t.text)
	return t
}

// operator returns the longest operator that rest begins with.
func operator(rest string) string {
	if len(rest) >= 2 {
		switch rest[:2] {
		case "&&", "||", "==", "!=", "<=", ">=":
			return rest[:2]
		}
	}
	if strings.IndexByte("!<>()[],.?:-+*/%{}", rest[0]) >= 0 {
		return rest[:1]
	}
	return ""
}

func (l *lexer) strange(rest string) {
	r, _ := utf8.DecodeRuneInString(rest)
	hint := ""
	switch r {
	case '=':
		hint = "write =="
	case '&', '|':
		hint = "write " + string(r) + string(r)
	case '“', '”', '‘', '’':
		hint = "write straight quotes"
	}
	l.fail(l.pos, fmt.Sprintf("%q means nothing here", r), hint)
}

// number reads a numeric literal, whose sign is an operator.
func (l *lexer) number(t token, rest string) token {
	n := digits(rest, 0, isDigit)
	t.kind = tokInt
	if n == 1 && rest[0] == '0' && len(rest) > 1 && (rest[1] == 'x' || rest[1] == 'X') {
		n = digits(rest, 2, func(c byte) bool { return nibble(c) < 16 })
	} else {
		if n < len(rest) && rest[n] == '.' {
			if m := digits(rest, n+1, isDigit); m > n+1 {
				t.kind, n = tokDouble, m
			}
		}
		if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
			m := n + 1
			if m < len(rest) && (rest[m] == '+' || rest[m] == '-') {
				m++
			}
			if k := digits(rest, m, isDigit); k > m {
				t.kind, n = tokDouble, k
			}
		}
	}
	if n < len(rest) && isLetter(rest[n]) {
		l.fail(l.pos, "a number ends in letters: "+strconv.Quote(rest[:n+1]), "numbers are written as 10, 0x1f, 1.5 or 1e3")
		return token{at: t.at}
	}
	t.text = rest[:n]
	l.pos += n
	return t
}

func digits(s string, from int, good func(byte) bool) int {
	for from < len(s) && good(s[from]) {
		from++
	}
	return from
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
