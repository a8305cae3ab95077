package selftest

import (
	_ "embed" // the matrix
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:embed matrix.json
var committed []byte

// Committed is the matrix that this version was released with.
func Committed() (cells []Cell, err error) {
	if err := json.Unmarshal(committed, &cells); err != nil {
		return nil, fmt.Errorf("cannot read the committed matrix: %w", err)
	}
	return cells, nil
}

// JSON writes cells as the committed matrix is written: one a line.
func JSON(cells []Cell) []byte {
	b := []byte("[\n")
	for i := range cells {
		if i > 0 {
			b = append(b, ",\n"...)
		}
		b = append(b, encode(cells[i])...)
	}
	return append(b, "\n]\n"...)
}

// summary joins the grades of both modes of a scenario: the worse one, with its notes.
func summary(cells []Cell, door, up, scenario string) (g Grade, notes []string) {
	order := []Grade{Lossless, Lossy, Refused, Failed}
	g = ""
	for i := range cells {
		c := &cells[i]
		if c.Door != door || c.Upstream != up || c.Scenario != scenario {
			continue
		}
		if slices.Index(order, c.Grade) > slices.Index(order, g) {
			g = c.Grade
		}
		for _, n := range c.Notes {
			if !slices.Contains(notes, n) {
				notes = append(notes, n)
			}
		}
	}
	return g, notes
}

// Print writes the matrix for a person at a terminal: a table a scenario, then what the letters hide.
func Print(w io.Writer, cells []Cell) {
	var ups []string
	for _, up := range Formats() {
		if slices.ContainsFunc(cells, func(c Cell) bool { return c.Upstream == up }) {
			ups = append(ups, up)
		}
	}
	for _, sc := range Scenarios() {
		table(w, cells, sc, ups)
	}
	fmt.Fprintln(w, "door down, upstream across; + lossless, ~ lossy, x refused")
	counts := map[Grade]int{}
	for i := range cells {
		counts[cells[i].Grade]++
		if cells[i].Grade != Lossless {
			fmt.Fprintln(w, cells[i].String())
		}
	}
	fmt.Fprintf(w, "%d cells: %d lossless, %d lossy, %d refused, %d failed\n", len(cells), counts[Lossless], counts[Lossy], counts[Refused], counts[Failed])
}

// table prints what came of one scenario.
func table(w io.Writer, cells []Cell, scenario string, ups []string) {
	letters := map[Grade]string{Lossless: "+", Lossy: "~", Refused: "x", Failed: "FAIL"}
	head := fmt.Sprintf("%-18s", scenario)
	for _, up := range ups {
		head += fmt.Sprintf("%-11s", up)
	}
	for _, door := range Formats() {
		line, some := fmt.Sprintf("  %-16s", door), false
		for _, up := range ups {
			g, _ := summary(cells, door, up, scenario)
			line += fmt.Sprintf("%-11s", letters[g])
			some = some || g != ""
		}
		if some && head != "" {
			fmt.Fprintln(w, strings.TrimRight(head, " "))
			head = ""
		}
		if some {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
		}
	}
	fmt.Fprintln(w)
}

// Markdown is the matrix as docs/COMPATIBILITY.md shows it.
func Markdown(cells []Cell) []byte {
	var b strings.Builder
	b.WriteString(head)
	var legend []string
	for _, sc := range scenarios() {
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n| door ↓ upstream → |", strings.ToUpper(sc.name[:1])+sc.name[1:], strings.ToUpper(sc.help[:1])+sc.help[1:])
		for _, up := range Formats() {
			fmt.Fprintf(&b, " %s |", up)
		}
		b.WriteString("\n|---|" + strings.Repeat("---|", len(Formats())) + "\n")
		for _, door := range Formats() {
			fmt.Fprintf(&b, "| %s |", door)
			for _, up := range Formats() {
				g, notes := summary(cells, door, up, sc.name)
				fmt.Fprintf(&b, " %s |", mark(g, notes, &legend))
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\n## What the numbers mean\n\n")
	for i, n := range legend {
		fmt.Fprintf(&b, "%d. %s\n", i+1, strings.ReplaceAll(n, "|", "\\|"))
	}
	return []byte(b.String())
}

// mark is a cell of a table; its notes are numbers in the legend.
func mark(g Grade, notes []string, legend *[]string) string {
	words := map[Grade]string{Lossless: "yes", Lossy: "lossy", Refused: "refused", Failed: "**fails**"}
	s := words[g]
	for i, n := range notes {
		at := slices.Index(*legend, n)
		if at < 0 {
			at = len(*legend)
			*legend = append(*legend, n)
		}
		sep := " "
		if i > 0 {
			sep = ", "
		}
		s += fmt.Sprint(sep, at+1)
	}
	return s
}

const head = `# What crosses how

Made by ` + "`asbru selftest --update`" + `; a test fails when it is stale. Each cell was tried unary and streamed, through a real
gateway against a stand-in provider that is as strict as the vendors: both what reached the provider and what the client got
are held against what the other side said.

**yes**: nothing was lost. **lossy**: all but what one of the two formats cannot say. **refused**: a clear error before anything
was sent. A door is how the client speaks, an upstream how the provider does: openai is Chat Completions, responses is Responses, invoke
is Bedrock's InvokeModel with Anthropic's bodies.
`
