package memory

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"asbru/cache/vector"
)

// BenchmarkSearch compares a question with all of a space.
func BenchmarkSearch(b *testing.B) {
	for _, size := range []struct{ rows, dims int }{{1000, 512}, {10000, 512}, {10000, 1536}} {
		b.Run(fmt.Sprintf("rows=%d/dims=%d", size.rows, size.dims), func(b *testing.B) {
			s := Open()
			if err := s.Prepare(b.Context(), size.dims); err != nil {
				b.Fatal(err)
			}
			r := rand.New(rand.NewPCG(1, 2))
			some := func() []float32 {
				v := make([]float32, size.dims)
				for i := range v {
					v[i] = r.Float32() - 0.5
				}
				return v
			}
			for n := range size.rows {
				row := vector.Row{Key: sha256.Sum256(fmt.Append(nil, n)), Vector: some(), Text: "question", Until: time.Now().Add(time.Hour)}
				if err := s.Add(b.Context(), &row); err != nil {
					b.Fatal(err)
				}
			}
			q := vector.Query{Vector: some(), Top: 4, Now: time.Now()}
			for b.Loop() {
				if all, err := s.Search(b.Context(), &q); err != nil || len(all) != 4 {
					b.Fatal(all, err)
				}
			}
		})
	}
}
