package stores

import (
	"fmt"
	"math"
	"sort"
	"sync"
	"time"
)

// Rows are the data of a stand-in, and its faults.
type Rows struct {
	mu       sync.Mutex
	sets     map[string]*set
	problems []string
	searches int
	slow     time.Duration
	down     bool
	muddled  bool
}

type set struct {
	dims int
	rows map[string]*point
}

// A point is one row: a vector with its payload.
type point struct {
	id     string
	vector []float32
	fields map[string]any
}

// Problems returns the requests that a real store would not understand.
func (r *Rows) Problems() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.problems...)
}

// Len counts the rows.
func (r *Rows) Len() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.sets {
		n += len(s.rows)
	}
	return n
}

// Searches counts the searches.
func (r *Rows) Searches() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.searches
}

// Slow makes every search take that long.
func (r *Rows) Slow(d time.Duration) { r.mu.Lock(); r.slow = d; r.mu.Unlock() }

// Down makes the store answer only errors.
func (r *Rows) Down(down bool) { r.mu.Lock(); r.down = down; r.mu.Unlock() }

// Muddle makes searches ignore their filters, as a store might that is broken or was written by
// others.
func (r *Rows) Muddle(on bool) { r.mu.Lock(); r.muddled = on; r.mu.Unlock() }

func (r *Rows) problem(format string, args ...any) string {
	p := fmt.Sprintf(format, args...)
	r.mu.Lock()
	r.problems = append(r.problems, p)
	r.mu.Unlock()
	return p
}

// make makes a set. It returns false if the set exists.
func (r *Rows) make(name string, dims int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sets[name] != nil {
		return false
	}
	if r.sets == nil {
		r.sets = map[string]*set{}
	}
	r.sets[name] = &set{dims, map[string]*point{}}
	return true
}

// dims returns the size of a set's vectors; 0: the set does not exist.
func (r *Rows) dims(name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.sets[name]; s != nil {
		return s.dims
	}
	return 0
}

func (r *Rows) put(name string, p *point) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sets[name].rows[p.id] = p
}

// remove removes the points that match and returns their number.
func (r *Rows) remove(name string, match func(*point) bool) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.sets[name]
	if s == nil {
		return 0
	}
	for id, p := range s.rows {
		if match(p) {
			delete(s.rows, id)
			n++
		}
	}
	return n
}

// A near is a point with its cosine.
type near struct {
	*point
	cosine float64
}

// search compares all points that match.
func (r *Rows) search(name string, v []float32, top int, match func(*point) bool) (all []near) {
	r.mu.Lock()
	slow := r.slow
	r.searches++
	for _, p := range r.sets[name].rows {
		if r.muddled || match(p) {
			all = append(all, near{p, cosine(v, p.vector)})
		}
	}
	r.mu.Unlock()
	time.Sleep(slow)
	sort.Slice(all, func(i, j int) bool { return all[i].cosine > all[j].cosine })
	return all[:min(len(all), top)]
}

func (r *Rows) isDown() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// number returns a field that has to be a number.
func number(p *point, name string) float64 {
	n, _ := p.fields[name].(float64)
	return n
}
