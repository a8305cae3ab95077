package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Severity tells what a Problem prevents.
type Severity uint8

const (
	Error   Severity = iota // the document cannot be used
	Warning                 // it can, but probably not as meant
)

// String is "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText lets JSON show a Severity by name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Problem is one thing wrong with a document. It never holds a secret.
type Problem struct {
	File     string   `json:"file,omitempty"`   // as given to Decode; empty: not from a file
	Line     int      `json:"line,omitempty"`   // from 1; 0: unknown
	Column   int      `json:"column,omitempty"` // from 1, in characters; 0: unknown
	Path     string   `json:"path,omitempty"`   // providers[0].base_url; empty: the document
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"` // what to do; empty: nothing to add
	Severity Severity `json:"severity"`

	offset int // bytes into the text that Path leads to; 0: its beginning
}

// Error is p on one line, the same as String, so that a Problem is an error.
func (p Problem) Error() string { return p.String() }

// String is p on one line:
//
//	asbru.yaml:41: models[2].fallback[0]: is the model itself; hint: name another one
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			b.WriteString(":" + strconv.Itoa(p.Line))
		}
		b.WriteString(": ")
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; hint: " + p.Hint)
	}
	return b.String()
}

// Failed reports whether problems holds an Error.
func Failed(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Error })
}

// Join adds to problems those of more that say something about another path. A
// compiler of the document meets some of what Decode has told already.
func Join(problems, more []Problem) []Problem {
	told := len(problems)
	for _, m := range more {
		if !slices.ContainsFunc(problems[:told], func(p Problem) bool { return p.Path == m.Path && p.Severity <= m.Severity }) {
			problems = append(problems, m)
		}
	}
	return sorted(problems)
}

// sorted orders problems as they stand in the file, those without a line last,
// and cuts them to maxProblems.
func sorted(problems []Problem) []Problem {
	line := func(p Problem) int {
		if p.Line == 0 {
			return 1 << 30
		}
		return p.Line
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a.Column, b.Column))
	})
	return capped(problems)
}

// more ends a list of problems that was cut.
var more = fmt.Sprintf("there are more problems than these %d", maxProblems)

// capped keeps at most maxProblems and says that there are more. Errors are
// never left out for the sake of warnings. Only the last of several cuts is told.
func capped(problems []Problem) []Problem {
	end := Problem{Severity: Warning, Message: more}
	cut := false
	kept := make([]Problem, 0, min(len(problems), maxProblems+1))
	for _, want := range []Severity{Error, Warning} {
		for _, p := range problems {
			switch {
			case p.Severity != want:
			case p.Message == more || len(kept) == maxProblems:
				cut, end.File, end.Severity = true, p.File, min(end.Severity, want)
			default:
				kept = append(kept, p)
			}
		}
	}
	if !cut {
		return problems
	}
	return append(kept, end)
}

// quote shows text from a document in a message, cut to maxShown bytes.
func quote(s string) string {
	if len(s) > maxShown {
		return strconv.Quote(strings.ToValidUTF8(s[:maxShown], "")) + "…"
	}
	return strconv.Quote(s)
}
