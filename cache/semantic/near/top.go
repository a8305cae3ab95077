package near

// A Found is one row that a search found.
type Found struct {
	Sim  float32
	ID   ID
	Text string // never changes
}

// A Top is the result of a search, and its memory. It should be reused, by one goroutine at a time.
type Top struct {
	Rows   []Found // the nearest first; valid until the next search
	K      int     // most rows to find; 0: one
	Min    float32 // least similarity of a row
	search searcher
}

func (t *Top) begin() {
	t.Rows = t.Rows[:0]
	if cap(t.Rows) < maxTop {
		t.Rows = make([]Found, 0, maxTop)
	}
	t.K = min(max(t.K, 1), maxTop)
}

// worst returns the similarity that a row must exceed.
func (t *Top) worst() float32 {
	if len(t.Rows) < t.K {
		return t.Min
	}
	return max(t.Min, t.Rows[len(t.Rows)-1].Sim)
}

func (t *Top) put(f Found) {
	if len(t.Rows) == t.K {
		t.Rows = t.Rows[:t.K-1]
	}
	i := len(t.Rows)
	t.Rows = append(t.Rows, f)
	for i > 0 && t.Rows[i-1].Sim < f.Sim {
		t.Rows[i] = t.Rows[i-1]
		i--
	}
	t.Rows[i] = f
}

// scan compares every row of s.
func (t *Top) scan(s *segment, q query, now int64) {
	n := uint32(s.rows())
	for i := range n {
		if d := s.sim(q, i); d > t.worst() && s.alive(i, now) {
			t.put(Found{d, s.ids[i], s.text(i)})
		}
	}
}

// climb searches the graph of s.
func (t *Top) climb(s *segment, q query, now int64) {
	n, dead := s.rows(), int(s.gone.Load())
	ef := efLook
	if dead > 0 {
		ef = min(efMost, efLook*n/max(1, n-dead))
	}
	t.search.reserve(n, efMost)
	s.graph.find(&t.search, &s.vectors, q, ef)
	for _, h := range t.search.found {
		if h.sim <= t.worst() {
			return
		}
		if s.alive(h.row, now) {
			t.put(Found{h.sim, s.ids[h.row], s.text(h.row)})
		}
	}
}
