package semantic

import "fmt"

// A Mode is how much alike two questions must be to share an answer.
type Mode uint8

const (
	Strict   Mode = iota // no objection of the guard
	Balanced             // the same words, and very near: asked as an order, or in another tense
	Relaxed              // near, and nothing else: what other caches do. Serves wrong answers
	modes
)

var modeNames = [modes]string{"strict", "balanced", "relaxed"}

func (m Mode) String() string { return modeNames[m] }

// ParseMode reads the name of a mode; empty is strict.
func ParseMode(s string) (Mode, error) {
	for m, name := range modeNames {
		if s == name || s == "" {
			return Mode(m), nil
		}
	}
	return 0, fmt.Errorf("unknown mode %q; hint: strict, balanced or relaxed", s)
}

// Cosine is the least nearness of two questions where nobody says another.
func (m Mode) Cosine() float32 {
	return [modes]float32{strictCosine, balancedCosine, relaxedCosine}[m]
}
