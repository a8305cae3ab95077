package loadgen

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// column is one figure of the table.
type column struct {
	title     string
	figure    string
	write     func(float64) string
	quartiles bool // show them too
}

func plain(format string) func(float64) string {
	return func(f float64) string { return fmt.Sprintf(format, f) }
}

// columns is the table from left to right. One that no target has is left out.
func columns() []column {
	return []column{
		{"success", "success", percentOf, false},
		{"rate/s", "rate", plain("%.0f"), false},
		{"p50", "p50", micros, false},
		{"p90", "p90", micros, false},
		{"p99", "p99", micros, false},
		{"p99.9", "p999", micros, false},
		{"added p50", "added_p50", micros, true},
		{"added p99", "added_p99", micros, true},
		{"TTFB p50", "ttfb_p50", micros, false},
		{"TTFT p50", "ttft_p50", micros, false},
		{"added TTFB", "added_ttfb_p50", micros, true},
		{"relay p50", "relay_p50", micros, false},
		{"relay p99", "relay_p99", micros, false},
		{"added relay", "added_relay_p50", micros, true},
		{"CPU/req", "cpu_us", micros, true},
		{"CPU/chunk", "cpu_chunk_us", micros, false},
		{"switches", "switches", plain("%.2f"), false},
		{"RSS MB", "rss_mb", plain("%.1f"), false},
		{"streams", "streams", plain("%.0f"), false},
		{"RSS KB/stream", "rss_stream_kb", plain("%.2f"), false},
		{"anon KB/stream", "anon_stream_kb", plain("%.2f"), false},
		{"PSS KB/stream", "pss_stream_kb", plain("%.2f"), false},
		{"sockets", "sockets", plain("%.0f"), false},
	}
}

// skips reports whether a figure has no meaning, or repeats another, in this kind of run.
func (c *campaign) skips(figure string) bool {
	if c.o.stream {
		return c.o.hold > 0 && (strings.HasPrefix(figure, "p9") || figure == "p50")
	}
	return strings.Contains(figure, "ttfb")
}

// table writes the result of every target.
func (c *campaign) table(w io.Writer) {
	p := paintFor(w)
	rows := [][]string{{"target"}}
	spreads := make([]map[string]spread, len(c.records))
	for i, r := range c.records {
		spreads[i] = r.spreads()
		rows = append(rows, []string{r.target.name})
	}
	for _, col := range columns() {
		if c.skips(col.figure) || !anyHas(spreads, col.figure) {
			continue
		}
		rows[0] = append(rows[0], col.title)
		for i := range c.records {
			rows[i+1] = append(rows[i+1], col.cell(spreads[i]))
		}
	}
	for i, line := range aligned(rows) {
		if i == 0 {
			line = p.bold(line)
		}
		fmt.Fprintln(w, line)
	}
	c.notes(w, p)
}

func (col column) cell(m map[string]spread) string {
	s, ok := m[col.figure]
	if !ok {
		return "-"
	}
	if col.quartiles && s.N > 1 {
		return fmt.Sprintf("%s (%s…%s)", col.write(s.Median), col.write(s.Q1), col.write(s.Q3))
	}
	return col.write(s.Median)
}

func anyHas(all []map[string]spread, figure string) bool {
	for _, m := range all {
		if _, ok := m[figure]; ok {
			return true
		}
	}
	return false
}

// notes prints what the table does not show: failures, dropped windows, problems of the
// generator itself.
func (c *campaign) notes(w io.Writer, p paint) {
	fmt.Fprintln(w, p.dim(c.how()))
	for _, r := range c.records {
		if n := r.droppedWindows(); n > 0 {
			fmt.Fprintf(w, "%s: %d of %d windows dropped, other processes took more than %g %% of the CPUs\n", r.target.name, n, len(r.windows), c.o.foreign)
		}
		for _, f := range r.reasons() {
			fmt.Fprintln(w, p.bad(fmt.Sprintf("%s: %d requests failed: %s", r.target.name, f.Count, f.Kind)))
		}
		if n := r.kept.retried + r.dropped.retried; n > 0 {
			fmt.Fprintf(w, "%s: %d requests were sent again, their connection had been closed\n", r.target.name, n)
		}
		if n := r.kept.insane + r.dropped.insane; n > 0 {
			fmt.Fprintf(w, "%s: %d chunk stamps were of another clock and not counted\n", r.target.name, n)
		}
		c.ownNotes(w, p, r)
	}
}

// ownNotes prints what the load generator itself used, and warns if it could not keep
// its schedule.
func (c *campaign) ownNotes(w io.Writer, p paint, r *record) {
	s := r.spreads()
	if own, ok := s["generator_cpu_us"]; ok && c.o.hold == 0 {
		fmt.Fprintln(w, p.dim(fmt.Sprintf("%s: the load generator itself used %s of CPU a request", r.target.name, micros(own.Median))))
	}
	if late := s["late_p99"]; late.Median > lateMicros {
		fmt.Fprintf(w, "%s: the load generator itself was late, %s at p99; lower --rate or give it a CPU\n", r.target.name, micros(late.Median))
	}
}

// how describes the run in one line.
func (c *campaign) how() string {
	o := c.o
	kind := fmt.Sprintf("open loop, %g/s", o.rate)
	switch {
	case o.max:
		kind = fmt.Sprintf("closed loop, %d connections", o.conns)
	case o.hold > 0:
		return fmt.Sprintf("%d streams held for %v", o.hold, o.duration)
	case o.poisson:
		kind += ", Poisson"
	}
	rounds := "1 round"
	if o.rounds != 1 {
		rounds = fmt.Sprintf("%d rounds", o.rounds)
	}
	return fmt.Sprintf("%s; %s of %v a target, requests of %d bytes; medians of the rounds, quartiles in parentheses",
		kind, rounds, o.window, len(c.records[0].target.request))
}

// aligned pads cells to columns, the first to the left, figures to the right.
func aligned(rows [][]string) []string {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString(cell + pad)
			} else {
				b.WriteString("  " + pad + cell)
			}
		}
		lines[n] = b.String()
	}
	return lines
}
