package http1

import "bytes"

// PathClean reports whether path has one reading only: no server, proxy or
// authorizer behind this one could take it for another path. It is false for
//
//   - an empty path, one that does not start with a slash, or holds bytes that
//     no path may hold (RFC 3986 3.3), or the parameter sign ";";
//   - an empty segment (a slash at the very end is allowed) or one that ends in
//     a dot, "." and ".." among them;
//   - an escape that is incomplete, or stands for a letter, digit or one of
//     "-._~" (which need none), for a control, one of "/\;%#?", or a byte above
//     0x7e: overlong and full-width twins of these have passed for them.
//
// "*" is not clean: the caller answers OPTIONS * before it looks at paths.
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

// segmentClean judges the segment at the start of s, which stands behind a
// slash. The empty segment is clean at the very end only.
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

// escapeClean reports whether the escape at the start of s is whole and stands
// for a byte that needs it and that no reader takes for syntax.
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

// nibble is the value of a hexadecimal digit.
func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&0x0f + 9
}

// escapesWhole reports whether every percent sign has its two hex digits.
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
