package gemini

import (
	"bytes"

	"asbru/core/scan"
)

// The path of an argument is kept as its steps, separated by line feeds: the name of a member as JSON, or the number of an
// element.

// appendPath appends the steps of path, a JSONPath that leads to one place (RFC 9535 section 2.7:
// $.foo.bar[0]['a b']). It appends nothing if path is not one.
func appendPath(dst, path []byte) []byte {
	at := len(dst)
	rest, ok := bytes.CutPrefix(path, []byte("$"))
	for n := 0; ok && len(rest) > 0; n++ {
		if n == maxLevels {
			return dst[:at]
		}
		if n > 0 {
			dst = append(dst, '\n')
		}
		dst, rest, ok = appendPathStep(dst, rest)
	}
	if !ok {
		return dst[:at]
	}
	return dst
}

func appendPathStep(dst, path []byte) (to, rest []byte, ok bool) {
	switch {
	case path[0] == '.':
		end := bytes.IndexAny(path[1:], ".[") + 1
		if end == 0 {
			end = len(path)
		}
		return scan.AppendString(dst, path[1:end]), path[end:], end > 1
	case len(path) < 3 || path[0] != '[':
		return dst, path, false
	case path[1] == '\'' || path[1] == '"':
		return appendQuotedStep(dst, path[2:], path[1])
	}
	end := bytes.IndexByte(path, ']')
	if end < 0 {
		return dst, path, false
	}
	if n, is := scan.Whole(path[1:end]); !is || n < 0 {
		return dst, path, false
	}
	return append(dst, path[1:end]...), path[end+1:], true
}

// appendQuotedStep appends the quoted name at the start of text. Its escapes are those of JSON, and one for the other kind
// of quote.
func appendQuotedStep(dst, text []byte, quote byte) (to, rest []byte, ok bool) {
	at := len(dst)
	dst = append(dst, '"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			dst = append(dst, '"')
			return dst, text[min(i+2, len(text)):], i+1 < len(text) && text[i+1] == ']' && scan.Valid(dst[at:]) == nil
		case c == '\\' && i+1 < len(text):
			if i++; text[i] != '\'' {
				dst = append(dst, '\\')
			}
			dst = append(dst, text[i])
		case c == '"':
			dst = append(dst, '\\', '"')
		default:
			dst = append(dst, c)
		}
	}
	return dst, text, false
}

// appendStep appends the JSON text between the value at the path from, which is empty at first, and the value at the path
// to. It returns nil if to cannot follow from.
func appendStep(dst, from, to []byte) []byte {
	at := 0
	if len(from) > 0 {
		if at = parting(from, to); at < 0 || named(from[at:]) != named(to[at:]) {
			return nil // a scalar has no members, and an array is not an object
		}
		dst = append(appendEnds(dst, from, at), ',')
	} else if dst = append(dst, '{'); !named(to) {
		return nil // arguments are an object
	}
	for {
		step, _, deeper := bytes.Cut(to[at:], []byte("\n"))
		if named(step) {
			dst = append(append(dst, step...), ':')
		}
		if !deeper {
			return dst
		}
		if at += len(step) + 1; named(to[at:]) {
			dst = append(dst, '{')
		} else {
			dst = append(dst, '[')
		}
	}
}

// parting returns where the first step begins in which two paths differ; -1: one is a prefix of the other.
func parting(a, b []byte) (at int) {
	for {
		x, _, more := bytes.Cut(a[at:], []byte("\n"))
		y, _, also := bytes.Cut(b[at:], []byte("\n"))
		if !bytes.Equal(x, y) {
			return at
		}
		if !more || !also {
			return -1
		}
		at += len(x) + 1
	}
}

// appendEnds appends the closing brackets of the containers around the value at path, the innermost first, as far as they
// are within the value of the step that begins at at; -1: all of them.
func appendEnds(dst, path []byte, at int) []byte {
	for len(path) > 0 {
		begin := bytes.LastIndexByte(path, '\n') + 1
		if begin <= at {
			break
		}
		if named(path[begin:]) {
			dst = append(dst, '}')
		} else {
			dst = append(dst, ']')
		}
		path = path[:max(begin-1, 0)]
	}
	return dst
}

// named reports whether a path begins with the name of a member.
func named(path []byte) bool { return opens(path, '"') }
