package hnsw

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"github.com/coder/hnsw"

	"asbru/cache/semantic/near"
)

const asked = 400

type vector = [near.Dims]float32

func noise(rnd *rand.Rand, center *vector, spread float32) (f vector) {
	sum := float32(0)
	for i := range f {
		f[i] = float32(rnd.NormFloat64()) * spread
		if center != nil {
			f[i] += center[i]
		}
		sum += f[i] * f[i]
	}
	for i := range f {
		f[i] /= float32(math.Sqrt(float64(sum)))
	}
	return f
}

// rows are in clusters of forty, like questions around their subjects.
func rows(rnd *rand.Rand, n int) []vector {
	centers := make([]vector, max(1, n/40))
	for i := range centers {
		centers[i] = noise(rnd, nil, 1)
	}
	out := make([]vector, n)
	for i := range out {
		out[i] = noise(rnd, &centers[rnd.IntN(len(centers))], 0.06)
	}
	return out
}

func cosine(a, b *vector) (sum float32) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// An engine is one implementation of the search.
type engine struct {
	name   string
	add    func(id int, v *vector)
	remove func(id int)
	settle func()
	find   func(q *vector) int // -1: nothing
}

func name(id int) (n near.ID) {
	binary.LittleEndian.PutUint64(n[:], uint64(id))
	return n
}

func ours() engine {
	s, top := &near.Set{}, &near.Top{K: 1}
	due := false
	return engine{
		name: "near",
		add: func(id int, v *vector) {
			r := near.Row{ID: name(id)}
			r.Quantize(v)
			due = s.Add(&r)
			if due {
				s.Merge(0)
			}
		},
		remove: func(id int) { n := name(id); s.Remove(&n) },
		settle: func() { s.Merge(0) },
		find: func(q *vector) int {
			var v near.Vector
			v.Quantize(q)
			s.Nearest(&v, 0, top)
			if len(top.Rows) == 0 {
				return -1
			}
			return int(binary.LittleEndian.Uint64(top.Rows[0].ID[:]))
		},
	}
}

func flat() engine {
	var ids []int
	var rows []*vector
	at := map[int]int{}
	drop := func(id int) {
		if i, ok := at[id]; ok {
			last := len(ids) - 1
			ids[i], rows[i] = ids[last], rows[last]
			at[ids[i]] = i
			ids, rows = ids[:last], rows[:last]
			delete(at, id)
		}
	}
	return engine{
		name: "scan of float32",
		add: func(id int, v *vector) {
			drop(id)
			at[id] = len(ids)
			ids, rows = append(ids, id), append(rows, v)
		},
		remove: drop, settle: func() {},
		find: func(q *vector) int {
			best, sim := -1, float32(-2)
			for i, v := range rows {
				if d := cosine(q, v); d > sim {
					best, sim = ids[i], d
				}
			}
			return best
		},
	}
}

func coder() engine {
	g := hnsw.NewGraph[int]()
	return engine{
		name: "coder/hnsw v0.6.1",
		add: func(id int, v *vector) {
			g.Delete(id)
			g.Add(hnsw.MakeNode(id, v[:]))
		},
		remove: func(id int) { g.Delete(id) },
		settle: func() {},
		find: func(q *vector) int {
			if f := g.Search(q[:], 1); len(f) > 0 {
				return f[0].Key
			}
			return -1
		},
	}
}

// TestCompare prints one line for each engine and size, without churn and with half of
// the rows removed or replaced.
func TestCompare(t *testing.T) {
	for _, n := range []int{1000, 10000} {
		for _, churn := range []bool{false, true} {
			for _, make := range []func() engine{flat, ours, coder} {
				t.Log(measure(make(), n, churn))
			}
		}
	}
}

func measure(e engine, n int, churn bool) (line string) {
	line = fmt.Sprintf("%-18s %6d rows, churn %-5v ", e.name, n, churn)
	defer func() {
		if r := recover(); r != nil {
			line += fmt.Sprintf("panics: %v", r)
		}
	}()
	rnd := rand.New(rand.NewPCG(1, uint64(n)))
	all := rows(rnd, n+n/2)
	live := map[int]*vector{}
	began := time.Now()
	for i := range n {
		e.add(i, &all[i])
		live[i] = &all[i]
	}
	e.settle()
	build := time.Since(began) / time.Duration(n)
	for i := 0; churn && i < n/2; i++ {
		id := rnd.IntN(n)
		if i%2 == 0 {
			e.remove(id)
			delete(live, id)
		} else {
			e.add(id, &all[n+i])
			live[id] = &all[n+i]
		}
	}
	right, close, found := 0, 0, 0
	var took []time.Duration
	for range asked {
		q := noise(rnd, &all[rnd.IntN(len(all))], 0.03)
		best := float32(-2)
		for _, v := range live {
			best = max(best, cosine(&q, v))
		}
		id, least := 0, time.Hour
		for range 3 { // the best of three, as the machine may be busy
			at := time.Now()
			id = e.find(&q)
			least = min(least, time.Since(at))
		}
		took = append(took, least)
		hit := id >= 0 && live[id] != nil && cosine(&q, live[id]) >= best-1e-3
		if hit {
			right++
		}
		if best >= 0.9 {
			close++
			if hit {
				found++
			}
		}
	}
	sort.Slice(took, func(i, k int) bool { return took[i] < took[k] })
	return line + fmt.Sprintf("recall@1 %.3f, where the neighbor is ≥ .9 %.3f; look p50 %v p99 %v; add %v",
		float64(right)/asked, float64(found)/float64(close), took[asked/2], took[asked*99/100], build)
}
