package hotpath

import (
	"bytes"
	"unicode/utf8"
)

// border is where the last whole sentence of text ends, its white space included; 0: none
// ends in it. text is the inside of a JSON string.
//
// A sentence ends at . ! ? or an ellipsis, with what closes a quotation or emphasis behind it,
// before white space; at the end of a line; and at the full stops of Chinese and Japanese,
// which no white space follows.
func border(text []byte) (at int) {
	ends := false // at a mark that ends a sentence, if white space follows
	for i := 0; i < len(text); {
		r, n := letter(text[i:])
		i += n
		switch {
		case r == '\n' || r == ' ' && ends:
			at, ends = i+blank(text[i:]), false
			i = at
		case r == '。' || r == '！' || r == '？':
			at, ends = i, false
		case r == '.' || r == '!' || r == '?' || r == '…':
			ends = true
		case ends && bytes.ContainsRune([]byte(closing), r):
		default:
			ends = false
		}
	}
	return at
}

// closing are the letters that may stand between the end of a sentence and the white space.
const closing = "\"')]}*_`”’»"

// letter reads one letter of the inside of a JSON string. White space other than a line's end
// is given as a blank.
func letter(text []byte) (r rune, n int) {
	r, n = utf8.DecodeRune(text)
	if r == '\\' && len(text) > 1 {
		n = 2
		switch r = rune(text[1]); r {
		case 'n':
			r = '\n'
		case 't', 'r':
			r = ' '
		case 'u':
			if r, n = 0, 6; len(text) < 6 {
				return 0, len(text)
			}
			for _, c := range text[2:6] {
				r = r<<4 | rune(unhex(c)&15)
			}
		case 'b', 'f':
			r = 0
		}
	}
	if r == '\t' || r == 0xa0 || r == 0x3000 || r == '\r' {
		r = ' '
	}
	return r, n
}

// blank is how long the white space is that text begins with.
func blank(text []byte) (at int) {
	for at < len(text) {
		r, n := letter(text[at:])
		if r != ' ' && r != '\n' {
			break
		}
		at += n
	}
	return at
}

// trimmed is where the white space begins that text ends with.
func trimmed(text []byte) (at int) {
	for i := 0; i < len(text); {
		r, n := letter(text[i:])
		if i += n; r != ' ' && r != '\n' {
			at = i
		}
	}
	return at
}
