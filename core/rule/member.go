package rule

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// index compiles headers["…"] and params["…"], after their bracket.
func (p *parser) index(v value) value {
	at := p.tok.at
	key := p.expression()
	p.expect("]")
	switch {
	case p.err != nil:
		return v
	case !v.kind.isMap():
		return p.fail(v.at, fmt.Sprintf("%s has no members to name in brackets", v.kind), "only headers and params have")
	case key.kind != kindString || !key.lit:
		return p.fail(at, v.name+" is asked for a name in quotes", v.name+`["x-name"]`)
	}
	out := value{at: v.at, kind: kindString}
	if v.kind == kindHeaders {
		name := strings.ToLower(key.s)
		out.text = func(e *Env) (string, bool) { return e.header(name) }
	} else {
		out.text = func(e *Env) (string, bool) { return e.param(key.s) }
	}
	return out
}

// method compiles v.name(argument), after the dot.
func (p *parser) method(v value) value {
	t := p.tok
	if t.kind != tokName {
		return p.unexpected("a method's name")
	}
	p.advance()
	if !p.op("(") {
		hint := "methods are called with parentheses: " + t.text + "(…)"
		if v.kind.isMap() {
			hint = fmt.Sprintf("write %s[%q]", v.name, t.text)
		}
		return p.fail(t.at, fmt.Sprintf("%s has no member %q", v.kind, t.text), hint)
	}
	if t.text == "size" {
		p.expect(")")
		return p.size(v, t.at)
	}
	known := false
	for _, m := range methods {
		known = known || m == t.text
	}
	if !known {
		return p.fail(t.at, fmt.Sprintf("there is no method %q", t.text), meant(t.text, methods, "there are "))
	}
	arg := p.expression()
	p.expect(")")
	switch {
	case p.err != nil:
		return v
	case v.kind != kindString:
		return p.fail(v.at, fmt.Sprintf("%s is a method of strings, and this is %s", t.text, v.kind), "")
	case arg.kind != kindString:
		return p.fail(arg.at, fmt.Sprintf("%s takes a string, and this is %s", t.text, arg.kind), "")
	}
	out := value{at: v.at, kind: kindBool}
	if t.text == "matches" {
		out.truth = p.matches(v.text, arg)
		return out
	}
	out.truth = tested(v.text, arg, t.text)
	return out
}

// tested compiles startsWith, endsWith or contains.
func tested(get text, arg value, name string) logic {
	test := strings.Contains
	switch name {
	case "startsWith":
		test = strings.HasPrefix
	case "endsWith":
		test = strings.HasSuffix
	}
	if part := arg.s; arg.lit && name == "startsWith" { // the most common one, inlined
		return func(e *Env) truth {
			s, ok := get(e)
			if !ok {
				return unknown
			}
			return is(strings.HasPrefix(s, part))
		}
	}
	return func(e *Env) truth {
		s, ok := get(e)
		part, there := arg.text(e)
		if !ok || !there {
			return unknown
		}
		return is(test(s, part))
	}
}

// matches compiles a search for a regular expression (RE2 syntax, anywhere in the string).
func (p *parser) matches(get text, arg value) logic {
	if !arg.lit {
		p.fail(arg.at, "the regular expression is compiled once: it stands in quotes", "")
		return nil
	}
	if len(arg.s) > maxPattern {
		p.fail(arg.at, fmt.Sprintf("is %d bytes long; a regular expression has at most %d", len(arg.s), maxPattern), "")
		return nil
	}
	re, err := regexp.Compile(arg.s)
	if err != nil {
		why := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		p.fail(arg.at, "is not a regular expression: "+why, "")
		return nil
	}
	return func(e *Env) truth {
		s, ok := get(e)
		if !ok {
			return unknown
		}
		return is(re.MatchString(s))
	}
}

// size compiles the length of a string in characters, or of a list.
func (p *parser) size(v value, at int) value {
	out := value{at: v.at, kind: kindInt}
	switch {
	case p.err != nil:
	case v.kind == kindList:
		n := int64(len(v.items))
		out.whole = func(*Env) (int64, bool) { return n, true }
	case v.kind == kindString:
		out.whole = func(e *Env) (int64, bool) {
			s, ok := v.text(e)
			return int64(utf8.RuneCountInString(s)), ok
		}
	default:
		return p.fail(at, fmt.Sprintf("%s has no size", v.kind), "strings and lists have")
	}
	return out
}

// member compiles x in list and "name" in headers.
func (p *parser) member(v, in value, at int) value {
	out := value{at: v.at, kind: kindBool}
	switch {
	case in.kind.isMap() && (v.kind != kindString || !v.lit):
		return p.fail(v.at, "stands before in "+in.name+": only a name in quotes can", fmt.Sprintf(`"x-name" in %s`, in.name))
	case in.kind == kindHeaders:
		name := strings.ToLower(v.s)
		out.truth = func(e *Env) truth { _, ok := e.header(name); return is(ok) }
	case in.kind == kindParams:
		out.truth = func(e *Env) truth { _, ok := e.param(v.s); return is(ok) }
	case in.kind != kindList:
		return p.fail(in.at, fmt.Sprintf("in looks into a list, headers or params, and this is %s", in.kind), "write [ ] around it")
	case len(in.items) > 0 && !alike(v.kind, in.items[0].kind):
		return p.fail(at, fmt.Sprintf("%s is never in a list that begins with %s", v.kind, in.items[0].kind), "")
	case v.kind == kindString:
		for _, item := range in.items {
			p.plausible(v, item)
		}
		out.truth = among(v.text, in.items)
	case v.kind.isNumber():
		out.truth = amongNumbers(v, in.items)
	default:
		return p.fail(v.at, fmt.Sprintf("%s cannot be looked for in a list", v.kind), "strings and numbers can")
	}
	return out
}

// among looks a string up in a list: one by one if it is short, otherwise in a map.
func among(get text, items []value) logic {
	words := make([]string, len(items))
	set := make(map[string]bool, len(items))
	for i, item := range items {
		words[i] = item.s
		set[item.s] = true
	}
	if len(words) > fewWords {
		return func(e *Env) truth {
			s, ok := get(e)
			if !ok {
				return unknown
			}
			return is(set[s])
		}
	}
	return func(e *Env) truth {
		s, ok := get(e)
		if !ok {
			return unknown
		}
		for _, w := range words {
			if s == w {
				return yes
			}
		}
		return no
	}
}

func amongNumbers(v value, items []value) logic {
	tests := make([]logic, len(items))
	for i, item := range items {
		tests[i] = numbers(v, item, func(c int) bool { return c == 0 })
	}
	return func(e *Env) truth {
		for _, t := range tests {
			if x := t(e); x != no {
				return x
			}
		}
		return no
	}
}
