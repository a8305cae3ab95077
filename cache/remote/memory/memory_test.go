package memory

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"asbru/bench/stores/exercise"
	"asbru/cache/vector"
)

func TestStore(t *testing.T) {
	s := Open()
	exercise.Store(t, s)
	if len(s.rows) != 0 || len(s.spaces) != 0 || s.bytes != 0 || s.age.Len() != 0 {
		t.Errorf("%d rows in %d spaces of %d bytes are left", len(s.rows), len(s.spaces), s.bytes)
	}
}

// A new question displaces the oldest.
func TestBound(t *testing.T) {
	s := Open()
	if err := s.Prepare(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", maxBytes/4)
	for n := range 6 {
		if err := s.Add(t.Context(), exercise.Row("a", n, 0, func(r *vector.Row) { r.Text = long })); err != nil {
			t.Fatal(err)
		}
	}
	if s.bytes > maxBytes || len(s.rows) != 3 || s.rows[exercise.Row("a", 5, 0, nil).Key] == nil {
		t.Errorf("%d rows of %d bytes", len(s.rows), s.bytes)
	}
}

func TestRefuses(t *testing.T) {
	s := Open()
	if err := s.Prepare(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	if s.Prepare(t.Context(), 9) == nil {
		t.Error("vectors of two sizes are taken")
	}
	if s.Add(t.Context(), exercise.Row("a", 1, 0, func(r *vector.Row) { r.Vector = r.Vector[:7] })) == nil {
		t.Error("a vector of another size is taken")
	}
	if s.Add(t.Context(), exercise.Row("a", 1, 0, func(r *vector.Row) { clear(r.Vector) })) == nil {
		t.Error("a vector without a direction is taken")
	}
}

// Among many rows the nearest is found if it is as near as a cache requires.
func TestNearestOfMany(t *testing.T) {
	const rows, asks, size = 1500, 400, 256
	s := Open()
	if err := s.Prepare(t.Context(), size); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	vectors := make([][]float32, rows)
	for n := range vectors {
		vectors[n] = make([]float32, size)
		for i := range vectors[n] {
			vectors[n][i] = float32(r.NormFloat64())
		}
		row := vector.Row{Key: sha256.Sum256(fmt.Append(nil, n)), Vector: vectors[n], Text: "question", Until: time.Now().Add(time.Hour)}
		if err := s.Add(t.Context(), &row); err != nil {
			t.Fatal(err)
		}
	}
	found := 0
	for n := range asks {
		near := make([]float32, size)
		for i, x := range vectors[n] {
			near[i] = x + 0.48*float32(r.NormFloat64()) // a cosine of .9
		}
		all, err := s.Search(t.Context(), &vector.Query{Vector: near, Top: 4, Now: time.Now()})
		if err != nil || len(all) != 4 || all[0].Similarity < all[1].Similarity {
			t.Fatalf("%+v, %v", all, err)
		}
		if all[0].Key == sha256.Sum256(fmt.Append(nil, n)) {
			found++
		}
	}
	if found < asks*99/100 {
		t.Errorf("%d of %d are found", found, asks)
	}
}
