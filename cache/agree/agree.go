package agree

import (
	"bytes"
	"slices"
	"strings"

	"asbru/core"
	"asbru/core/scan"
)

// Answers compares two answers by their first choices. differ is empty if they agree,
// otherwise it says in what they differ: calls, number, polarity or words. judged is false if
// there is nothing to compare.
func Answers(a, b *core.Completion) (differ string, judged bool) {
	x, calls := outline(a)
	y, others := outline(b)
	switch {
	case x == "" && y == "" && len(calls)+len(others) == 0:
		return "", false
	case !slices.Equal(calls, others):
		return "calls", true
	case x == "" || y == "":
		return map[bool]string{false: "words"}[len(calls) > 0], true // text beside a call does not count
	}
	return Texts(x, y), true
}

// outline returns the text of the first choice, and its calls.
func outline(c *core.Completion) (text string, calls []string) {
	if len(c.Choices) == 0 {
		return "", nil
	}
	var b []byte
	first := &c.Choices[0]
	for i := first.From; i < first.To; i++ {
		switch p := &c.Parts[i]; p.Kind {
		case core.PartText:
			b = append(scan.AppendUnescaped(b, p.Text), '\n')
		case core.PartCall:
			args := []byte(p.Args)
			if p.Wraps {
				args = scan.AppendUnescaped(nil, p.Args)
			}
			calls = append(calls, string(p.Name)+compact(args))
		}
	}
	slices.Sort(calls)
	return strings.TrimSpace(string(b)), calls
}

// compact returns JSON without white space between tokens.
func compact(doc []byte) string {
	var out bytes.Buffer
	inside := false
	for i := 0; i < len(doc); i++ {
		c := doc[i]
		switch {
		case inside && c == '\\' && i+1 < len(doc):
			out.WriteByte(c)
			i++
			c = doc[i]
		case c == '"':
			inside = !inside
		case !inside && (c == ' ' || c == '\n' || c == '\t' || c == '\r'):
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// Texts compares two texts. differ is empty if they agree.
func Texts(a, b string) (differ string) {
	x, y := read(a), read(b)
	if len(x.words) > len(y.words) {
		x, y = y, x
	}
	brief := len(x.words) <= short
	switch {
	case opposed(x.first, y.first):
		return "polarity"
	case !sameNumbers(x, y, brief):
		return "number"
	case len(y.words) <= short && x.denies != y.denies && !answersYesOrNo(x, y):
		return "polarity"
	case !sameWords(x, y, brief):
		return "words"
	}
	return ""
}

// opposed reports whether one answer begins with yes and the other with no.
func opposed(a, b string) bool { return a == "yes" && b == "no" || a == "no" && b == "yes" }

// answersYesOrNo reports whether both answers begin with an explicit yes or no. Further negations are
// then a matter of wording.
func answersYesOrNo(x, y *said) bool {
	return (x.first == "yes" || x.first == "no") && x.first == y.first
}

// sameNumbers compares the numbers of two answers. An answer without numbers agrees with any, unless
// the other one consists of nothing else.
func sameNumbers(x, y *said, brief bool) bool {
	few, many := x.numbers, y.numbers
	if len(few) > len(many) {
		few, many = many, few
	}
	if len(few) == 0 {
		return len(many) == 0 || len(x.words) > 0
	}
	in := common(few, many)
	if brief || len(few) <= fewNumbers {
		return in == len(few)
	}
	return float64(in) >= longNumbers*float64(len(few))
}

// sameWords compares the words of x with those of y, which has at least as many. Answers without
// words are compared by their numbers alone.
func sameWords(x, y *said, brief bool) bool {
	in := common(x.words, y.words)
	switch {
	case len(x.words) == 0:
		return len(x.numbers) > 0 || len(y.words) == 0
	case brief:
		return float64(in) >= shortWords*float64(len(x.words))
	}
	return 2*float64(in) >= longWords*float64(len(x.words)+len(y.words))
}

func common(few, many map[string]bool) (n int) {
	for w := range few {
		if many[w] {
			n++
		}
	}
	return n
}
