package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// spread is the middle half of a figure over the rounds.
type spread struct {
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	Rounds int     `json:"rounds"`
}

// bound limits one figure. The load generator reads the same form.
type bound struct {
	Figure string   `json:"figure"`
	Max    *float64 `json:"max,omitempty"` // nil: no upper bound
	Min    *float64 `json:"min,omitempty"` // nil: no lower bound
	Soft   bool     `json:"soft,omitempty"`
	Why    string   `json:"why,omitempty"`
}

// verdict is a bound and what was measured.
type verdict struct {
	bound
	Spread  spread `json:"spread"`
	Over    string `json:"over,omitempty"` // the target that best(...) chose
	Holds   bool   `json:"holds"`
	Problem string `json:"problem,omitempty"` // why it cannot be judged
}

// readBounds reads a gate file strictly, because a bound with a misspelt field would never
// fail.
func readBounds(name string) ([]bound, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the bounds: %w", err)
	}
	if len(raw) > maxBoundFile {
		return nil, fmt.Errorf("cannot read the bounds %q: larger than %d bytes", name, maxBoundFile)
	}
	var doc struct {
		About  string  `json:"about"`
		Bounds []bound `json:"bounds"`
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("cannot read the bounds %q: %w", name, err)
	}
	for i, b := range doc.Bounds {
		if step, figure, ok := strings.Cut(b.Figure, "."); !ok || step == "" || figure == "" {
			return nil, fmt.Errorf("bounds %q, bounds[%d]: %q is not STEP.FIGURE", name, i, b.Figure)
		}
		if b.Max == nil && b.Min == nil {
			return nil, fmt.Errorf("bounds %q, bounds[%d]: %q has neither min nor max", name, i, b.Figure)
		}
	}
	return doc.Bounds, nil
}

// judge compares the counted figures of a section with the bounds that name it.
func judge(bounds []bound, s *section) (out []verdict) {
	for _, b := range bounds {
		step, name, _ := strings.Cut(b.Figure, ".")
		if step != s.Step {
			continue
		}
		v := verdict{bound: b, Problem: "it was not measured"}
		for _, f := range s.Figures {
			if f.Name == name {
				v.Problem, v.Spread = "", f.Spread
				v.Holds = b.holds(f.Spread)
			}
		}
		out = append(out, v)
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

func (b *bound) limits() (s string) {
	if b.Min != nil {
		s = fmt.Sprintf("≥ %g", *b.Min)
	}
	if b.Max != nil {
		s = strings.TrimPrefix(fmt.Sprintf("%s, ≤ %g", s, *b.Max), ", ")
	}
	return s
}

// line returns the verdict as text.
func (v *verdict) line() string {
	if v.Problem != "" {
		return fmt.Sprintf("%s %s cannot be judged: %s", v.Figure, v.limits(), v.Problem)
	}
	s := fmt.Sprintf("%s is %s, bound %s", v.Figure, v.Spread.text(), v.limits())
	if v.Over != "" {
		s += ", against " + v.Over
	}
	return s
}

// text returns the median, and the quartiles if there are any.
func (s spread) text() string {
	if s.Rounds > 1 {
		return fmt.Sprintf("%s (%s–%s)", short(s.Median), short(s.Q1), short(s.Q3))
	}
	return short(s.Median)
}

// short formats a number with three or four significant digits.
func short(x float64) string {
	switch {
	case x >= 100 || x <= -100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10 || x <= -10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}
