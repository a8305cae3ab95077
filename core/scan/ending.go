package scan

import "bytes"

// maxNamesakes is how many places Ending tries that look like the member.
const maxNamesakes = 4

// Ending returns the members from the one called name on of an object that ends where raw does, as an object; nil: it is not
// there. raw may begin in the middle of anything. It is for reading what stands at the end of something too long to be kept.
// A brace is written over the byte before the member.
func Ending(raw []byte, name string) []byte {
	end := len(raw)
	for range maxNamesakes {
		i := last(raw[:end], name)
		if i < 1 {
			return nil
		}
		end = i
		if raw[i-1] == '\\' { // it is a text
			continue
		}
		w := MembersFrom(raw, i)
		for more := true; more; {
			_, _, more = w.Next()
		}
		if rest := w.Rest(); rest != nil && space(rest, 0) == len(rest) {
			raw[i-1] = '{'
			return raw[i-1:]
		}
	}
	return nil
}

// last is the last place of a name in quotes; -1: there is none.
func last(raw []byte, name string) int {
	for end := len(raw); ; {
		i := bytes.LastIndex(raw[:end], []byte(name))
		if i < 0 {
			return -1
		}
		if rest := raw[i+len(name):]; i > 0 && raw[i-1] == '"' && len(rest) > 0 && rest[0] == '"' {
			return i - 1
		}
		end = i
	}
}
