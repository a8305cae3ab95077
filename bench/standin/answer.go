package standin

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// An answer is the content of a scenario, independent of a format.
type answer struct {
	think string
	sign  string // the signature of think; base64
	text  []string
	calls []call
	end   string // stop, length, tool, sequence, refuse
	stop  string // the sequence of end sequence
	cite  bool
	usage usage
}

type call struct {
	n    int // its number among all calls of the conversation, from 1
	name string
	args []byte
}

// usage counts tokens; in includes cached and written, out includes thought.
type usage struct{ in, cached, written, out, thought int }

// The texts of answers, in the pieces in which a stream sends them.
var (
	sentence = [...]string{"It is 21\u00a0°C ", "in Paris, \"sunny\"", " & <mild>", ": ça va? ", "Тест 😀\n", "Bye."}
	thought  = [...]string{"The user asks ", "for the weather; ", "a tool knows."}
)

// answers returns the answer of the scenario name to q.
func answers(name string, q *asked) answer {
	a := answer{end: "stop", usage: usage{in: 37, out: 11}}
	if q.choice != "none" && len(q.results) == 0 && len(q.tools) > 0 {
		a.tools(name, q)
	}
	if name == "think" || name == "think-tool" && (len(q.results) == 0 || q.thinks) {
		a.think, a.sign = strings.Join(thought[:], ""), signature(q.family)
		a.usage = usage{in: 37, out: 24, thought: 10}
	}
	if len(a.calls) > 0 {
		a.end = "tool"
		return a
	}
	a.says(name, q)
	return a
}

// tools makes the calls of a scenario, or those that the request forces.
func (a *answer) tools(name string, q *asked) {
	if strings.HasPrefix(name, "tool") || name == "think-tool" || q.choice != "" {
		first := q.tools[0]
		for _, t := range q.tools {
			if "="+t.name == q.choice {
				first = t
			}
		}
		a.calls = append(a.calls, call{q.calls + 1, first.name, encode(sample(first.schema, 0))})
		if name == "tools" && !q.one {
			second := first
			if q.choice == "" && len(q.tools) > 1 {
				second = q.tools[1]
			}
			a.calls = append(a.calls, call{q.calls + 2, second.name, encode(sample(second.schema, 1))})
		}
	}
}

// says sets the text of a scenario and its end.
func (a *answer) says(name string, q *asked) {
	switch {
	case len(q.results) > 0:
		a.text = []string{"The tools said: ", strings.Join(q.results, "; ")}
	case q.schema != nil:
		a.text = halves(string(encode(sample(q.schema, 0))))
	case q.json || name == "schema":
		a.text = halves(`{"city":"Paris","degrees":21}`)
	case name == "image":
		a.text = []string{"I see "}
		for i, f := range q.files {
			a.text = append(a.text, strings.Repeat(", ", min(i, 1))+f.String())
		}
	case name == "slow", name == "long":
		for i := range map[string]int{"slow": slowPieces, "long": 2000}[name] {
			a.text = append(a.text, fmt.Sprint("word", i, " "))
		}
	case name == "refuse":
		a.text, a.end = []string{"I cannot help ", "with that."}, "refuse"
	default:
		a.text = sentence[:]
	}
	switch name {
	case "length":
		a.end, a.text = "length", a.text[:2]
	case "stop":
		if len(q.stops) > 0 {
			a.end, a.stop, a.text = "sequence", q.stops[0], a.text[:3]
		}
	case "cite":
		a.cite = true
	case "usage":
		a.usage = usage{in: 120, cached: 80, written: 16, out: 24, thought: 10}
	}
}

func (a *answer) whole() string { return strings.Join(a.text, "") }

func halves(s string) []string { return []string{s[:len(s)/2], s[len(s)/2:]} }

// signature returns the signature of a family's reasoning. No family accepts another's.
func signature(family string) string {
	if family == "invoke" {
		family = "anthropic"
	}
	return base64.StdEncoding.EncodeToString([]byte("signed by the stand-in of " + family + " \xff\xfe/+"))
}

const (
	citeURL   = "https://example.com/paris"
	citeTitle = "Paris today"
	citeText  = "It is 21\u00a0°C"
)
