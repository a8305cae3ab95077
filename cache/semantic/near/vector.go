package near

import "math"

// A Vector is a direction with eight bits for each axis. Inv is the inverse of its length; 0: it is
// empty.
type Vector struct {
	At  [Dims]int8
	Inv float32
}

// Quantize fills v with the direction of f, which is not retained. If f is zero, v is empty.
func (v *Vector) Quantize(f *[Dims]float32) {
	most := float32(0)
	for _, x := range f {
		most = max(most, x, -x)
	}
	*v = Vector{}
	if most == 0 {
		return
	}
	scale := 127 / most
	sum := int32(0)
	for i, x := range f {
		q := x * scale
		if q >= 0 {
			v.At[i] = int8(q + 0.5)
		} else {
			v.At[i] = int8(q - 0.5)
		}
		sum += int32(v.At[i]) * int32(v.At[i])
	}
	v.Inv = float32(1 / math.Sqrt(float64(sum)))
}

// Cosine returns the similarity of two vectors, from -1 to 1; 0 if one is empty.
func Cosine(a, b *Vector) float32 {
	return float32(dot(&a.At[0], &b.At[0])) * a.Inv * b.Inv
}
