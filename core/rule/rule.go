package rule

import (
	"fmt"
	"slices"
)

// A Rule is a compiled condition. It is immutable and may be used concurrently.
type Rule struct {
	run   logic // nil: always
	reads []string
}

// Compile compiles a condition. An empty or blank one always matches. An error is
// always an *Error.
func Compile(src string) (*Rule, error) {
	if len(src) > MaxBytes {
		return nil, &Error{Message: fmt.Sprintf("is %d bytes long; a condition has at most %d", len(src), MaxBytes), Hint: "make several rules of it"}
	}
	p := parser{lexer: lexer{src: src}}
	p.advance()
	if p.tok.kind == tokEnd && p.err == nil {
		return &Rule{}, nil
	}
	v := p.expression()
	if p.err == nil && p.tok.kind != tokEnd {
		p.unexpected("the end")
	}
	if p.err == nil && v.kind != kindBool {
		p.fail(v.at, fmt.Sprintf("the condition is %s, not true or false", v.kind), "compare it with something")
	}
	if p.err != nil {
		return nil, p.err
	}
	slices.Sort(p.reads)
	return &Rule{run: v.truth, reads: slices.Compact(p.reads)}, nil
}

// Match reports whether the condition holds for e. It does not if its value depends on
// a missing header or parameter.
func (r *Rule) Match(e *Env) bool { return r.run == nil || r.run(e) == yes }

// Reads returns the names of the variables that the condition mentions, in
// order. The caller must not change them.
func (r *Rule) Reads() []string { return r.reads }

// An Error says why a condition cannot be compiled.
type Error struct {
	Offset  int    // bytes from the beginning of the condition
	Message string // what is wrong at Offset
	Hint    string // what to do; empty: nothing to add
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; hint: " + e.Hint
}

// A truth is the result of a condition: CEL's true, false and error.
type truth uint8

const (
	no truth = iota
	yes
	unknown // an error: a header or parameter is missing
)

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

// The closures of each type. Except for logic, the second result is false for an error.
type (
	logic  = func(*Env) truth
	text   = func(*Env) (string, bool)
	whole  = func(*Env) (int64, bool)
	number = func(*Env) (float64, bool)
)

// A kind is the type of a value.
type kind uint8

const (
	kindNone kind = iota // after an error
	kindBool
	kindString
	kindInt
	kindDouble
	kindList
	kindHeaders
	kindParams
)

var kinds = [...]string{"nothing", "true or false", "a string", "a whole number", "a number", "a list", "a map", "a map"}

// String returns the name of the type for messages.
func (k kind) String() string { return kinds[k] }

func (k kind) isMap() bool    { return k == kindHeaders || k == kindParams }
func (k kind) isNumber() bool { return k == kindInt || k == kindDouble }

// A value is a compiled part of a condition: the closure of its kind, and the value
// of a literal.
type value struct {
	at   int // offset of its beginning in the condition
	kind kind
	lit  bool
	name string // the name if it is a variable; empty: it is none

	truth logic
	text  text
	whole whole
	real  number

	s     string
	i     int64
	f     float64
	b     bool
	items []value // the elements of a list, all literals of one kind
}
