package semantic

import "fmt"

// A Mode says how similar two questions must be to share an answer.
type Mode uint8

const (
	Strict   Mode = iota // the guard has no objection
	Balanced             // also very similar questions that differ only in wording: as an order, or in another tense
	Relaxed              // similarity alone, as in other caches. Serves wrong answers
	modes
)

var modeNames = [modes]string{"strict", "balanced", "relaxed"}

func (m Mode) String() string { return modeNames[m] }

// ParseMode parses the name of a mode; empty is strict.
func ParseMode(s string) (Mode, error) {
	for m, name := range modeNames {
		if s == name || s == "" {
			return Mode(m), nil
		}
	}
	return 0, fmt.Errorf("unknown mode %q; hint: strict, balanced or relaxed", s)
}

// Cosine returns the default for the least similarity of two questions.
func (m Mode) Cosine() float32 {
	return [modes]float32{strictCosine, balancedCosine, relaxedCosine}[m]
}
