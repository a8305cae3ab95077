package agree

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A said is the content of an answer in comparable parts.
type said struct {
	words   map[string]bool // words that carry meaning, without their endings
	numbers map[string]bool // in the spelling of number
	first   string          // the first word of the text
	denies  bool            // an odd number of negations
}

// read splits a text into its parts.
func read(text string) *said {
	s := &said{words: map[string]bool{}, numbers: map[string]bool{}}
	if len(text) > maxText {
		text = text[:maxText]
	}
	fresh := true // at the beginning of a line
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case unicode.IsDigit(r):
			w := prefix(text, func(r rune) bool { return unicode.IsDigit(r) || r == '.' || r == ',' })
			text = text[len(w):]
			if !fresh || !counts(w, text) {
				s.numbers[number(w)] = true
			}
			fresh = false
		case r >= 0x2e80 && unicode.IsLetter(r): // scripts without spaces between words
			s.words[text[:n]] = true
			text, fresh = text[n:], false
		case unicode.IsLetter(r):
			w := prefix(text, func(r rune) bool {
				return r < 0x2e80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '’' || unicode.Is(unicode.Mn, r))
			})
			text = text[len(w):]
			s.word(strings.ReplaceAll(strings.ToLower(w), "’", "'"))
			fresh = false
		default:
			fresh = fresh && r != '\n' && (unicode.IsSpace(r) || r == '*' || r == '-' || r == '#') || r == '\n'
			text = text[n:]
		}
	}
	return s
}

// counts reports whether a number at the beginning of a line numbers an item of a list.
func counts(w, rest string) bool {
	return strings.HasSuffix(w, ".") && strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, ") ")
}

// prefix returns the longest prefix of text whose runes satisfy in.
func prefix(text string, in func(rune) bool) string {
	for i, r := range text {
		if !in(r) {
			return text[:i]
		}
	}
	return text
}

// word adds one word.
func (s *said) word(w string) {
	if s.first == "" {
		s.first = w
	}
	switch {
	case w == "not" || w == "no" || w == "never" || w == "cannot" || w == "neither" || w == "nor" || strings.HasSuffix(w, "n't"):
		s.denies = !s.denies
	case numerals[w] != "":
		s.numbers[numerals[w]] = true
	case !empty[w]:
		s.words[stem(w)] = true
	}
}

// stem removes inflectional endings.
func stem(w string) string {
	w = strings.TrimSuffix(w, "'s")
	for _, end := range [...]string{"ing", "ed", "es", "s", "ly"} {
		if base, ok := strings.CutSuffix(w, end); ok && len(base) >= leastLetters && !strings.HasSuffix(w, "ss") {
			w = base
			break
		}
	}
	if base, ok := strings.CutSuffix(w, "e"); ok && len(base) >= leastLetters {
		return base
	}
	return w
}

// number returns the canonical spelling of a number: 1,200.50 is 1200.5.
func number(w string) string {
	w = strings.Trim(w, ".,")
	w = strings.ReplaceAll(w, ",", "")
	if strings.Contains(w, ".") {
		w = strings.TrimSuffix(strings.TrimRight(w, "0"), ".")
	}
	if short := strings.TrimLeft(w, "0"); short != "" && short[0] != '.' {
		return short
	}
	return w
}
