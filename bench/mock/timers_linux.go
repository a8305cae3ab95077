//go:build amd64 || arm64

package mock

// timer is something that is due at a time. It stands in at most one timers.
type timer struct {
	when int64
	at   int // index in the heap plus one; 0: not in it
	conn *conn
}

// timers is a heap with the earliest first, four children a node. A wheel would
// move nothing on insertion but fire late by its tick; ten thousand paced
// streams cost a heap 100 ns each time, and fire when they are due.
type timers struct{ heap []*timer }

// set arms t for when, or disarms it if when is 0.
func (h *timers) set(t *timer, when int64) {
	switch {
	case t.when == when:
	case when == 0:
		h.remove(t)
	case t.at == 0:
		t.when = when
		h.heap = append(h.heap, t)
		h.up(len(h.heap)-1, t)
	default:
		earlier := when < t.when
		t.when = when
		if earlier {
			h.up(t.at-1, t)
		} else {
			h.down(t.at-1, t)
		}
	}
}

// next is the earliest time; 0 if there is none.
func (h *timers) next() int64 {
	if len(h.heap) == 0 {
		return 0
	}
	return h.heap[0].when
}

// pop disarms and returns the earliest timer that is due, or nil.
func (h *timers) pop(now int64) *timer {
	if len(h.heap) == 0 || h.heap[0].when > now {
		return nil
	}
	t := h.heap[0]
	h.remove(t)
	return t
}

func (h *timers) remove(t *timer) {
	i, last := t.at-1, len(h.heap)-1
	t.at, t.when = 0, 0
	moved := h.heap[last]
	h.heap[last] = nil
	h.heap = h.heap[:last]
	if i == last {
		return
	}
	if h.up(i, moved); moved.at-1 == i {
		h.down(i, moved)
	}
}

// up places t at i or above.
func (h *timers) up(i int, t *timer) {
	for i > 0 {
		parent := (i - 1) / 4
		if h.heap[parent].when <= t.when {
			break
		}
		h.place(i, h.heap[parent])
		i = parent
	}
	h.place(i, t)
}

// down places t at i or below.
func (h *timers) down(i int, t *timer) {
	for {
		least := -1
		for c := 4*i + 1; c <= 4*i+4 && c < len(h.heap); c++ {
			if least < 0 || h.heap[c].when < h.heap[least].when {
				least = c
			}
		}
		if least < 0 || h.heap[least].when >= t.when {
			break
		}
		h.place(i, h.heap[least])
		i = least
	}
	h.place(i, t)
}

func (h *timers) place(i int, t *timer) {
	h.heap[i] = t
	t.at = i + 1
}
