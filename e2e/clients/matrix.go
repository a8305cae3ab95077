package main

import (
	"fmt"
	"io"
	"strings"
)

// A check is one line of a suite: a call that an SDK made of a family, and what it
// found. At most one of Error, Refused and Skip is set; none: it holds.
type check struct {
	SDK     string `json:"sdk"`     // its package, and which part of it where there are several
	Family  string `json:"family"`  // of the provider behind asbru; empty: of none
	Call    string `json:"call"`    // what was asked
	Stream  bool   `json:"stream"`  // as a stream
	Error   string `json:"error"`   // what is wrong, in the SDK's own words where it has some
	Refused string `json:"refused"` // the family cannot do this, and the SDK's typed error of status 400 says so
	Skip    string `json:"skip"`    // why it was not made
}

// A matrix gathers checks.
type matrix struct {
	out                  io.Writer
	passed, bad, refused int
	skipped              int
	sdks, calls, columns []string // in the order they came
	cells                map[[3]string][2]string
	failures             []string
}

// add counts k and prints its line.
func (m *matrix) add(k check) {
	what := strings.TrimSpace(strings.Join([]string{k.SDK, k.Family, k.Call}, " "))
	if k.Stream {
		what += ", streamed"
	}
	mark := "ok"
	switch {
	case k.Error != "":
		mark = "NOT"
		m.bad++
		m.failures = append(m.failures, what+": "+k.Error)
	case k.Refused != "":
		mark = "ref"
		m.refused++
	case k.Skip != "":
		mark = "-"
		m.skipped++
	default:
		m.passed++
	}
	fmt.Fprintln(m.out, strings.TrimRight(fmt.Sprintf("%-4s %s: %.300s", mark, what, strings.ReplaceAll(k.Error+k.Refused+k.Skip, "\n", " ")), ": "))
	m.put(k, mark)
}

// put notes the mark in the cell of k; of several in one cell the worst stays.
func (m *matrix) put(k check, mark string) {
	if m.cells == nil {
		m.cells = map[[3]string][2]string{}
	}
	once(&m.sdks, k.SDK)
	once(&m.calls, k.Call)
	once(&m.columns, k.Family)
	at, half := [3]string{k.SDK, k.Call, k.Family}, 0
	if k.Stream {
		half = 1
	}
	c := m.cells[at]
	if worse(mark, c[half]) {
		c[half] = mark
	}
	m.cells[at] = c
}

func worse(a, b string) bool {
	const order = "  - ok refNOT"
	return b == "" || strings.Index(order, a) > strings.Index(order, b)
}

func once(list *[]string, s string) {
	for _, have := range *list {
		if have == s {
			return
		}
	}
	*list = append(*list, s)
}

// skip says why a part does not run.
func (m *matrix) skip(what, why string) {
	m.skipped++
	fmt.Fprintf(m.out, "%-40s skipped: %s\n", what, why)
}

// table prints an SDK at a time what became of each call at each family: unary/streamed.
func (m *matrix) table() {
	for _, sdk := range m.sdks {
		fmt.Fprintf(m.out, "\n%-30s", sdk)
		for _, f := range m.columns {
			fmt.Fprintf(m.out, " %-9.9s", f)
		}
		fmt.Fprintln(m.out)
		for _, call := range m.calls {
			if row, any := m.row(sdk, call); any {
				fmt.Fprintf(m.out, "  %-28.28s%s\n", call, row)
			}
		}
	}
	fmt.Fprintln(m.out)
	for _, f := range m.failures {
		fmt.Fprintln(m.out, "NOT "+f)
	}
}

func (m *matrix) row(sdk, call string) (row string, any bool) {
	for _, f := range m.columns {
		c, ok := m.cells[[3]string{sdk, call, f}]
		any = any || ok
		cell := strings.Trim(c[0]+"/"+c[1], "/")
		if c[0] == "" && c[1] != "" {
			cell = "/" + c[1]
		}
		row += fmt.Sprintf(" %-9s", cell)
	}
	return strings.TrimRight(row, " "), any
}
