package rule

import (
	"fmt"
	"strings"

	"asbru/core"
)

// variables are the names that a condition may use.
var variables = []string{"budget_used", "customer_id", "customer_name", "headers", "model", "params", "prompt_bytes", "provider",
	"request", "request_type", "stream", "team_id", "team_name", "tokens_used", "virtual_key_id", "virtual_key_name"}

// methods are the methods of strings.
var methods = []string{"contains", "endsWith", "matches", "size", "startsWith"}

// Variables returns the names that a condition may use, in order.
func Variables() []string { return append([]string(nil), variables...) }

// named compiles a name that the parser has read: a literal, a variable or size().
func (p *parser) named(t token) value {
	if p.tok.kind == tokOp && p.tok.text == "(" {
		return p.function(t)
	}
	v := value{at: t.at, name: t.text}
	switch t.text {
	case "true", "false":
		result := is(t.text == "true")
		return value{at: t.at, kind: kindBool, lit: true, b: result == yes, truth: func(*Env) truth { return result }}
	case "model":
		v.text = func(e *Env) (string, bool) { return e.Model, true }
	case "provider":
		v.text = func(e *Env) (string, bool) { return e.Provider, true }
	case "request_type":
		v.text = func(e *Env) (string, bool) { return e.RequestType, true }
	case "virtual_key_id", "virtual_key_name":
		v.text = func(e *Env) (string, bool) { return e.Key, true }
	case "team_id", "team_name":
		v.text = func(e *Env) (string, bool) { return e.Team, true }
	case "customer_id", "customer_name":
		v.text = func(e *Env) (string, bool) { return e.Customer, true }
	case "budget_used":
		v.real = func(e *Env) (float64, bool) { return e.Budget, true }
	case "tokens_used":
		v.real = func(e *Env) (float64, bool) { return e.Tokens, true }
	case "request":
		v.real = func(e *Env) (float64, bool) { return e.Requests, true }
	case "prompt_bytes":
		v.kind, v.whole = kindInt, func(e *Env) (int64, bool) { return e.PromptBytes, true }
	case "stream":
		v.kind, v.truth = kindBool, func(e *Env) truth { return is(e.Stream) }
	case "headers":
		v.kind = kindHeaders
	case "params":
		v.kind = kindParams
	default:
		return p.stranger(t)
	}
	switch {
	case v.text != nil:
		v.kind = kindString
	case v.real != nil:
		v.kind = kindDouble
	}
	p.reads = append(p.reads, t.text)
	return v
}

// stranger fails at an unknown name.
func (p *parser) stranger(t token) value {
	if t.text == "null" {
		return p.fail(t.at, "null is not part of the rule language", `ask whether a header is there with "name" in headers`)
	}
	if p.tok.kind == tokString && p.tok.at == t.at+len(t.text) {
		return p.fail(t.at, fmt.Sprintf("strings with %s before the quotes are not part of the rule language", t.text), "")
	}
	return p.fail(t.at, fmt.Sprintf("nothing is called %q", t.text), meant(t.text, variables, "the variables are "))
}

// meant returns the hint for a word that is not among known.
func meant(word string, known []string, all string) string {
	best, least := "", 1+max(1, len(word)*2/5)
	for _, k := range known {
		if strings.HasPrefix(word, k+"_") {
			return "did you mean " + k + "?"
		}
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return all + strings.Join(known, ", ")
}

// distance is the number of letters to insert, delete or replace to turn a into b.
// A long word is far from every other.
func distance(a, b string) int {
	const long = 32
	if len(a) > long || len(b) > long {
		return long
	}
	var row [long + 1]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, last+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// function compiles a call without a receiver.
func (p *parser) function(t token) value {
	p.advance()
	if t.text != "size" {
		hint := meant(t.text, append([]string{}, methods...), "there are size(…) and the methods of strings: ")
		for _, m := range methods {
			if t.text == m {
				hint = "write model." + m + "(…)"
			}
		}
		return p.fail(t.at, fmt.Sprintf("there is no function %q", t.text), hint)
	}
	v := p.expression()
	p.expect(")")
	v = p.size(v, t.at)
	v.at = t.at
	return v
}

// requestTypes are the values that request_type has.
func requestTypes() []string {
	var names []string
	for op := range core.NumOps {
		if op != core.OpModels {
			names = append(names, op.String())
		}
	}
	return names
}

// plausible fails if a variable that has only a few values is compared with another
// one: such a condition could never hold, and the reason would be hard to find.
func (p *parser) plausible(v, lit value) {
	if v.name != "request_type" || !lit.lit || p.err != nil {
		return
	}
	for _, known := range requestTypes() {
		if lit.s == known {
			return
		}
	}
	p.fail(lit.at, fmt.Sprintf("request_type is never %q", lit.s), meant(lit.s, requestTypes(), "it is one of "))
}
