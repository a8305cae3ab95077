package config

import "strconv"

// A Window is the period of a Budget: Count times Unit.
type Window struct {
	Count int
	Unit  byte // m, h, d, w; M, Q and Y for months, quarters and years
}

// ParseWindow parses 30m, 1h, 1d, 1w, 1M, 1Q or 1Y; empty is a month. ok is false for anything
// else, and for periods longer than ten years.
func ParseWindow(text string) (w Window, ok bool) {
	if text == "" {
		return Window{1, 'M'}, true
	}
	n, err := strconv.Atoi(text[:len(text)-1])
	w = Window{n, text[len(text)-1]}
	most := map[byte]int{'m': 5_256_000, 'h': 87_600, 'd': 3650, 'w': 520, 'M': 120, 'Q': 40, 'Y': 10}[w.Unit]
	return w, err == nil && n >= 1 && n <= most
}

// Aligns reports whether periods start with the calendar unless a Budget says otherwise.
func (w Window) Aligns() bool { return w.Unit != 'm' && w.Unit != 'h' }

// String returns w in the notation of ParseWindow.
func (w Window) String() string { return strconv.Itoa(w.Count) + string(w.Unit) }
