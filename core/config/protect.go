package config

import (
	"bytes"
	"strings"
)

// shelter is the pair of code points that replaces the braces of ${NAME} while
// YAML is parsed: in flow style, {api_key: ${NAME}} would be a syntax error.
// They are noncharacters (Unicode 16, §23.7) and one column wide like the braces;
// a document that contains them is refused.
const (
	shelter      = "\ufdd0\ufdd1"
	shelterOpen  = "\ufdd0"
	shelterClose = "\ufdd1"
)

// protect hides the braces of each ${...} from the YAML parser. It accepts more between
// them than the name of a variable can have, so that a mistake there is reported as
// what it is.
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

// unprotect undoes protect in a piece of text.
func unprotect(s string) string {
	if !strings.Contains(s, shelterOpen) && !strings.Contains(s, shelterClose) {
		return s
	}
	return unshelter.Replace(s)
}
