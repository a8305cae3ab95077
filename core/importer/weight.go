package importer

import "math"

// whole converts weights to whole numbers in the same proportion; exact is false if they
// had to be rounded. A weight above 0 never becomes 0.
func whole(weights []float64) (all []int, exact bool) {
	scale := 1.0
	for ; scale < maxScale; scale *= 10 {
		if exactAt(weights, scale) {
			break
		}
	}
	exact = exactAt(weights, scale)
	for _, w := range weights {
		scale = min(scale, mostWeight/max(w, 1e-300))
	}
	divisor := 0
	for _, w := range weights {
		n := int(math.Round(min(w*scale, mostWeight)))
		if n == 0 && w > 0 {
			n = 1
		}
		all = append(all, n)
		divisor = common(divisor, n)
	}
	for i := range all {
		if divisor > 1 {
			all[i] /= divisor
		}
	}
	return all, exact
}

func exactAt(weights []float64, scale float64) bool {
	for _, w := range weights {
		if x := w * scale; math.Abs(x-math.Round(x)) > 1e-6 || x > mostWeight || w > 0 && x < 0.5 {
			return false
		}
	}
	return true
}

// common returns the greatest common divisor.
func common(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
