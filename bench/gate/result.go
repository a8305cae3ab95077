package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// result is all results of one run.
type result struct {
	When       time.Time `json:"when"`
	Program    string    `json:"program"` // version of the measured program
	Machine    machine   `json:"machine"`
	LoadBefore float64   `json:"load_average_before"`
	LoadAfter  float64   `json:"load_average_after"`
	Sections   []section `json:"sections"`
}

// write writes DATE-MACHINE.json and .md to the folder of the results. A second run on the same day
// replaces only the steps that it ran; with another version of the program, all of them.
func (r *result) write(o options) error {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("cannot keep the results: %w", err)
	}
	name := o.machine
	if name == "" {
		name = r.Machine.slug()
	}
	base := filepath.Join(o.out, r.When.Format(time.DateOnly)+"-"+name)
	r.keep(base + ".json")
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(base+".json", append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("cannot keep the results: %w", err)
	}
	if err := os.WriteFile(base+".md", r.markdown(), 0o644); err != nil {
		return fmt.Errorf("cannot keep the results: %w", err)
	}
	return nil
}

// keep copies the steps of an earlier result that this run did not run.
func (r *result) keep(name string) {
	var before result
	if json.Unmarshal(readQuietly(name), &before) != nil || before.Program != r.Program || before.Machine != r.Machine {
		return
	}
	var all []section
	for _, st := range steps() {
		for _, from := range [][]section{r.Sections, before.Sections} {
			i := slices.IndexFunc(from, func(s section) bool { return s.Step == st.name })
			if i >= 0 {
				all = append(all, from[i])
				break
			}
		}
	}
	r.Sections = all
}

// markdown returns the result as Markdown.
func (r *result) markdown() []byte {
	var b bytes.Buffer
	m := r.Machine
	fmt.Fprintf(&b, "# asbru %s on %s\n\n", r.Program, r.When.Format(time.DateOnly))
	fmt.Fprintf(&b, "%s, %d CPUs, %d MB, Linux %s, %s, nginx %s, HAProxy %s; load average %.1f before, %.1f after.\n",
		m.CPU, m.CPUs, m.MemoryMB, m.Kernel, m.Go, orNone(m.Nginx), orNone(m.HAProxy), r.LoadBefore, r.LoadAfter)
	if m.Awake {
		b.WriteString("No CPU slept meanwhile (--awake). ")
	}
	b.WriteString("Medians of the rounds, quartiles in parentheses. What each figure means: docs/BENCHMARK.md.\n")
	b.WriteString("\n## Bounds\n\n")
	rows := [][]string{{"step", "figure", "bound", "measured", "", ""}}
	for i := range r.Sections {
		rows = append(rows, r.Sections[i].boundRows()...)
	}
	table(&b, rows)
	for i := range r.Sections {
		r.Sections[i].markdown(&b)
	}
	return b.Bytes()
}

func (s *section) boundRows() (rows [][]string) {
	if s.Skipped != "" {
		rows = append(rows, []string{s.Step, "", "", "", "skipped", s.Skipped})
	}
	if s.Broken != "" {
		rows = append(rows, []string{s.Step, "", "", "", "**broken**", strings.ReplaceAll(s.Broken, "\n", " ")})
	}
	for _, v := range s.Bounds {
		word, note := "holds", v.Problem
		if !v.Holds {
			word = "**fails**"
		}
		if v.Over != "" {
			note = strings.TrimPrefix(note+"; the better was "+v.Over, "; ")
		}
		limits := v.limits()
		if v.Soft {
			limits += " (soft)"
		}
		rows = append(rows, []string{s.Step, v.Figure, limits, v.Spread.text(), word, note})
	}
	return rows
}

func (s *section) markdown(b *bytes.Buffer) {
	if len(s.Figures) == 0 && s.Load == nil {
		return
	}
	fmt.Fprintf(b, "\n## %s: %s\n\n", s.Step, s.About)
	if len(s.Figures) > 0 {
		rows := [][]string{{"figure", "value", "unit"}}
		for _, f := range s.Figures {
			rows = append(rows, []string{f.Name, f.Spread.text(), f.Unit})
		}
		table(b, rows)
	}
	if s.Load != nil {
		if len(s.Figures) > 0 {
			b.WriteByte('\n')
		}
		s.Load.markdown(b, s.Columns)
	}
	for _, n := range s.Notes {
		fmt.Fprintf(b, "\n%s\n", strings.ReplaceAll(n, "\n", " "))
	}
}

func (l *loadRun) markdown(b *bytes.Buffer, columns []string) {
	rows := [][]string{append([]string{"target"}, columns...)}
	dropped := 0
	for _, t := range l.Targets {
		row := []string{t.Name}
		dropped += t.Dropped
		for _, c := range columns {
			cell := "-"
			if s, ok := t.Figures[c]; ok && s.Rounds > 0 {
				cell = s.text()
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	table(b, rows)
	fmt.Fprintf(b, "\n%d rounds of %d ms a target; %d windows dropped for foreign CPU above %g %%. Times in µs, memory as the name says.\n",
		l.Run.Rounds, l.Run.WindowMillis, dropped, l.Run.Foreign)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// table writes a table, whose first row is the head.
func table(b *bytes.Buffer, rows [][]string) {
	for i, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(b, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
}
