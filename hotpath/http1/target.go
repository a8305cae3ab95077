package http1

import "bytes"

// PathClean reports whether path has only one interpretation: no server, proxy or
// authorizer after this one can take it for another path. It is false for
//
//   - an empty path, one that does not start with a slash, or has bytes that are not
//     allowed in paths (RFC 3986 3.3), or the parameter sign ";";
//   - an empty segment (a slash at the end is allowed) or one that ends in a dot,
//     such as "." and "..";
//   - an escape that is incomplete, or for a letter, digit or one of "-._~" (which need
//     none), a control byte, one of "/\;%#?", or a byte above 0x7e, because overlong and
//     full-width forms of these have been taken for them.
//
// "*" is not clean: the caller must answer OPTIONS * before it checks the path.
func PathClean(path []byte) bool {
	if len(path) == 0 || path[0] != '/' {
		return false
	}
	for i := 0; i < len(path); {
		switch c := path[i]; {
		case c == '/':
			if !segmentClean(path[i+1:]) {
				return false
			}
			i++
		case c == '%':
			if !escapeClean(path[i:]) {
				return false
			}
			i += 3
		case classes[c]&isPath == 0:
			return false
		default:
			i++
		}
	}
	return true
}

// segmentClean checks the segment at the start of s, which follows a slash. The empty
// segment is clean only at the end of the path.
func segmentClean(s []byte) bool {
	if len(s) == 0 {
		return true
	}
	end := bytes.IndexByte(s, '/')
	if end < 0 {
		end = len(s)
	}
	return end > 0 && s[end-1] != '.'
}

// escapeClean reports whether the escape at the start of s is complete, and is for a byte
// that needs it and that no reader takes for syntax.
func escapeClean(s []byte) bool {
	c, ok := unescape(s)
	if !ok || c < 0x20 || c > 0x7e || classes[c]&isPlain != 0 {
		return false
	}
	switch c {
	case '/', '\\', ';', '%', '#', '?':
		return false
	}
	return true
}

// unescape reads the escape at the start of s.
func unescape(s []byte) (byte, bool) {
	if len(s) < 3 || classes[s[1]]&classes[s[2]]&isHex == 0 {
		return 0, false
	}
	return nibble(s[1])<<4 | nibble(s[2]), true
}

// nibble returns the value of a hexadecimal digit.
func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&0x0f + 9
}

// escapesWhole reports whether every percent sign is followed by two hex digits.
func escapesWhole(path []byte) bool {
	for {
		i := bytes.IndexByte(path, '%')
		if i < 0 {
			return true
		}
		if _, ok := unescape(path[i:]); !ok {
			return false
		}
		path = path[i+3:]
	}
}
