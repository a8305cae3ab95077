package config

import (
	"bytes"
	"strings"
)

// shelter holds the two code points that stand for the braces of ${NAME} while
// YAML is parsed: in flow style, {api_key: ${NAME}} would be a syntax error.
// They are never characters (Unicode 16, §23.7), are one column wide like what
// they replace, and a document that holds them is refused.
const (
	shelter      = "\ufdd0\ufdd1"
	shelterOpen  = "\ufdd0"
	shelterClose = "\ufdd1"
)

// protect puts the braces of each ${...} out of the YAML parser's sight. What
// may stand between them is wider than a variable's name, so that a mistake is
// told as what it is.
func protect(data []byte) []byte {
	if !bytes.Contains(data, []byte("${")) {
		return data
	}
	out := make([]byte, 0, len(data)+len(data)/8)
	for {
		at := bytes.Index(data, []byte("${"))
		if at < 0 {
			return append(out, data...)
		}
		out = append(out, data[:at]...)
		data = data[at+2:]
		n := 0
		for n < len(data) && (isLetter(data[n]) || isDigit(data[n]) || strings.IndexByte("_.:-+?=/", data[n]) >= 0) {
			n++
		}
		if n == len(data) || data[n] != '}' {
			out = append(out, "${"...)
			continue
		}
		out = append(out, '$')
		out = append(out, shelterOpen...)
		out = append(out, data[:n]...)
		out = append(out, shelterClose...)
		data = data[n+1:]
	}
}

var unshelter = strings.NewReplacer(shelterOpen, "{", shelterClose, "}")

// unprotect is the inverse of protect, for a piece of text.
func unprotect(s string) string {
	if !strings.Contains(s, shelterOpen) && !strings.Contains(s, shelterClose) {
		return s
	}
	return unshelter.Replace(s)
}
