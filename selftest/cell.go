package selftest

import (
	"fmt"
	"sort"
	"strings"
)

// A Grade says how much of a conversation arrived.
type Grade string

// The grades, the best first.
const (
	Lossless Grade = "lossless" // everything, both ways
	Lossy    Grade = "lossy"    // except for the parts in the notes, which one of the formats does not have
	Refused  Grade = "refused"  // with an error that says why
	Failed   Grade = "FAILED"   // wrongly: a fault of the gateway
)

// A Cell is the result of one scenario between one door and one upstream.
type Cell struct {
	Door     string   `json:"door"`
	Upstream string   `json:"upstream"`
	Scenario string   `json:"scenario"`
	Stream   bool     `json:"stream"`
	Grade    Grade    `json:"grade"`
	Notes    []string `json:"notes,omitempty"` // sorted; what was lost, why it was refused, what is wrong
}

// Key identifies c in the matrix.
func (c *Cell) Key() string {
	mode := "unary"
	if c.Stream {
		mode = "stream"
	}
	return c.Door + " → " + c.Upstream + ", " + c.Scenario + ", " + mode
}

// String describes c in one line.
func (c *Cell) String() string {
	s := c.Key() + ": " + string(c.Grade)
	if len(c.Notes) > 0 {
		s += " (" + strings.Join(c.Notes, "; ") + ")"
	}
	return s
}

// lose records a loss.
func (c *Cell) lose(format string, args ...any) {
	if c.Grade == Lossless {
		c.Grade = Lossy
	}
	c.note(fmt.Sprintf(format, args...))
}

// fail records a failure.
func (c *Cell) fail(format string, args ...any) {
	if c.Grade != Failed {
		c.Grade, c.Notes = Failed, nil
	}
	c.note(fmt.Sprintf(format, args...))
}

func (c *Cell) refuse(why string) {
	c.Grade, c.Notes = Refused, []string{why}
}

// note adds a note once. Losses of a failed cell are not kept.
func (c *Cell) note(s string) {
	for _, n := range c.Notes {
		if n == s {
			return
		}
	}
	c.Notes = append(c.Notes, s)
	sort.Strings(c.Notes)
}

// Compare returns the differences of got and want, cell by cell, in the order of got. Cells of want that are not in
// got are reported only if whole is set.
func Compare(got, want []Cell, whole bool) (differences []string) {
	old := map[string]string{}
	for i := range want {
		old[want[i].Key()] = want[i].String()
	}
	for i := range got {
		key, now := got[i].Key(), got[i].String()
		was, ok := old[key]
		delete(old, key)
		switch {
		case !ok:
			differences = append(differences, "new: "+now)
		case was != now:
			differences = append(differences, "was: "+was+"\n now: "+now)
		}
	}
	if whole {
		for i := range want {
			if _, ok := old[want[i].Key()]; ok {
				differences = append(differences, "gone: "+want[i].String())
			}
		}
	}
	return differences
}
