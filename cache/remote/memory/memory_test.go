package memory

import (
	"strings"
	"testing"

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

// The oldest question goes for a new one.
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
