package remote

import (
	"context"
	"errors"
	"fmt"
	"math"

	"asbru/cache/semantic/model"
)

// An Embed asks a provider to encode text: model is provider/model, dims the length of the vector,
// 0 for the model's own. It ends with its context.
type Embed func(ctx context.Context, model string, dims int, text string) ([]float32, error)

// encode returns a vector of length 1 for a text.
func (f *Finder) encode(ctx context.Context, text string) ([]float32, error) {
	if f.o.Encoder == "" {
		var axes [model.Dims]float32
		f.table.Embed(text, &axes)
		return unit(axes[:])
	}
	if v := f.recent.get(text); v != nil {
		return v, nil
	}
	v, err := f.embed(ctx, f.o.Encoder, f.o.Dims, text)
	if err != nil {
		return nil, fmt.Errorf("cannot encode a question with %s: %w", f.o.Encoder, err)
	}
	if len(v) > MaxDims || f.o.Dims > 0 && len(v) != f.o.Dims {
		return nil, fmt.Errorf("cannot use the vectors of %s: they have %d numbers, not %d", f.o.Encoder, len(v), f.o.Dims)
	}
	if v, err = unit(v); err == nil {
		f.recent.put(text, v)
	}
	return v, err
}

var errNoDirection = errors.New("the vector of a question has no direction")

// unit scales v to length 1, in place.
func unit(v []float32) ([]float32, error) {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return nil, errNoDirection
	}
	scale := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= scale
	}
	return v, nil
}
