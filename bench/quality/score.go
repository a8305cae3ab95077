package quality

import (
	"fmt"
	"math"
)

// A Score counts the results of pairs.
type Score struct {
	Right, Wrong int // hits
	Asked        int // pairs with the same answer
}

// Precision returns the share of hits that were right; NaN without hits.
func (s Score) Precision() float64 { return float64(s.Right) / float64(s.Right+s.Wrong) }

// Recall returns the share of pairs with the same answer that were hits.
func (s Score) Recall() float64 { return float64(s.Right) / float64(s.Asked) }

// wilson returns the 95 % interval of a share: Wilson, 1927.
func wilson(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return max(0, mid-half), min(1, mid+half)
}

func (s Score) String() string {
	if s.Right+s.Wrong == 0 {
		return fmt.Sprintf("no hit of %d", s.Asked)
	}
	low, high := wilson(s.Right, s.Right+s.Wrong)
	rl, rh := wilson(s.Right, s.Asked)
	return fmt.Sprintf("P %.3f [%.3f %.3f] (%d/%d)  R %.3f [%.3f %.3f]", s.Precision(), low, high, s.Right, s.Right+s.Wrong, s.Recall(), rl, rh)
}
