// Package exercise tests what every vector store must do.
//
// It refuses to distinguish stores.
package exercise

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"testing"
	"time"

	"asbru/cache/vector"
)

const (
	dims     = 8
	patience = 20 * time.Second
)

// Row makes a row in a space, with a vector near axis.
func Row(space string, n, axis int, more func(*vector.Row)) *vector.Row {
	r := &vector.Row{Key: sha256.Sum256(fmt.Append(nil, space, n)), Space: sha256.Sum256([]byte(space)), Vector: Axis(axis, n),
		Text: fmt.Sprintf("question %d of %s\x00\xff \"quoted\"", n, space), Answer: fmt.Sprintf("answer %d\x00\x01\xfe", n),
		Until: time.Now().Add(time.Hour), Owner: "key:ci bot, {a}|b", Label: "part " + space, Asked: "fast", Answered: "gpt-4o", Born: time.Now()}
	r.ID[0], r.ID[1] = byte(n), byte(len(space))
	if more != nil {
		more(r)
	}
	return r
}

// Axis returns a unit vector that deviates from an axis the more the larger n is.
func Axis(axis, n int) []float32 {
	v := make([]float32, dims)
	a := float64(n) * 0.05
	v[axis], v[(axis+1)%dims] = float32(math.Cos(a)), float32(math.Sin(a))
	return v
}

// Store tests every operation. s must not be prepared.
func Store(t *testing.T, s vector.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := s.Search(ctx, &vector.Query{Vector: Axis(0, 0), Top: 1}); err == nil {
		t.Error("one that was not prepared is searched")
	}
	for range 2 { // twice, as two processes do
		must(t, s.Prepare(ctx, dims))
	}
	for n := range 6 {
		must(t, s.Add(ctx, Row("a", n, 0, nil)))
	}
	must(t, s.Add(ctx, Row("b", 0, 0, nil)))
	must(t, s.Add(ctx, Row("a", 9, 0, func(r *vector.Row) { r.Until = time.Now().Add(2 * time.Second) })))
	found(t, ctx, s, search{"a", time.Now(), 4}, 0, 1, 2, 3)
	found(t, ctx, s, search{"b", time.Now(), 4}, 0)
	found(t, ctx, s, search{"c", time.Now(), 4})
	found(t, ctx, s, search{"a", time.Now().Add(2 * time.Hour), 4})

	must(t, s.Add(ctx, Row("a", 0, 3, nil))) // replaces the first one
	found(t, ctx, s, search{"a", time.Now(), 2}, 1, 2)
	removes(t, ctx, s)
}

// removes removes rows by every field of a Filter.
func removes(t *testing.T, ctx context.Context, s vector.Store) {
	t.Helper()
	gone := func(f vector.Filter, from string, left ...int) {
		t.Helper()
		must(t, s.Remove(ctx, &f))
		found(t, ctx, s, search{from, time.Now(), 20}, left...)
	}
	old := time.Now().Add(-time.Hour)
	must(t, s.Add(ctx, Row("d", 0, 0, nil)))
	must(t, s.Add(ctx, Row("d", 1, 0, func(r *vector.Row) { r.Owner = "key:x" })))
	must(t, s.Add(ctx, Row("d", 2, 0, func(r *vector.Row) { r.Label = "mine" })))
	must(t, s.Add(ctx, Row("d", 3, 0, func(r *vector.Row) { r.Asked = "slow" })))
	must(t, s.Add(ctx, Row("d", 4, 0, func(r *vector.Row) { r.Answered = "slow" })))
	must(t, s.Add(ctx, Row("d", 5, 0, func(r *vector.Row) { r.Born = old })))
	must(t, s.Add(ctx, Row("d", 6, 0, func(r *vector.Row) { r.ID = [16]byte{0: 200, 15: 7} })))
	must(t, s.Add(ctx, Row("d", 7, 0, nil)))
	gone(vector.Filter{Owner: "key:nobody"}, "d", 0, 1, 2, 3, 4, 5, 6, 7)
	gone(vector.Filter{Owner: "key:x"}, "d", 0, 2, 3, 4, 5, 6, 7)
	gone(vector.Filter{Label: "mine", Owner: "key:x"}, "d", 0, 2, 3, 4, 5, 6, 7)
	gone(vector.Filter{Label: "mine"}, "d", 0, 3, 4, 5, 6, 7)
	gone(vector.Filter{Model: "slow"}, "d", 0, 5, 6, 7)
	gone(vector.Filter{Before: time.Now().Add(-time.Minute)}, "d", 0, 6, 7)
	id := [16]byte{0: 200, 15: 7}
	gone(vector.Filter{ID: &id}, "d", 0, 7)
	key := Row("d", 7, 0, nil).Key
	gone(vector.Filter{Key: &key}, "d", 0)
	gone(vector.Filter{Over: time.Now()}, "d", 0)
	gone(vector.Filter{}, "d")
	found(t, ctx, s, search{"a", time.Now(), 4})
	found(t, ctx, s, search{"b", time.Now(), 4})
}

// A search is one query along the first axis.
type search struct {
	space string
	now   time.Time
	top   int // most rows
}

// found searches and expects the rows with those numbers, the most similar first. An expired row may
// be found or not.
func found(t *testing.T, ctx context.Context, s vector.Store, by search, want ...int) {
	t.Helper()
	q := &vector.Query{Space: sha256.Sum256([]byte(by.space)), Vector: Axis(0, 0), Top: by.top, Now: by.now}
	all, err := s.Search(ctx, q)
	must(t, err)
	got := []int{}
	for i := range all {
		f := &all[i]
		n := -1
		for k := range 10 {
			if r := Row(by.space, k, 0, nil); r.Key == f.Key && r.Space == f.Space && r.Text == f.Text && (r.Answer == f.Answer || f.Answer == "") {
				n = k
			}
		}
		if n < 0 {
			t.Errorf("space %s: a row that was never written: %+v", by.space, f)
		}
		if n == 9 { // it expires soon
			continue
		}
		if cos := math.Cos(float64(n) * 0.05); math.Abs(float64(f.Similarity)-cos) > 0.01 {
			t.Errorf("space %s: row %d is near by %v, want %v", by.space, n, f.Similarity, cos)
		}
		got = append(got, n)
	}
	if fmt.Sprint(got) != fmt.Sprint(append([]int{}, want...)) {
		t.Errorf("space %s: rows %v, want %v", by.space, got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
