package cel

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A grammar generates random conditions that are well typed.
type grammar struct{ *rand.Rand }

func (g grammar) of(words ...string) string { return words[g.IntN(len(words))] }

// words are the parts of strings. They are few, so that comparisons hold sometimes.
var words = []string{"gpt-4o", "gpt-4o-mini", "claude", "openai", "premium", "free", "", "ä", "😀x", "a b", `q"'\`, "1", "EU"}

var headers = []string{"x-tier", "x-who", "user-agent"}

var params = []string{"region", "early"}

func (g grammar) logic(depth int) string {
	if depth <= 0 {
		return g.of("true", "false", "stream", g.text(0)+" == "+g.text(0), strconv.Quote(g.of(headers...))+" in headers", strconv.Quote(g.of(params...))+" in params")
	}
	d := depth - 1 - g.IntN(2)
	switch g.IntN(14) {
	case 0, 1:
		return g.logic(d) + " && " + g.logic(d)
	case 2, 3:
		return g.logic(d) + " || " + g.logic(d)
	case 4:
		return "!" + "(" + g.logic(d) + ")"
	case 5:
		return "(" + g.logic(d) + ")"
	case 6:
		return "(" + g.logic(d) + " ? " + g.logic(d) + " : " + g.logic(d) + ")"
	case 7:
		return g.text(d) + "." + g.of("startsWith", "endsWith", "contains") + "(" + g.text(d) + ")"
	case 8:
		return g.text(d) + ".matches(" + g.of(`"^gpt-[0-9]o$"`, `r'\d'`, `"(?i)premium|eu"`, `""`, `"^$"`) + ")"
	case 9:
		return g.text(d) + " in [" + g.list(func() string { return g.quoted(g.of(words...)) }) + "]"
	case 10:
		return g.whole(d) + " in [" + g.list(func() string { return strconv.Itoa(g.IntN(9) - 3) }) + "]"
	case 11:
		return g.number(d) + " " + g.of("<", "<=", ">", ">=") + " " + g.number(d)
	case 12:
		return g.whole(d) + " " + g.of("<", "<=", ">", ">=", "==", "!=") + " " + g.whole(d)
	}
	return g.text(d) + " " + g.of("<", "<=", ">", ">=", "==", "!=") + " " + g.text(d)
}

func (g grammar) list(item func() string) string {
	items := make([]string, 1+g.IntN(11))
	for i := range items {
		items[i] = item()
	}
	return strings.Join(items, ", ")
}

func (g grammar) text(depth int) string {
	switch g.IntN(6) {
	case 0:
		return g.quoted(g.of(words...))
	case 1:
		return fmt.Sprintf("headers[%q]", g.of(headers...))
	case 2:
		return fmt.Sprintf("params[%q]", g.of(params...))
	case 3:
		if depth > 0 {
			return "(" + g.logic(depth-1) + " ? " + g.text(depth-1) + " : " + g.text(depth-1) + ")"
		}
	}
	return g.of("model", "provider", "virtual_key_name", "team_id", "customer_name")
}

// quoted writes a string in one of the possible forms.
func (g grammar) quoted(s string) string {
	var b strings.Builder
	quote := g.of(`"`, `'`, `"""`, `'''`)
	b.WriteString(quote)
	for _, r := range s {
		switch {
		case r == '\\' || r == '"' || r == '\'':
			b.WriteString(`\` + string(r))
		case g.IntN(8) == 0 && r < 0x80:
			b.WriteString(g.of(fmt.Sprintf(`\x%02x`, r), fmt.Sprintf(`\%03o`, r), fmt.Sprintf(`\u%04X`, r)))
		case g.IntN(4) == 0:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + quote
}

func (g grammar) whole(depth int) string {
	switch g.IntN(5) {
	case 0:
		return "prompt_bytes"
	case 1:
		return g.text(depth-1) + ".size()"
	case 2:
		return "size(" + g.text(depth-1) + ")"
	case 3:
		return g.of("0x1f", "-0", "007", "9223372036854775807", "-9223372036854775808")
	}
	return strconv.Itoa(g.IntN(12) - 3)
}

// number returns a double or sometimes an integer, which may be compared.
func (g grammar) number(depth int) string {
	switch g.IntN(5) {
	case 0:
		return g.whole(depth)
	case 1:
		return g.of("1e3", ".5", "-2.5E-1", "9007199254740993.0", "1e300", "-1e300", "9223372036854775807.0")
	case 2:
		return strconv.Itoa(g.IntN(4)) + ".0"
	}
	return g.of("budget_used", "tokens_used", "request")
}

// maim changes a condition at random. Most results are not valid; some are unexpected valid
// ones.
func (g grammar) maim(src string) string {
	b := []byte(src)
	for range 1 + g.IntN(3) {
		if len(b) == 0 {
			break
		}
		i := g.IntN(len(b))
		switch g.IntN(4) {
		case 0:
			b = append(b[:i:i], b[min(len(b), i+1+g.IntN(4)):]...)
		case 1:
			b[i] = g.of("!", "(", ")", " ", "\"", "'", ".", "-", "=", "?", ":", "0", "e", "x", "\\", "<", "[", "]", ",", "r", "/", "\n")[0]
		case 2:
			piece := g.of(" && ", " || ", "!", "-", "(", ")", " in ", " == ", "true", "1.", "model", "?", " : ", "[]", ".size()", "//", "r\"", " < ", "not", "1u", "null", "b''", "+ 1")
			b = append(b[:i:i], append([]byte(piece), b[i:]...)...)
		case 3:
			j := g.IntN(len(b))
			b[i], b[j] = b[j], b[i]
		}
	}
	return string(b)
}
