package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Severity says how much a Problem matters.
type Severity uint8

const (
	Error   Severity = iota // the document cannot be used
	Warning                 // the document can be used, but probably does not mean what was intended
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText makes JSON show a Severity by name.
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

	offset int // of the error, in bytes within the text at Path; 0: its beginning
}

// Error returns the same as String; it makes a Problem an error.
func (p Problem) Error() string { return p.String() }

// String returns p on one line:
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

// Failed reports whether problems contain an Error.
func Failed(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == Error })
}

// Join appends those of more whose path has no problem yet: a compiler of the document finds
// some problems again that Decode has reported.
func Join(problems, more []Problem) []Problem {
	told := len(problems)
	for _, m := range more {
		if !slices.ContainsFunc(problems[:told], func(p Problem) bool { return p.Path == m.Path && p.Severity <= m.Severity }) {
			problems = append(problems, m)
		}
	}
	return sorted(problems)
}

// sorted orders problems as they appear in the file, those without a line last,
// and cuts the list to maxProblems.
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

// more is the last entry of a list that was cut.
var more = fmt.Sprintf("there are more problems than these %d", maxProblems)

// capped keeps at most maxProblems and then adds that there are more. Warnings are cut
// before errors. A list cut several times says so only once.
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

// quote quotes text of a document for a message, cut to maxShown bytes.
func quote(s string) string {
	if len(s) > maxShown {
		return strconv.Quote(strings.ToValidUTF8(s[:maxShown], "")) + "…"
	}
	return strconv.Quote(s)
}
