package rule

import (
	"fmt"
	"strconv"
	"strings"
)

// A parser reads a condition by recursive descent and compiles it on the way.
// After an error every token is the end, which makes all levels return.
type parser struct {
	lexer
	tok   token
	depth int
	reads []string // the variables mentioned
}

func (p *parser) advance() {
	if p.tok = p.next(); p.err != nil {
		p.tok = token{at: p.tok.at}
	}
}

// fail records the first error.
func (p *parser) fail(at int, message, hint string) value {
	p.lexer.fail(at, message, hint)
	p.tok = token{at: at}
	p.pos = len(p.src)
	return value{at: at}
}

// unexpected fails at the current token.
func (p *parser) unexpected(want string) value {
	t := p.tok
	switch {
	case t.kind == tokEnd:
		return p.fail(t.at, "the condition ends where "+want+" was expected", "")
	case t.kind == tokOp && strings.Contains("+-*/%", t.text):
		return p.fail(t.at, fmt.Sprintf("%q is not part of the rule language, which does not calculate", t.text), "")
	case t.kind == tokOp && t.text == "?":
		return p.fail(t.at, `"?" follows what is not true or false`, "")
	case t.kind == tokName && (t.text == "and" || t.text == "or" || t.text == "not"):
		return p.fail(t.at, fmt.Sprintf("%q is not an operator", t.text), map[string]string{"and": "write &&", "or": "write ||", "not": "write !"}[t.text])
	}
	return p.fail(t.at, fmt.Sprintf("expected %s, found %q", want, p.src[t.at:max(t.at+1, p.pos)]), "")
}

// op takes an operator if it is the next token.
func (p *parser) op(text string) bool {
	if p.tok.kind != tokOp || p.tok.text != text {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(text string) {
	if !p.op(text) && p.err == nil {
		p.unexpected(strconv.Quote(text))
	}
}

// enter goes one level down. Every enter needs a leave.
func (p *parser) enter() bool {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.tok.at, fmt.Sprintf("more than %d levels are inside each other", maxDepth), "make several rules of it")
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }

// expression = or [ "?" or ":" expression ]
func (p *parser) expression() value {
	defer p.leave()
	if !p.enter() {
		return value{}
	}
	v := p.or()
	if p.tok.kind != tokOp || p.tok.text != "?" || v.kind != kindBool {
		return v
	}
	p.advance()
	a := p.or()
	p.expect(":")
	b := p.expression()
	return p.choose(v, a, b)
}

func (p *parser) or() value {
	v := p.and()
	for p.tok.kind == tokOp && p.tok.text == "||" {
		v = p.join(v, p.and, func(a, b logic) logic {
			return func(e *Env) truth {
				x := a(e)
				if x == yes {
					return yes
				}
				if y := b(e); x == no || y == yes {
					return y
				}
				return unknown
			}
		})
	}
	return v
}

func (p *parser) and() value {
	v := p.relation()
	for p.tok.kind == tokOp && p.tok.text == "&&" {
		v = p.join(v, p.relation, func(a, b logic) logic {
			return func(e *Env) truth {
				x := a(e)
				if x == no {
					return no
				}
				if y := b(e); x == yes || y == no {
					return y
				}
				return unknown
			}
		})
	}
	return v
}

// join compiles one && or ||, which is the current token.
func (p *parser) join(v value, operand func() value, make func(a, b logic) logic) value {
	op := p.tok
	p.advance()
	w := operand()
	for _, side := range []value{v, w} {
		if p.err == nil && side.kind != kindBool {
			p.fail(side.at, fmt.Sprintf("%s joins what is true or false, and this is %s", op.text, side.kind), "compare it with something")
		}
	}
	if p.err != nil {
		return value{at: v.at}
	}
	return value{at: v.at, kind: kindBool, truth: make(v.truth, w.truth)}
}

// relation = unary { ("<" | "<=" | ">" | ">=" | "==" | "!=" | "in") unary }
func (p *parser) relation() value {
	v := p.unary()
	for {
		op := p.tok
		switch {
		case op.kind == tokName && op.text == "in":
		case op.kind != tokOp:
			return v
		default:
			switch op.text {
			case "==", "!=", "<", "<=", ">", ">=":
			default:
				return v
			}
		}
		p.advance()
		w := p.unary()
		if p.err != nil {
			return v
		}
		if op.text == "in" {
			v = p.member(v, w, op.at)
		} else {
			v = p.compare(v, w, op)
		}
	}
}

// unary = { "!" } member | "-" number
func (p *parser) unary() value {
	at := p.tok.at
	if p.op("-") {
		if p.tok.kind != tokInt && p.tok.kind != tokDouble {
			return p.fail(at, `"-" stands before a number only`, "")
		}
		return p.literal("-", at)
	}
	n := 0
	for p.op("!") {
		n++
	}
	v := p.postfix()
	if n == 0 || p.err != nil {
		return v
	}
	if v.kind != kindBool {
		return p.fail(v.at, fmt.Sprintf("! turns what is true or false, and this is %s", v.kind), "put what is turned in parentheses")
	}
	run := v.truth
	if n%2 == 1 {
		run = not(run)
	}
	return value{at: at, kind: kindBool, truth: run}
}

func not(run logic) logic {
	return func(e *Env) truth {
		if x := run(e); x != unknown {
			return x ^ 1
		}
		return unknown
	}
}

// postfix = primary { "." name "(" … ")" | "[" literal "]" }
func (p *parser) postfix() value {
	v := p.primary()
	for p.err == nil {
		switch {
		case p.op("."):
			v = p.method(v)
		case p.op("["):
			v = p.index(v)
		default:
			return v
		}
	}
	return v
}

func (p *parser) primary() value {
	t := p.tok
	switch t.kind {
	case tokString:
		p.advance()
		return literalText(t.at, t.s)
	case tokInt, tokDouble:
		return p.literal("", t.at)
	case tokName:
		p.advance()
		return p.named(t)
	}
	switch {
	case p.op("("):
		v := p.expression()
		p.expect(")")
		v.at = t.at
		return v
	case p.op("["):
		return p.list(t.at)
	}
	return p.unexpected("a value")
}

// list = "[" [ literal { "," literal } [ "," ] ] "]"
func (p *parser) list(at int) value {
	v := value{at: at, kind: kindList, lit: true}
	defer p.leave()
	if !p.enter() {
		return v
	}
	for p.err == nil && !p.op("]") {
		item := p.unary()
		switch {
		case p.err != nil:
		case !item.lit || item.kind != kindString && !item.kind.isNumber():
			p.fail(item.at, "a list holds strings and numbers as they are written, nothing else", "")
		case len(v.items) > 0 && item.kind != v.items[0].kind:
			p.fail(item.at, fmt.Sprintf("%s stands in a list that begins with %s", item.kind, v.items[0].kind), "")
		default:
			v.items = append(v.items, item)
		}
		if p.err == nil && !p.op(",") && !(p.tok.kind == tokOp && p.tok.text == "]") {
			p.unexpected(`"," or "]"`)
		}
	}
	return v
}

// literal reads the number that is the current token.
func (p *parser) literal(sign string, at int) value {
	t := p.tok
	p.advance()
	if t.kind == tokInt {
		base := 10
		if strings.ContainsAny(t.text, "xX") {
			base = 0
		}
		n, err := strconv.ParseInt(sign+t.text, base, 64)
		if err != nil {
			return p.fail(at, sign+t.text+" is not a whole number of 64 bits", "")
		}
		return value{at: at, kind: kindInt, lit: true, i: n, whole: func(*Env) (int64, bool) { return n, true }}
	}
	f, err := strconv.ParseFloat(sign+t.text, 64)
	if err != nil {
		return p.fail(at, sign+t.text+" is not a number of 64 bits", "")
	}
	return value{at: at, kind: kindDouble, lit: true, f: f, real: func(*Env) (float64, bool) { return f, true }}
}

func literalText(at int, s string) value {
	return value{at: at, kind: kindString, lit: true, s: s, text: func(*Env) (string, bool) { return s, true }}
}
