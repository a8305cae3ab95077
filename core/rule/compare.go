package rule

import (
	"cmp"
	"fmt"
	"strings"
)

// compare compiles a comparison.
func (p *parser) compare(a, b value, op token) value {
	out := value{at: a.at, kind: kindBool}
	equality := op.text == "==" || op.text == "!="
	switch {
	case a.kind == kindList || b.kind == kindList:
		return p.fail(op.at, "a list cannot be compared", "look into it with in")
	case a.kind.isMap() || b.kind.isMap():
		m := a
		if b.kind.isMap() {
			m = b
		}
		return p.fail(m.at, m.name+" as a whole cannot be compared", fmt.Sprintf(`name one: %s["x-name"]`, m.name))
	case !alike(a.kind, b.kind):
		return p.fail(op.at, fmt.Sprintf("%s cannot be compared with %s", a.kind, b.kind), quoted(a, b))
	case a.kind == kindBool && !equality:
		return p.fail(op.at, "what is true or false has no order", "compare it with == or !=")
	}
	sign := signs(op.text)
	switch {
	case a.kind == kindBool:
		out.truth = truths(a.truth, b.truth, op.text == "==")
	case a.kind.isNumber():
		out.truth = numbers(a, b, sign)
	case equality && (a.lit || b.lit):
		if a.lit {
			a, b = b, a
		}
		p.plausible(a, b)
		out.truth = equal(a.text, b.s, op.text == "==")
	default:
		out.truth = ordered(a.text, b.text, sign)
	}
	return out
}

// alike reports whether values of the two types can be compared.
func alike(a, b kind) bool { return a == b || a.isNumber() && b.isNumber() }

// quoted returns the hint for a number where a string was meant.
func quoted(a, b value) string {
	switch {
	case a.kind == kindString && b.lit && b.kind != kindString:
		return "put the value in quotes"
	case b.kind == kindString && b.lit && a.kind != kindString:
		return "take the quotes off"
	}
	return ""
}

// signs returns the test that an operator applies to the result of cmp.Compare.
func signs(op string) func(c int) bool {
	switch op {
	case "==":
		return func(c int) bool { return c == 0 }
	case "!=":
		return func(c int) bool { return c != 0 }
	case "<":
		return func(c int) bool { return c < 0 }
	case "<=":
		return func(c int) bool { return c <= 0 }
	case ">":
		return func(c int) bool { return c > 0 }
	}
	return func(c int) bool { return c >= 0 }
}

// equal compares with a literal, as nearly all rules do.
func equal(get text, lit string, want bool) logic {
	return func(e *Env) truth {
		s, ok := get(e)
		if !ok {
			return unknown
		}
		return is((s == lit) == want)
	}
}

// ordered compares two strings byte by byte.
func ordered(a, b text, sign func(int) bool) logic {
	return func(e *Env) truth {
		s, ok := a(e)
		t, there := b(e)
		if !ok || !there {
			return unknown
		}
		return is(sign(strings.Compare(s, t)))
	}
}

func truths(a, b logic, want bool) logic {
	return func(e *Env) truth {
		x, y := a(e), b(e)
		if x == unknown || y == unknown {
			return unknown
		}
		return is((x == y) == want)
	}
}

// numbers compares two numbers of the same or of different types.
func numbers(a, b value, sign func(int) bool) logic {
	if a.kind == kindInt && b.kind == kindInt {
		return func(e *Env) truth {
			x, ok := a.whole(e)
			y, there := b.whole(e)
			if !ok || !there {
				return unknown
			}
			return is(sign(cmp.Compare(x, y)))
		}
	}
	if a.kind == kindDouble && b.kind == kindDouble {
		return func(e *Env) truth {
			x, ok := a.real(e)
			y, there := b.real(e)
			if !ok || !there {
				return unknown
			}
			return is(sign(cmp.Compare(x, y)))
		}
	}
	if a.kind == kindInt {
		return numbers(b, a, func(c int) bool { return sign(-c) })
	}
	return func(e *Env) truth {
		x, ok := a.real(e)
		y, there := b.whole(e)
		if !ok || !there {
			return unknown
		}
		return is(sign(cmp.Compare(x, float64(y)))) // as CEL does, although large integers lose digits
	}
}

// choose compiles cond ? a : b.
func (p *parser) choose(cond, a, b value) value {
	if p.err != nil {
		return value{at: cond.at}
	}
	out := value{at: cond.at, kind: a.kind}
	if a.kind != b.kind {
		return p.fail(b.at, fmt.Sprintf("this branch is %s and the other is %s", b.kind, a.kind), "both branches are of one type")
	}
	switch a.kind {
	case kindBool:
		out.truth = func(e *Env) truth {
			switch cond.truth(e) {
			case yes:
				return a.truth(e)
			case no:
				return b.truth(e)
			}
			return unknown
		}
	case kindString:
		out.text = func(e *Env) (string, bool) {
			switch cond.truth(e) {
			case yes:
				return a.text(e)
			case no:
				return b.text(e)
			}
			return "", false
		}
	case kindInt:
		out.whole = func(e *Env) (int64, bool) {
			switch cond.truth(e) {
			case yes:
				return a.whole(e)
			case no:
				return b.whole(e)
			}
			return 0, false
		}
	case kindDouble:
		out.real = func(e *Env) (float64, bool) {
			switch cond.truth(e) {
			case yes:
				return a.real(e)
			case no:
				return b.real(e)
			}
			return 0, false
		}
	default:
		return p.fail(a.at, fmt.Sprintf("? chooses between strings, numbers and conditions, and this is %s", a.kind), "")
	}
	return out
}
