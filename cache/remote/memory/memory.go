// Package memory keeps questions in this process, for encoders whose vectors have other sizes than
// those of the built-in index. A search compares the signs of all vectors, and then the numbers of
// those whose signs are most similar.
//
// It keeps no answers, as the cache has them, and refuses to grow without bound: a new question
// displaces the oldest.
package memory

import (
	"container/list"
	"context"
	"fmt"
	"math"
	"math/bits"
	"sort"
	"sync"

	"asbru/cache/vector"
)

const (
	maxBytes = 128 << 20 // of all rows
	perRow   = 256       // bytes of a row besides its vector and text
	most     = 127       // largest absolute value of a quantized number
	looked   = 1024      // rows between two checks of the context
	few      = 256       // up to this many rows are all compared by their numbers
	finalist = 64        // of more rows, at least this many are
)

// A Store holds vectors of one size. It is safe for concurrent use.
type Store struct {
	mu     sync.RWMutex
	dims   int
	bytes  int
	spaces map[[32]byte][]*row // in any order
	rows   map[[32]byte]*row
	age    *list.List // of *row, the oldest first
}

type row struct {
	vector.Row
	small []int8
	signs []uint64 // the sign of each number, as a bit
	scale float32  // the factor by which the product of small and a unit vector is a cosine
	at    *list.Element
	place int // its index in its space
}

// Open returns an empty Store.
func Open() *Store {
	return &Store{spaces: map[[32]byte][]*row{}, rows: map[[32]byte]*row{}, age: list.New()}
}

// Prepare implements vector.Store.
func (s *Store) Prepare(_ context.Context, dims int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dims != 0 && s.dims != dims {
		return fmt.Errorf("cannot keep vectors of %d numbers: there are some of %d", dims, s.dims)
	}
	s.dims = dims
	return nil
}

// Add implements vector.Store.
func (s *Store) Add(_ context.Context, r *vector.Row) error {
	n := &row{Row: *r, small: make([]int8, len(r.Vector))}
	n.scale = quantize(n.small, r.Vector)
	n.signs = signs(r.Vector)
	n.Row.Vector, n.Row.Answer = nil, ""
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(r.Vector) != s.dims || n.scale == 0 {
		return fmt.Errorf("cannot keep a vector of %d numbers among those of %d", len(r.Vector), s.dims)
	}
	s.dropLocked(s.rows[r.Key])
	for s.bytes+n.size() > maxBytes && s.age.Len() > 0 {
		s.dropLocked(s.age.Front().Value.(*row))
	}
	n.place, s.rows[r.Key] = len(s.spaces[r.Space]), n
	s.spaces[r.Space] = append(s.spaces[r.Space], n)
	n.at = s.age.PushBack(n)
	s.bytes += n.size()
	return nil
}

func (r *row) size() int { return len(r.small) + 8*len(r.signs) + len(r.Text) + perRow }

func (s *Store) dropLocked(r *row) {
	if r == nil {
		return
	}
	s.age.Remove(r.at)
	delete(s.rows, r.Key)
	space := s.spaces[r.Space]
	last := len(space) - 1
	space[r.place] = space[last]
	space[r.place].place = r.place
	space[last] = nil
	if s.spaces[r.Space] = space[:last]; last == 0 {
		delete(s.spaces, r.Space)
	}
	s.bytes -= r.size()
}

// quantize fills small with v in eight bits and returns the scale; 0: v has no direction.
func quantize(small []int8, v []float32) float32 {
	top, sum := float32(0), 0.0
	for _, x := range v {
		top = max(top, x, -x)
	}
	if !(top > 0) || math.IsInf(float64(top), 0) {
		return 0
	}
	for i, x := range v {
		small[i] = int8(math.Round(float64(x / top * most)))
		sum += float64(small[i]) * float64(small[i])
	}
	return float32(1 / math.Sqrt(sum))
}

// Search implements vector.Store.
func (s *Store) Search(ctx context.Context, q *vector.Query) ([]vector.Found, error) {
	asked := make([]int8, len(q.Vector))
	scale := quantize(asked, q.Vector)
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []vector.Found
	if len(q.Vector) != s.dims || scale == 0 {
		return nil, fmt.Errorf("cannot compare a vector of %d numbers with those of %d", len(q.Vector), s.dims)
	}
	rows, err := alike(ctx, s.spaces[q.Space], signs(q.Vector))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if !r.Until.After(q.Now) {
			continue
		}
		sim := float32(dot(asked, r.small)) * scale * r.scale
		if len(all) == q.Top && sim <= all[len(all)-1].Similarity {
			continue
		}
		i := sort.Search(len(all), func(i int) bool { return all[i].Similarity < sim })
		all = append(all, vector.Found{})
		copy(all[i+1:], all[i:])
		all[i] = vector.Found{Key: r.Key, Space: r.Space, Text: r.Text, Until: r.Until, Similarity: sim}
		all = all[:min(len(all), q.Top)]
	}
	return all, nil
}

// signs returns the signs of v as bits.
func signs(v []float32) []uint64 {
	b := make([]uint64, (len(v)+63)/64)
	for i, x := range v {
		if x < 0 {
			b[i/64] |= 1 << (i % 64)
		}
	}
	return b
}

// alike returns the rows whose signs differ least from those asked for: finalist of them, and all
// others that differ as little as the last. The error is that of ctx.
func alike(ctx context.Context, rows []*row, asked []uint64) ([]*row, error) {
	if len(rows) <= few {
		return rows, nil
	}
	differ, count := make([]uint16, len(rows)), make([]int, 64*len(asked)+1)
	for i, r := range rows {
		if i%looked == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n, with := 0, r.signs[:len(asked)]
		for j, a := range asked {
			n += bits.OnesCount64(a ^ with[j])
		}
		differ[i] = uint16(n)
		count[n]++
	}
	most, sum := 0, count[0]
	for sum < finalist {
		most++
		sum += count[most]
	}
	best := make([]*row, 0, sum)
	for i, n := range differ {
		if int(n) <= most {
			best = append(best, rows[i])
		}
	}
	return best, nil
}

// dot returns the dot product of two vectors of the same length.
func dot(a, b []int8) (sum int32) {
	b = b[:len(a)]
	for i, x := range a {
		sum += int32(x) * int32(b[i])
	}
	return sum
}

// Remove implements vector.Store.
func (s *Store) Remove(_ context.Context, f *vector.Filter) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Key != nil {
		if r := s.rows[*f.Key]; r != nil && f.Matches(&r.Row) {
			s.dropLocked(r)
		}
		return nil
	}
	for _, r := range s.rows {
		if f.Matches(&r.Row) {
			s.dropLocked(r)
		}
	}
	return nil
}

// Close implements vector.Store.
func (s *Store) Close() error { return nil }
