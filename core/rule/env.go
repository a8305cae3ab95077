package rule

import (
	"unsafe"

	"asbru/core"
)

// An Env is what conditions can read of one request. The zero value is a request of
// which nothing is known. It must not be changed while Match runs.
type Env struct {
	Model       string // the requested name, without the provider's prefix
	Provider    string // the provider that the name leads to so far
	RequestType string // the name of the core.Op
	Key         string // the virtual key's name, which is also its id
	Team        string // empty: none
	Customer    string // empty: none

	Budget   float64 // spent share of the caller's budget, percent
	Tokens   float64 // used share of the token limit, percent
	Requests float64 // used share of the request limit, percent

	Stream      bool
	PromptBytes int64 // length of the request body

	Head core.Head // the request's header fields and query; nil: it has none
}

// View returns b as a string without copying it, for an Env. It is valid as long as b
// is neither changed nor moved.
func View(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// header returns headers[name]; name is in lower case.
func (e *Env) header(name string) (string, bool) {
	if e.Head == nil {
		return "", false
	}
	v, ok := e.Head.Field(name)
	return View(v), ok
}

// param returns params[name]: the first query parameter of that name, decoded as
// application/x-www-form-urlencoded (WHATWG URL §5.1).
func (e *Env) param(name string) (string, bool) {
	if e.Head == nil {
		return "", false
	}
	for q := View(e.Head.Query()); q != ""; {
		pair := q
		q = ""
		for i := range len(pair) {
			if pair[i] == '&' {
				pair, q = pair[:i], pair[i+1:]
				break
			}
		}
		key, value := pair, ""
		for i := range len(pair) {
			if pair[i] == '=' {
				key, value = pair[:i], pair[i+1:]
				break
			}
		}
		if key == "" && value == "" {
			continue
		}
		if same(key, name) {
			return plain(value)
		}
	}
	return "", false
}

// same reports whether an encoded name decodes to name.
func same(encoded, name string) bool {
	i := 0
	for j := 0; j < len(encoded); i++ {
		c, n := decoded(encoded[j:])
		if i >= len(name) || name[i] != c {
			return false
		}
		j += n
	}
	return i == len(name)
}

// plain decodes a value. One without escapes, as nearly all are, is returned without
// a copy.
func plain(value string) (string, bool) {
	escaped := false
	for i := range len(value) {
		escaped = escaped || value[i] == '%' || value[i] == '+'
	}
	if !escaped {
		return value, true
	}
	if len(value) > maxValue {
		return "", false
	}
	out := make([]byte, 0, len(value))
	for value != "" {
		c, n := decoded(value)
		out, value = append(out, c), value[n:]
	}
	return string(out), true
}

// decoded returns the first byte that s encodes, and its length in s. A percent sign
// that begins no escape stands for itself.
func decoded(s string) (c byte, n int) {
	if s[0] == '+' {
		return ' ', 1
	}
	if s[0] == '%' && len(s) >= 3 && nibble(s[1]) < 16 && nibble(s[2]) < 16 {
		return nibble(s[1])<<4 | nibble(s[2]), 3
	}
	return s[0], 1
}

// nibble returns the value of a hexadecimal digit, 255 for any other byte.
func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
