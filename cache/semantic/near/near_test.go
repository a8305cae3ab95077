package near

import (
	"encoding/binary"
	"flag"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

var full = flag.Bool("full", false, "a million operations, a hundred thousand rows: minutes")

// random returns a direction near center, within about spread; nil: any direction.
func random(rnd *rand.Rand, center *[Dims]float32, spread float32) [Dims]float32 {
	var f [Dims]float32
	for i := range f {
		f[i] = float32(rnd.NormFloat64()) * spread
		if center != nil {
			f[i] += center[i]
		}
	}
	return f
}

func unit(f *[Dims]float32) {
	sum := float64(0)
	for _, x := range f {
		sum += float64(x) * float64(x)
	}
	for i := range f {
		f[i] /= float32(math.Sqrt(sum))
	}
}

// clustered makes rows that are distributed like texts: topics, and questions around them.
func clustered(rnd *rand.Rand, n int) [][Dims]float32 {
	centers := make([][Dims]float32, max(1, n/40))
	for i := range centers {
		centers[i] = random(rnd, nil, 1)
		unit(&centers[i])
	}
	out := make([][Dims]float32, n)
	for i := range out {
		out[i] = random(rnd, &centers[rnd.IntN(len(centers))], 0.06)
		unit(&out[i])
	}
	return out
}

func name(id uint64) (n ID) {
	binary.LittleEndian.PutUint64(n[:], id)
	return n
}

func ref(id uint64) *ID {
	n := name(id)
	return &n
}

func row(id uint64, f *[Dims]float32) *Row {
	r := &Row{ID: name(id), Key: id, Text: "text"}
	r.Quantize(f)
	return r
}

func TestDot(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var a, b [Dims]int8
		for i := range a {
			a[i], b[i] = int8(rnd.IntN(256)-128), int8(rnd.IntN(256)-128)
		}
		if got, want := dot(&a[0], &b[0]), dotPlain(&a, &b); got != want {
			t.Fatalf("dot = %d, want %d", got, want)
		}
	}
}

func TestQuantize(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		a := random(rnd, nil, 1)
		b := random(rnd, &a, 0.3)
		unit(&a)
		unit(&b)
		want := float32(0)
		for i := range a {
			want += a[i] * b[i]
		}
		var x, y Vector
		x.Quantize(&a)
		y.Quantize(&b)
		if got := Cosine(&x, &y); math.Abs(float64(got-want)) > 0.01 {
			t.Fatalf("cosine %v, want %v", got, want)
		}
	}
	var zero Vector
	zero.Quantize(&[Dims]float32{})
	if zero.Inv != 0 {
		t.Errorf("an empty vector has length 1/%v", zero.Inv)
	}
}

// TestRecall searches for rows that have a near neighbour, after half of all rows were removed or
// replaced.
func TestRecall(t *testing.T) {
	sizes := []int{1000, 3000}
	if *full {
		sizes = append(sizes, 100000)
	}
	for _, n := range sizes {
		testRecall(t, n)
	}
}

func testRecall(t *testing.T, n int) {
	rnd := rand.New(rand.NewPCG(5, uint64(n)))
	rows := clustered(rnd, n+n/2)
	ready := make([]*Row, len(rows))
	for i := range rows {
		ready[i] = row(0, &rows[i])
	}
	s := &Set{}
	live := map[uint64]int{}
	add := func(id uint64, at int) {
		r := *ready[at]
		r.ID, r.Key = name(id), id
		if s.Add(&r) {
			s.Merge(0)
		}
		live[id] = at
	}
	for i := range n {
		add(uint64(i), i)
	}
	for i := range n / 2 { // half of them are removed or replaced
		id := uint64(rnd.IntN(n))
		if rnd.IntN(2) == 0 {
			s.Remove(ref(id))
			delete(live, id)
		} else {
			add(id, n+i)
		}
	}
	top := &Top{K: 1}
	const asked = 200
	right, near := 0, 0
	for range asked {
		f := random(rnd, &rows[rnd.IntN(len(rows))], 0.03)
		unit(&f)
		q := row(0, &f)
		best, sim := uint64(0), float32(-1)
		for id, at := range live {
			if d := Cosine(&q.Vector, &ready[at].Vector); d > sim {
				best, sim = id, d
			}
		}
		if sim < 0.9 {
			continue
		}
		near++
		s.Nearest(&q.Vector, 0, top)
		if len(top.Rows) > 0 && (top.Rows[0].ID == name(best) || top.Rows[0].Sim >= sim-1e-4) {
			right++
		}
	}
	recall := float64(right) / float64(near)
	t.Logf("%d rows: recall@1 %.4f over %d queries with a neighbor", n, recall, near)
	if near < asked/4 || recall < 0.99 {
		t.Errorf("%d rows: recall@1 %.4f over %d", n, recall, near)
	}
}

func TestLife(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	rows := clustered(rnd, 3)
	s := &Set{}
	top := &Top{K: 3}
	s.Nearest(&row(0, &rows[0]).Vector, 0, top)
	if len(top.Rows) != 0 {
		t.Fatalf("an empty Set holds %v", top.Rows)
	}
	for i := range rows {
		r := row(uint64(i+1), &rows[i])
		r.Until = int64(10 * (i + 1))
		s.Add(r)
	}
	count := func(now int64) int {
		s.Nearest(&row(0, &rows[0]).Vector, now, &Top{K: 3})
		s.Nearest(&row(0, &rows[0]).Vector, now, top)
		return len(top.Rows)
	}
	top.Min = -1
	for now, want := range map[int64]int{0: 3, 9: 3, 10: 2, 29: 1, 30: 0} {
		if got := count(now); got != want {
			t.Errorf("at %d %d rows live, want %d", now, got, want)
		}
	}
	if !s.Remove(ref(2)) || s.Remove(ref(2)) || s.Remove(ref(77)) {
		t.Error("Remove does not report whether there was a row")
	}
	if got := count(0); got != 2 {
		t.Errorf("%d rows after Remove, want 2", got)
	}
	s.Keyed(3, nil, 0, top)
	if len(top.Rows) != 1 || top.Rows[0].ID != name(3) || top.Rows[0].Text != "text" {
		t.Errorf("Keyed found %v", top.Rows)
	}
	s.Clear()
	if got := count(0); got != 0 {
		t.Errorf("%d rows after Clear", got)
	}
}

// TestHammer adds, expires, replaces, removes, merges and searches, all at once.
func TestHammer(t *testing.T) {
	ops := 15_000
	if *full {
		ops = 1_000_000
	}
	rnd := rand.New(rand.NewPCG(9, 10))
	rows := clustered(rnd, 4096)
	ready := make([]*Row, len(rows))
	for i := range rows {
		ready[i] = row(0, &rows[i])
	}
	const ids = 2500
	s := &Set{}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for g := range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			rnd := rand.New(rand.NewPCG(11, uint64(g)))
			top := &Top{K: 4}
			for {
				select {
				case <-stop:
					return
				default:
				}
				s.Nearest(&ready[rnd.IntN(len(ready))].Vector, rnd.Int64N(1000), top)
				for _, f := range top.Rows {
					if f.Text != "text" {
						t.Errorf("a row of %x has text %q", f.ID, f.Text)
						return
					}
				}
				s.Keyed(uint64(rnd.IntN(5000)), nil, 0, top)
				time.Sleep(20 * time.Microsecond)
			}
		}()
	}
	live, top := 0, &Top{K: 4}
	for i := range ops {
		id := uint64(rnd.IntN(ids))
		switch rnd.IntN(6) {
		case 0, 1:
			s.Remove(ref(id))
		case 2:
			s.Merge(int64(i % 1000))
		case 3:
			s.Nearest(&ready[rnd.IntN(len(ready))].Vector, rnd.Int64N(1000), top)
		default:
			r := *ready[rnd.IntN(len(ready))]
			r.ID, r.Key, r.Until = name(id), id, rnd.Int64N(2000)
			s.Add(&r)
			live++
		}
	}
	close(stop)
	wg.Wait()
	rowsLeft, dead := s.Rows()
	if alive := rowsLeft - dead; alive > ids || live == 0 {
		t.Errorf("%d rows live of %d identifiers", alive, ids)
	}
	if rowsLeft > 4*ids+graphFrom+tailRows {
		t.Errorf("%d rows are kept for %d identifiers", rowsLeft, ids)
	}
}
