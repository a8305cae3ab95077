//go:build !race

package near

import (
	"math/rand/v2"
	"testing"
)

func TestSearchAllocates(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	rows := clustered(rnd, 3000)
	s := &Set{}
	for i := range rows {
		if s.Add(row(uint64(i), &rows[i])) {
			s.Merge(0)
		}
	}
	q, top := row(0, &rows[7]), &Top{K: 4}
	s.Nearest(&q.Vector, 0, top)
	if n := testing.AllocsPerRun(100, func() {
		s.Nearest(&q.Vector, 0, top)
		s.Keyed(7, &q.Vector, 0, top)
	}); n != 0 {
		t.Errorf("a search allocates %v times", n)
	}
}
