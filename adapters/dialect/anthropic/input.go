package anthropic

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendInputMember appends the member input, unchanged if own.
func appendInputMember(dst []byte, p *core.Part, own bool) []byte {
	if own && p.Shape&partBare != 0 {
		return dst
	}
	dst = append(dst, `,"input":`...)
	if own && !p.Wraps && p.Args != nil {
		return append(dst, p.Args...)
	}
	return appendInput(dst, p)
}

// appendInput appends the arguments of p as an object, which this format requires. Empty ones become {}.
// Arguments that are not an object, or malformed because they were cut, become {"arguments":…} with their
// text unchanged.
func appendInput(dst []byte, p *core.Part) []byte {
	at := len(dst)
	if p.Wraps {
		dst = scan.AppendUnescaped(dst, p.Args)
	} else {
		dst = append(dst, p.Args...)
	}
	got := trim(dst[at:])
	switch {
	case len(got) == 0 || string(got) == "null":
		return append(dst[:at], `{}`...)
	case got[0] == '{' && (!p.Wraps || scan.Valid(got) == nil):
		return dst
	case !p.Wraps || scan.Valid(got) == nil:
		dst = append(dst[:at], `{"arguments":`...)
		if p.Wraps {
			dst = scan.AppendUnescaped(dst, p.Args)
		} else {
			dst = append(dst, p.Args...)
		}
		return append(dst, '}')
	}
	dst = append(dst[:at], `{"arguments":`...)
	return append(scan.AppendQuoted(dst, p.Args), '}')
}

// trim removes white space at both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && space(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && space(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// blank reports whether a text has only white space.
func blank(t core.Text) bool {
	for i := 0; i < len(t); i++ {
		if t[i] == '\\' && i+1 < len(t) && (t[i+1] == 'n' || t[i+1] == 't' || t[i+1] == 'r') {
			i++
		} else if t[i] != ' ' {
			return false
		}
	}
	return true
}
