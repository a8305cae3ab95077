package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// section is the result of one step.
type section struct {
	Step    string    `json:"step"`
	Hard    bool      `json:"hard"`
	About   string    `json:"about"`
	Seconds float64   `json:"seconds"`
	Skipped string    `json:"skipped,omitempty"` // why it did not run
	Broken  string    `json:"broken,omitempty"`  // why it failed
	Notes   []string  `json:"notes,omitempty"`
	Figures []figure  `json:"figures,omitempty"` // counted here
	Load    *loadRun  `json:"load,omitempty"`    // measured by the load generator
	Bounds  []verdict `json:"bounds,omitempty"`

	Columns []string `json:"columns,omitempty"` // figures of Load to show
}

// figure is one number counted by a step.
type figure struct {
	Name   string `json:"name"`
	Unit   string `json:"unit,omitempty"`
	Spread spread `json:"value"`
}

// add adds a figure that was measured once.
func (s *section) add(name, unit string, x float64) {
	s.Figures = append(s.Figures, figure{name, unit, spread{x, x, x, 1}})
}

// figure returns the number counted under a name; 0: none.
func (s *section) figure(name string) spread {
	for _, f := range s.Figures {
		if f.Name == name {
			return f.Spread
		}
	}
	return spread{}
}

// missed reports whether a bound of the step does not hold, or the step failed.
func (s *section) missed() bool {
	return s.Broken != "" || slices.ContainsFunc(s.Bounds, func(v verdict) bool { return !v.Holds })
}

func (s *section) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

// show prints the section. The load generator has printed its own table.
func (s *section) show(w io.Writer) {
	for _, f := range s.Figures {
		fmt.Fprintf(w, "%-26s %s %s\n", f.Name, f.Spread.text(), f.Unit)
	}
	for _, n := range s.Notes {
		fmt.Fprintln(w, n)
	}
	for _, v := range s.Bounds {
		word := "holds"
		if !v.Holds {
			word = "FAILS"
		}
		fmt.Fprintf(w, "%s  %s\n", word, v.line())
	}
	switch {
	case s.Skipped != "":
		fmt.Fprintf(w, "skipped: %s\n", s.Skipped)
	case s.Broken != "":
		fmt.Fprintf(w, "broken: %s\n", strings.TrimSpace(s.Broken))
	}
}
