package semantic

import (
	"asbru/cache/semantic/near"
)

// Add makes text findable in the space until a time in Unix seconds, 0: for ever. An entry
// of the same id is replaced. It reports false when the text is nothing to compare, or the
// Index is full. text is copied.
func (x *Index) Add(name *Space, text []byte, id *ID, until int64) bool {
	d := x.desk()
	defer x.room.Put(d)
	d.read(x, text)
	if d.vector.Inv == 0 || x.o.Mode != Relaxed && x.ineligible(d) != "" {
		return false
	}
	if x.entries.Load() >= int64(x.o.Entries) {
		x.full.Add(1)
		return false
	}
	r := near.Row{ID: *id, Key: d.asked.Key(), Until: until, Text: string(text), Vector: d.vector}
	s, due := x.add(name, &r)
	if s == nil {
		x.full.Add(1)
		return false
	}
	if due {
		x.due(s)
	}
	return true
}

func (x *Index) add(name *Space, r *near.Row) (*space, bool) {
	x.Remove(&r.ID)
	h := x.shard(name)
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.space(name)
	if s == nil {
		if x.spaces.Load() >= maxSpaces {
			return nil, false
		}
		s = &space{name: *name}
		h.put(s, true)
		x.spaces.Add(1)
	}
	o := x.owner(&r.ID)
	o.mu.Lock()
	o.of[r.ID] = s
	o.mu.Unlock()
	s.live.Add(1)
	x.entries.Add(1)
	return s, s.Set.Add(r)
}

// Remove forgets the entry of id and reports whether there was one.
func (x *Index) Remove(id *ID) bool {
	o := x.owner(id)
	o.mu.Lock()
	s := o.of[*id]
	delete(o.of, *id)
	o.mu.Unlock()
	if s == nil {
		return false
	}
	h := x.shard(&s.name)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !s.Set.Remove(id) {
		return false
	}
	x.entries.Add(-1)
	if s.live.Add(-1) == 0 && h.space(&s.name) == s {
		h.put(s, false)
		x.spaces.Add(-1)
	}
	return true
}

// Clear forgets all entries of a space.
func (x *Index) Clear(name *Space) {
	h := x.shard(name)
	h.mu.Lock()
	s := h.space(name)
	if s != nil {
		h.put(s, false)
		x.spaces.Add(-1)
		x.entries.Add(-s.live.Swap(0))
		s.Set.Clear()
	}
	h.mu.Unlock()
	if s == nil {
		return
	}
	for i := range x.owners {
		o := &x.owners[i]
		o.mu.Lock()
		for id, of := range o.of {
			if of == s {
				delete(o.of, id)
			}
		}
		o.mu.Unlock()
	}
}

// Settle merges what waits for it: after many entries were added at once, as at a start.
func (x *Index) Settle() {
	for i := range x.shards {
		if m := x.shards[i].spaces.Load(); m != nil {
			for _, s := range *m {
				s.Merge(x.o.Now())
			}
		}
	}
}
