package near

import "math/bits"

// A graph is an HNSW graph (Malkov and Yashunin, 2016) over the rows of a segment, built once and
// then immutable. The rows are ordered by level, the highest first, so that each level is a prefix of
// the rows and needs no index of its own.
type graph struct {
	levels []level // from the lowest up
}

// A level links its nodes: node i has links[i*width:][:count[i]].
type level struct {
	width int
	nodes int
	links []uint32
	count []uint8
}

func (l *level) of(node uint32) []uint32 {
	at := int(node) * l.width
	return l.links[at : at+int(l.count[node])]
}

// levelSizes returns how many of n rows are on each level: a sixteenth of those on the level below.
func levelSizes(n int) []int {
	sizes := []int{n}
	for n /= links; n > 0; n /= links {
		sizes = append(sizes, n)
	}
	return sizes
}

// build links the first n rows of v, which should be in random order.
func build(v *vectors, n int) *graph {
	g := &graph{}
	for i, size := range levelSizes(n) {
		w := links
		if i == 0 {
			w = links0
		}
		g.levels = append(g.levels, level{width: w, nodes: size, links: make([]uint32, size*w), count: make([]uint8, size)})
	}
	b := builder{g: g, v: v}
	b.s.reserve(n, efBuild)
	for i := 1; i < n; i++ {
		b.insert(uint32(i))
	}
	return g
}

type builder struct {
	g    *graph
	v    *vectors
	s    searcher
	keep [efBuild]hit
}

// insert links node to those before it, which are linked already.
func (b *builder) insert(node uint32) {
	q := b.v.query(node)
	at := uint32(0)
	for i := len(b.g.levels) - 1; i >= 0; i-- {
		l := &b.g.levels[i]
		if int(node) >= l.nodes {
			at = b.s.walk(b.v, l, q, at, node)
			continue
		}
		b.s.begin(efBuild)
		b.s.beam(b.v, l, q, at, node)
		chosen := b.choose(b.s.found, l.width/2)
		l.count[node] = uint8(len(chosen))
		for k, h := range chosen {
			l.links[int(node)*l.width+k] = h.row
		}
		at = b.s.found[0].row
		for _, to := range l.of(node) {
			b.back(l, to, node)
		}
	}
}

// choose keeps, of the nearest, those that are nearer to the node than to one another, so that they
// lead in all directions. The remaining places go to the nearest of the rest.
func (b *builder) choose(near []hit, most int) []hit {
	keep := b.keep[:0]
	skipped := [efBuild]bool{}
	for i, h := range near {
		if len(keep) == most {
			return keep
		}
		q := b.v.query(h.row)
		good := true
		for _, k := range keep {
			if b.v.sim(q, k.row) > h.sim {
				good = false
				break
			}
		}
		if good {
			keep = append(keep, h)
		} else {
			skipped[i] = true
		}
	}
	for i, h := range near {
		if len(keep) == most {
			break
		}
		if skipped[i] {
			keep = append(keep, h)
		}
	}
	return keep
}

// back adds node to the links of to, and chooses again if they are full.
func (b *builder) back(l *level, to, node uint32) {
	c := int(l.count[to])
	at := int(to) * l.width
	if c < l.width {
		l.links[at+c] = node
		l.count[to]++
		return
	}
	q := b.v.query(to)
	var near [links0 + 1]hit
	set := near[:0]
	for _, row := range l.of(to) {
		set = insertHit(set, hit{b.v.sim(q, row), row})
	}
	set = insertHit(set, hit{b.v.sim(q, node), node})
	chosen := b.choose(set, l.width)
	l.count[to] = uint8(len(chosen))
	for k, h := range chosen {
		l.links[at+k] = h.row
	}
}

// insertHit inserts h into hits, the nearest first. There must be room.
func insertHit(hits []hit, h hit) []hit {
	hits = append(hits, h)
	for i := len(hits) - 1; i > 0 && hits[i-1].sim < h.sim; i-- {
		hits[i], hits[i-1] = hits[i-1], h
	}
	return hits
}

// find puts the live rows nearest to q into s.found.
func (g *graph) find(s *searcher, v *vectors, q query, ef int) {
	at := uint32(0)
	for i := len(g.levels) - 1; i > 0; i-- {
		at = s.walk(v, &g.levels[i], q, at, maxRows)
	}
	s.begin(ef)
	s.beam(v, &g.levels[0], q, at, maxRows)
}

// A hit is a row with its similarity to the query.
type hit struct {
	sim float32
	row uint32
}

// A searcher is the memory of a search. It serves one search at a time.
type searcher struct {
	found []hit    // the nearest, in order
	done  []uint64 // a bit for each of found: its links were followed
	seen  []uint32 // by row: the epoch it was last seen in
	epoch uint32
	most  int
}

// reserve makes room for segments of that many rows and beams of ef.
func (s *searcher) reserve(rows, ef int) {
	if len(s.seen) < rows {
		s.seen = make([]uint32, rows+rows/4)
		s.epoch = 0
	}
	if cap(s.found) < ef+1 {
		s.found = make([]hit, 0, ef+1)
		s.done = make([]uint64, (ef+64)/64)
	}
}

func (s *searcher) begin(ef int) {
	s.most = ef
	s.found = s.found[:0]
	clear(s.done)
	if s.epoch++; s.epoch == 0 {
		clear(s.seen)
		s.epoch = 1
	}
}

// walk follows links greedily from at to a node of l nearest to q, among those before limit.
func (s *searcher) walk(v *vectors, l *level, q query, at, limit uint32) uint32 {
	best := v.sim(q, at)
	for {
		moved := false
		for _, n := range l.of(at) {
			if n >= limit {
				continue
			}
			if d := v.sim(q, n); d > best {
				best, at, moved = d, n, true
			}
		}
		if !moved {
			return at
		}
	}
}

// beam follows links from at until none of the nearest leads to a nearer one.
func (s *searcher) beam(v *vectors, l *level, q query, at, limit uint32) {
	s.seen[at] = s.epoch
	s.put(hit{v.sim(q, at), at})
	for {
		i := s.next()
		if i < 0 {
			return
		}
		s.done[i>>6] |= 1 << (i & 63)
		for _, n := range l.of(s.found[i].row) {
			if n >= limit || s.seen[n] == s.epoch {
				continue
			}
			s.seen[n] = s.epoch
			if d := v.sim(q, n); len(s.found) < s.most || d > s.found[len(s.found)-1].sim {
				s.put(hit{d, n})
			}
		}
	}
}

// next returns the index in found of the nearest whose links were not followed yet, -1 for none.
func (s *searcher) next() int {
	for i, w := range s.done {
		if w != ^uint64(0) {
			if n := i<<6 + bits.TrailingZeros64(^w); n < len(s.found) {
				return n
			}
			return -1
		}
	}
	return -1
}

// put adds h to found, and drops the farthest if there are too many.
func (s *searcher) put(h hit) {
	if len(s.found) == s.most {
		s.found = s.found[:len(s.found)-1]
	}
	i := len(s.found)
	s.found = append(s.found, h)
	for i > 0 && s.found[i-1].sim < h.sim {
		s.found[i] = s.found[i-1]
		i--
	}
	s.found[i] = h
	s.shift(i)
}

// shift inserts a zero bit at i and moves the later ones up.
func (s *searcher) shift(i int) {
	w := i >> 6
	low := s.done[w] & (1<<(i&63) - 1)
	high := s.done[w] &^ (1<<(i&63) - 1)
	carry := high >> 63
	s.done[w] = low | high<<1
	for w++; w < len(s.done); w++ {
		carry, s.done[w] = s.done[w]>>63, s.done[w]<<1|carry
	}
}
