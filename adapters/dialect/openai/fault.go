package openai

import (
	"unicode/utf8"

	"asbru/core"
)

// appendFault is the dialect's AppendFault: OpenAI's error object, with the
// request id beside it. id is text.
func appendFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(dst, `{"error":{"message":"`...)
	dst = appendEscaped(dst, f.Message)
	if f.Hint != "" {
		dst = append(dst, "; hint: "...)
		dst = appendEscaped(dst, f.Hint)
	}
	dst = append(dst, `","type":`...)
	dst = appendString(dst, f.Code.Kind())
	dst = append(dst, `,"param":`...)
	if f.Param == "" {
		dst = append(dst, "null"...)
	} else {
		dst = appendString(dst, f.Param)
	}
	dst = append(dst, `,"code":`...)
	dst = appendString(dst, f.Code.String())
	dst = append(dst, `},"request_id":`...)
	dst = appendString(dst, id)
	return append(dst, '}')
}

// appendStreamFault is the dialect's AppendStreamFault. OpenAI reports a failure
// behind the reply head as one more event with the error object, and its SDKs
// raise it; no [DONE] follows.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(dst, "data: "...)
	dst = appendFault(dst, f, id)
	return append(dst, "\n\n"...)
}

// appendString appends s as a JSON string.
func appendString[S []byte | string](dst []byte, s S) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s)
	return append(dst, '"')
}

// appendEscaped appends s as the content of a JSON string. Invalid UTF-8 turns
// into U+FFFD, so that the outcome is valid whatever s is.
func appendEscaped[S []byte | string](dst []byte, s S) []byte {
	const hex = "0123456789abcdef"
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == '"' || c == '\\':
				dst = append(dst, '\\', c)
			case c < ' ' || c == 0x7f:
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			default:
				dst = append(dst, c)
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst
}
