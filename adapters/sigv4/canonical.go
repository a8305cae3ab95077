package sigv4

import (
	"bytes"
	"crypto/sha256"

	"asbru/core"
)

// A signing is one request being signed.
type signing struct {
	*Key
	o     *core.Outgoing
	stamp [len(timeForm)]byte
	body  [sha256.Size]byte
}

// sign returns the signature, and dst unchanged except for its capacity, which is used as
// scratch memory.
func (s *signing) sign(dst []byte) ([]byte, [sha256.Size]byte) {
	room, query := pairs(dst, s.o.Query)
	at := len(room)
	b := append(append(room, s.o.Method...), '\n')
	b = append(path(b, s.o.Path), '\n')
	for i, p := range query {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, p.of(b)...)
	}
	b = append(s.headers(append(b, '\n')), '\n')
	b = append(s.names(b), '\n')
	b = hexed(b, s.body[:])
	request := sha256.Sum256(b[at:])

	b = append(append(b[:at], algorithm+"\n"...), s.stamp[:]...)
	b = append(s.scope(append(b, '\n')), '\n')
	b = hexed(b, request[:])
	return b[:len(dst)], mac(s.derived[:], b[at:])
}

// headers appends the canonical form of the headers that names lists.
func (s *signing) headers(b []byte) []byte {
	if len(s.o.Type) > 0 {
		b = append(value(append(b, "content-type:"...), s.o.Type), '\n')
	}
	b = append(value(append(b, "host:"...), s.o.Host), '\n')
	if !s.bare {
		b = append(hexed(append(b, "x-amz-content-sha256:"...), s.body[:]), '\n')
	}
	b = append(append(append(b, "x-amz-date:"...), s.stamp[:]...), '\n')
	if s.cred.Session != "" {
		b = append(append(append(b, "x-amz-security-token:"...), s.cred.Session...), '\n')
	}
	return b
}

// names appends the names of the signed headers, in alphabetical order.
func (s *signing) names(b []byte) []byte {
	if len(s.o.Type) > 0 {
		b = append(b, "content-type;"...)
	}
	b = append(b, "host;"...)
	if !s.bare {
		b = append(b, "x-amz-content-sha256;"...)
	}
	b = append(b, "x-amz-date"...)
	if s.cred.Session != "" {
		b = append(b, ";x-amz-security-token"...)
	}
	return b
}

// value appends a header's value without surrounding space, and with single spaces within.
func value(b, v []byte) []byte {
	v = bytes.TrimSpace(v)
	for i, c := range v {
		if c != ' ' || v[i-1] != ' ' { // v[0] is none
			b = append(b, c)
		}
	}
	return b
}

// path appends the path of a request line, encoded again. Dot segments are kept, as paths of
// a Face have none.
func path(b, p []byte) []byte {
	if len(p) == 0 {
		return append(b, '/')
	}
	for _, c := range p {
		if c == '/' {
			b = append(b, c)
		} else {
			b = encoded(b, c)
		}
	}
	return b
}

// A pair is the position of one encoded parameter of the query: name, =, value.
type pair struct{ from, to int }

func (p pair) of(b []byte) []byte { return b[p.from:p.to] }

// pairs appends the parameters of a query, encoded, and returns where they are, sorted.
func pairs(b, query []byte) ([]byte, []pair) {
	var list []pair
	for len(query) > 0 {
		one, rest, _ := bytes.Cut(query, []byte("&"))
		query = rest
		if len(one) == 0 {
			continue
		}
		name, v, _ := bytes.Cut(one, []byte("="))
		p := pair{from: len(b)}
		b = again(append(again(b, name), '='), v)
		p.to = len(b)
		i := len(list)
		list = append(list, p)
		for ; i > 0 && before(p.of(b), list[i-1].of(b)); i-- {
			list[i] = list[i-1]
		}
		list[i] = p
	}
	return b, list
}

// before compares by name, and if names are equal by value.
func before(x, y []byte) bool {
	xn, xv, _ := bytes.Cut(x, []byte("="))
	yn, yv, _ := bytes.Cut(y, []byte("="))
	if c := bytes.Compare(xn, yn); c != 0 {
		return c < 0
	}
	return bytes.Compare(xv, yv) < 0
}

// again appends percent-encoded text in AWS's encoding.
func again(b, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '%' && i+2 < len(text) {
			if hi, lo := nibble(text[i+1]), nibble(text[i+2]); hi < 16 && lo < 16 {
				c = hi<<4 | lo
				i += 2
			}
		}
		b = encoded(b, c)
	}
	return b
}

func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

// encoded appends c, percent-encoded unless it is unreserved (RFC 3986 §2.3).
func encoded(b []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
		return append(b, c)
	}
	return append(b, '%', digits[c>>4], digits[c&15])
}
