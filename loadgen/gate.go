package loadgen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Bounds of a gate file.
const (
	maxGateFile  = 1 << 20
	maxBounds    = 256
	fewestRounds = 3 // because a soft bound needs quartiles
)

// gate is a committed file of bounds; the package comment has its form.
type gate struct {
	About  string  `json:"about,omitempty"`
	Bounds []bound `json:"bounds"`
}

// bound limits one figure or ratio.
type bound struct {
	Figure string   `json:"figure"`
	Max    *float64 `json:"max,omitempty"` // nil: no upper bound
	Min    *float64 `json:"min,omitempty"` // nil: no lower bound
	Soft   bool     `json:"soft,omitempty"`
	Why    string   `json:"why,omitempty"`

	ratio ratio
}

// verdict is a bound with what the run measured.
type verdict struct {
	bound
	Spread spread `json:"spread"`
	Over   string `json:"over,omitempty"`    // the target that best(...) chose
	Holds  bool   `json:"holds"`             //
	Reason string `json:"problem,omitempty"` // why it cannot be judged; empty when it can
}

// readGate reads a gate file and refuses unknown members.
func readGate(name string) (*gate, error) {
	raw, err := readBounded(name, maxGateFile)
	if err != nil {
		return nil, err
	}
	var g gate
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&g); err != nil {
		return nil, fmt.Errorf("cannot read gate %q: %w", name, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("cannot read gate %q: something follows the document", name)
	}
	if len(g.Bounds) == 0 || len(g.Bounds) > maxBounds {
		return nil, fmt.Errorf("gate %q has %d bounds; 1 to %d are wanted", name, len(g.Bounds), maxBounds)
	}
	for i := range g.Bounds {
		b := &g.Bounds[i]
		if b.ratio, err = parseRatio(b.Figure); err != nil {
			return nil, fmt.Errorf("gate %q, bounds[%d]: %w", name, i, err)
		}
		if b.Max == nil && b.Min == nil {
			return nil, fmt.Errorf("gate %q, bounds[%d]: %q has neither min nor max", name, i, b.Figure)
		}
	}
	return &g, nil
}

// names checks that every target in a gate is part of the run.
func (g *gate) names(targets []named) error {
	for _, b := range g.Bounds {
		for _, n := range append([]string{b.ratio.target}, b.ratio.over...) {
			if !slices.ContainsFunc(targets, func(t named) bool { return t.name == n }) {
				return fmt.Errorf("bound %q needs target %q, which this run does not have; add --target %s=URL", b.Figure, n, n)
			}
		}
	}
	return nil
}

// judge compares the run with every bound.
func (g *gate) judge(records []*record) []verdict {
	out := make([]verdict, len(g.Bounds))
	for i, b := range g.Bounds {
		v := verdict{bound: b}
		v.Spread, v.Over, v.Reason = b.ratio.measure(records)
		if v.Reason == "" && b.Soft && v.Spread.N < fewestRounds {
			v.Reason = fmt.Sprintf("a soft bound needs %d rounds and %d count", fewestRounds, v.Spread.N)
		}
		v.Holds = v.Reason == "" && b.holds(v.Spread)
		out[i] = v
	}
	return out
}

// holds compares a figure with a bound. A soft bound tolerates noise.
func (b *bound) holds(s spread) bool {
	low, high := s.Median, s.Median
	if b.Soft {
		low, high = s.Q1, s.Q3
	}
	return (b.Max == nil || low <= *b.Max) && (b.Min == nil || high >= *b.Min)
}

// showGate prints each bound with its figure, and reports whether all hold.
func showGate(w io.Writer, all []verdict) bool {
	p, ok := paintFor(w), true
	rows := [][]string{{"gate", "bound", "median", "quartiles", "", ""}}
	for _, v := range all {
		word := p.good("holds")
		if !v.Holds {
			word, ok = p.bad("FAILS"), false
		}
		note := v.Reason
		if note == "" && v.Over != "" {
			note = "against " + v.Over
		}
		row := []string{v.Figure, v.limits(), "-", "-", word, note}
		if v.Spread.N > 0 {
			row[2] = fmt.Sprintf("%.3f", v.Spread.Median)
			row[3] = fmt.Sprintf("%.3f…%.3f", v.Spread.Q1, v.Spread.Q3)
		}
		rows = append(rows, row)
	}
	for _, line := range aligned(rows) {
		fmt.Fprintln(w, line)
	}
	return ok
}

func (b *bound) limits() (s string) {
	if b.Min != nil {
		s = fmt.Sprintf("≥ %g", *b.Min)
	}
	if b.Max != nil {
		if s != "" {
			s += ", "
		}
		s += fmt.Sprintf("≤ %g", *b.Max)
	}
	if b.Soft {
		s += " soft"
	}
	return s
}
