package main

import (
	"fmt"
	"io"
)

// A score counts comparisons, one line for each group of them.
type score struct {
	out           io.Writer
	passed, bad   int // of all groups
	skipped       int // groups
	group         string
	equal, unlike int // of this group
}

// begin starts a group and closes the one before.
func (s *score) begin(group string) {
	s.end()
	s.group = group
}

// end closes the group with its line.
func (s *score) end() {
	if s.group == "" {
		return
	}
	line := fmt.Sprintf("%-44s %4d equal", s.group, s.equal)
	if s.unlike > 0 {
		line += fmt.Sprintf(", %d NOT", s.unlike)
	}
	fmt.Fprintln(s.out, line)
	s.passed, s.bad = s.passed+s.equal, s.bad+s.unlike
	s.group, s.equal, s.unlike = "", 0, 0
}

// check counts one comparison; an error is why it failed.
func (s *score) check(what string, err error) {
	if err == nil {
		s.equal++
		return
	}
	s.unlike++
	fmt.Fprintf(s.out, "NOT EQUAL %s: %s: %v\n", s.group, what, err)
}

// skip says why a group does not run.
func (s *score) skip(group, why string) {
	s.end()
	s.skipped++
	fmt.Fprintf(s.out, "%-44s skipped: %s\n", group, why)
}
