package near

import (
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
)

// A Set is the rows of one namespace. It is safe for concurrent use: searches never wait, writers wait
// for each other. The zero Set is empty and ready for use.
//
//	rows ──> tail ──full──> sealed tails ──graphFrom rows──> graph ──a graph not
//	         (flat)         (flat)                                   mergeRatio times
//	                                                                 larger──> one graph
type Set struct {
	view    atomic.Pointer[view]
	mu      sync.Mutex // held by writers
	merging sync.Mutex // one merge at a time; taken before mu
}

// A view is the segments that a search reads. The last one is the tail.
type view struct{ segments []*segment }

func (v *view) tail() *segment { return v.segments[len(v.segments)-1] }

// Add adds r, in place of a live row with the same ID. It reports whether a merge is due.
func (s *Set) Add(r *Row) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(&r.ID)
	tail := s.writable()
	tail.add(r)
	return s.view.Load().due()
}

// writable returns a tail with room: the present one, a larger copy of it, or a new one after a full
// one.
func (s *Set) writable() *segment {
	v := s.view.Load()
	if v == nil {
		t := newTail(tailFirst)
		s.view.Store(&view{[]*segment{t}})
		return t
	}
	tail := v.tail()
	n := tail.rows()
	if n < tail.room() {
		return tail
	}
	if n >= tailRows {
		t := newTail(tailRows)
		s.view.Store(&view{append(v.segments[:len(v.segments):len(v.segments)], t)})
		return t
	}
	t := newTail(n * 4)
	var r Row
	for i := range uint32(n) {
		if tail.dead[i>>5].Load()&(1<<(i&31)) == 0 {
			tail.row(i, &r)
			t.add(&r)
		}
	}
	s.view.Store(&view{append(v.segments[:len(v.segments)-1:len(v.segments)-1], t)})
	return t
}

func newTail(rows int) *segment {
	t := newSegment(min(rows, tailRows))
	t.texts = make([]string, t.room())
	return t
}

// Remove marks the row of id dead, and reports whether there was one.
func (s *Set) Remove(id *ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remove(id)
}

func (s *Set) remove(id *ID) bool {
	v := s.view.Load()
	if v == nil {
		return false
	}
	for _, seg := range v.segments {
		if n := seg.find(id); n >= 0 {
			return seg.kill(uint32(n))
		}
	}
	return false
}

// Clear drops all rows. The result of a merge that is under way is discarded.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view.Store(nil)
}

// Rows returns the number of rows, including dead ones, and how many of them are dead. Expired rows
// count as alive until a merge drops them.
func (s *Set) Rows() (rows, dead int) {
	if v := s.view.Load(); v != nil {
		for _, seg := range v.segments {
			rows += seg.rows()
			dead += int(seg.gone.Load())
		}
	}
	return rows, dead
}

// Nearest fills t with the live rows nearest to q at the time now, in Unix seconds.
func (s *Set) Nearest(q *Vector, now int64, t *Top) {
	t.begin()
	v := s.view.Load()
	if v == nil || q.Inv == 0 {
		return
	}
	at := query{&q.At[0], q.Inv}
	for _, seg := range v.segments {
		if seg.graph != nil {
			t.climb(seg, at, now)
		} else {
			t.scan(seg, at, now)
		}
	}
}

// Keyed fills t with live rows of key, in no order. Sim is their similarity to q; if q is nil, it is
// not computed, and 1.
func (s *Set) Keyed(key uint64, q *Vector, now int64, t *Top) {
	t.begin()
	v := s.view.Load()
	if v == nil {
		return
	}
	for _, seg := range v.segments {
		for at := seg.byKey.start(key); ; at = seg.byKey.next(at) {
			n := seg.byKey.get(at)
			if n < 0 {
				break
			}
			if seg.keys[n] == key && n < seg.rows() && seg.alive(uint32(n), now) {
				f := Found{1, seg.ids[n], seg.text(uint32(n))}
				if q != nil {
					f.Sim = seg.sim(query{&q.At[0], q.Inv}, uint32(n))
				}
				if t.Rows = append(t.Rows, f); len(t.Rows) == t.K {
					return
				}
			}
		}
	}
}

// due reports whether Merge would do something.
func (v *view) due() bool {
	sealed := 0
	for _, seg := range v.segments[:len(v.segments)-1] {
		n, dead := seg.rows(), int(seg.gone.Load())
		if seg.graph == nil {
			sealed += n
		} else if dead*2 > n {
			return true
		}
	}
	return sealed >= graphFrom
}

// Behind reports whether so many rows wait for a merge that a writer should call Merge.
func (s *Set) Behind() bool {
	v := s.view.Load()
	if v == nil {
		return false
	}
	sealed := 0
	for _, seg := range v.segments {
		if seg.graph == nil {
			sealed++
		}
	}
	return sealed > maxSealed
}

// Merge makes graphs of sealed tails, joins graphs if there are too many, and drops dead rows and
// those expired at now, Unix seconds. It may take long; searches and writers do not wait for it.
func (s *Set) Merge(now int64) {
	s.merging.Lock()
	defer s.merging.Unlock()
	for {
		v := s.view.Load()
		if v == nil || !v.due() {
			return
		}
		from := v.oldest()
		old := v.segments[from : len(v.segments)-1]
		merged := join(old, now)
		if !s.swap(v, from, merged) {
			return
		}
	}
}

// oldest returns the index of the first segment that the next merge takes. It takes all later ones
// except for the tail, so that segments stay ordered by size.
func (v *view) oldest() int {
	last := len(v.segments) - 1
	rows, from := 0, last
	for i := last - 1; i >= 0; i-- {
		seg := v.segments[i]
		n, dead := seg.rows(), int(seg.gone.Load())
		if seg.graph == nil || n <= rows*mergeRatio || dead*2 > n {
			for k := i; k < from; k++ {
				rows += v.segments[k].rows()
			}
			from = i
		}
	}
	return from
}

// join returns one segment with the live rows of old; nil if there are none.
func join(old []*segment, now int64) *segment {
	type at struct {
		seg *segment
		row uint32
	}
	var rows []at
	for _, seg := range old {
		for i := range uint32(seg.rows()) {
			if seg.alive(i, now) {
				rows = append(rows, at{seg, i})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	rnd := rand.New(rand.NewPCG(uint64(len(rows)), 1))
	rnd.Shuffle(len(rows), func(i, k int) { rows[i], rows[k] = rows[k], rows[i] })
	m := newSegment(len(rows))
	m.ends = make([]uint32, len(rows))
	blob := strings.Builder{}
	var r Row
	for i, a := range rows {
		a.seg.row(a.row, &r)
		blob.WriteString(r.Text)
		m.ends[i] = uint32(blob.Len())
		m.add(&r)
	}
	m.blob = blob.String()
	if len(rows) >= graphFrom/2 {
		m.graph = build(&m.vectors, len(rows))
	}
	return m
}

// swap replaces the segments of v, from the given index on, by merged, in which rows that have died
// meanwhile are marked dead. It returns false if the Set was cleared.
func (s *Set) swap(v *view, from int, merged *segment) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.view.Load()
	last := len(v.segments) - 1
	if now == nil || len(now.segments) <= last || (from < last && now.segments[from] != v.segments[from]) {
		return false
	}
	segments := append([]*segment(nil), now.segments[:from]...)
	if merged != nil {
		for _, old := range v.segments[from:last] {
			for i := range uint32(old.rows()) {
				if old.dead[i>>5].Load()&(1<<(i&31)) != 0 {
					if n := merged.find(&old.ids[i]); n >= 0 && !lives(v.segments[from:last], &old.ids[i]) {
						merged.kill(uint32(n))
					}
				}
			}
		}
		segments = append(segments, merged)
	}
	s.view.Store(&view{append(segments, now.segments[last:]...)})
	return true
}

// lives reports whether one of segments has a live row of id.
func lives(segments []*segment, id *ID) bool {
	for _, seg := range segments {
		if seg.find(id) >= 0 {
			return true
		}
	}
	return false
}
