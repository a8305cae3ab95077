package loadgen

import (
	"fmt"
	"strings"
)

// ratio is the left side of a bound:
//
//	TARGET.FIGURE [ "/" ( TARGET | "best(" TARGET { "," TARGET } ")" ) ]
type ratio struct {
	target string
	figure figure
	over   []string // empty: the figure itself
}

func parseRatio(s string) (ratio, error) {
	left, right, divided := strings.Cut(s, "/")
	target, name, ok := strings.Cut(strings.TrimSpace(left), ".")
	if !ok || !wellNamed(target) {
		return ratio{}, fmt.Errorf("%q is not TARGET.FIGURE, alone or / TARGET or / best(TARGET, ...)", s)
	}
	f, ok := figureNamed(name)
	if !ok {
		return ratio{}, fmt.Errorf("%q: there is no figure %q; --help lists them", s, name)
	}
	r := ratio{target: target, figure: f}
	if !divided {
		return r, nil
	}
	right = strings.TrimSpace(right)
	if inner, isBest := strings.CutPrefix(right, "best("); isBest {
		if right, ok = strings.CutSuffix(inner, ")"); !ok {
			return ratio{}, fmt.Errorf("%q: best( is not closed", s)
		}
	} else if strings.Contains(right, ",") {
		return ratio{}, fmt.Errorf("%q: several targets go into best(...)", s)
	}
	for n := range strings.SplitSeq(right, ",") {
		n = strings.TrimSpace(n)
		if !wellNamed(n) {
			return ratio{}, fmt.Errorf("%q: %q is not the name of a target", s, n)
		}
		r.over = append(r.over, n)
	}
	return r, nil
}

// measure returns the ratio over the rounds that count for both sides. over is the target
// divided by; reason says why nothing could be measured.
func (r ratio) measure(records []*record) (s spread, over, reason string) {
	top := find(records, r.target)
	if top == nil {
		return s, "", fmt.Sprintf("target %q is not in the run", r.target)
	}
	var below *record
	if len(r.over) > 0 {
		if below = r.best(records); below == nil {
			return s, "", fmt.Sprintf("none of %s has figure %s", strings.Join(r.over, ", "), r.figure.name)
		}
		over = below.target.name
	}
	var xs []float64
	senseless := 0
	for round, w := range top.windows {
		x, ok := w.value(r.figure.name)
		if !ok {
			continue
		}
		if below != nil {
			y, ok := below.at(round).value(r.figure.name)
			if !ok {
				continue
			}
			if y <= 0 { // a difference that is negative because of noise
				senseless++
				continue
			}
			x /= y
		}
		xs = append(xs, x)
	}
	switch {
	case senseless > len(xs):
		reason = fmt.Sprintf("%s of %s was not above zero in %d rounds", r.figure.name, over, senseless)
	case len(xs) == 0:
		reason = fmt.Sprintf("no round has figure %s", r.figure.name)
	}
	return spreadOf(xs), over, reason
}

// best chooses the target with the best median; nil when none has the figure.
func (r ratio) best(records []*record) (best *record) {
	var most float64
	for _, name := range r.over {
		rec := find(records, name)
		if rec == nil {
			continue
		}
		s, ok := rec.spreads()[r.figure.name]
		if !ok {
			continue
		}
		if best == nil || (s.Median > most) == r.figure.higher && s.Median != most {
			best, most = rec, s.Median
		}
	}
	return best
}
