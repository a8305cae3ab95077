package standin

import (
	"strconv"
	"strings"
)

// A Scenario is a word that a model's name may end with, and what happens then.
type Scenario struct {
	Name string
	Help string
}

// Scenarios are all scenarios. Of two with the same ending the longer comes first.
func Scenarios() []Scenario {
	return []Scenario{
		{"text", "some sentences, with characters that are often broken; what every other name gets too"},
		{"think-tool", "reasoning that is signed, then a call as with tool; the results must come with that reasoning, signature and all"},
		{"tool", "a call of the first tool, with arguments that fit its schema; when the last turn holds results, a text that repeats them"},
		{"tools", "two calls at once, of the first two tools or of the only one, else as tool"},
		{"image", "a text that tells the type, the size and the start of the SHA-256 of each file in the last user turn"},
		{"schema", "a value that fits the schema that was asked for; an object for JSON without one"},
		{"think", "reasoning that is signed, then text"},
		{"usage", "text, and a usage of 120 tokens in (80 from the cache, 16 written to it where the format tells that) and 24 out (10 of them reasoning)"},
		{"error-NNN", "an error of that status in the vendor's words; 429 says when to come back"},
		{"error-stream", "a stream that breaks with the vendor's error event; unary: an error of status 503"},
		{"cut", "a reply whose connection is cut in the middle of an event"},
		{"cut-clean", "a stream that ends in order, but without its end; unary: text"},
		{"length", "text that ends because the limit was reached"},
		{"stop", "text that ends before the first stop sequence of the request"},
		{"refuse", "a refusal"},
		{"cite", "text with a citation of https://example.com/paris"},
		{"slow", "text whose first event takes 300 ms, then fifty of them 100 ms apart"},
		{"long", "text of 2000 events"},
	}
}

// scenario returns the scenario at the end of model; status is NNN of an error.
func scenario(model string) (name string, status int) {
	model = strings.TrimSuffix(model, ":latest")
	if _, s, ok := strings.Cut(model, "error-"); ok {
		if n, err := strconv.Atoi(s); err == nil && n >= 400 && n < 600 {
			return "error", n
		}
	}
	for _, s := range Scenarios() {
		if rest, ok := strings.CutSuffix(model, s.Name); ok && (rest == "" || !letter(rest[len(rest)-1])) {
			return s.Name, 0
		}
	}
	return "text", 0
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }
