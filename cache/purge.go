package cache

import (
	"sync"

	"asbru/cache/entry"
	"asbru/cache/store"
	"asbru/core"
)

// purges are what was cleared before the directory was read. Its answers are not in memory yet, and must not
// get there.
type purges struct {
	mu  sync.Mutex
	all []core.Forget
}

// add notes what is cleared, unless c can clear its directory at once or has none.
func (p *purges) add(c *Cache, f core.Forget) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.o.Dir == "" || c.disk.Load() != nil {
		return
	}
	if now := wall(); f.Before == 0 || f.Before > now {
		f.Before = now // answers that come later are not meant
	}
	p.all = append(p.all, f)
}

// keeps calls f unless an answer is among those that were cleared. No purge is added during the call.
func (p *purges) keeps(n *entry.Note, f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !among(p.all, n) {
		f()
	}
}

// carry removes from d what was cleared while it was read, and gives it to c.
func (p *purges) carry(c *Cache, d *store.Store) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer c.disk.Store(d)
	if len(p.all) == 0 {
		return nil
	}
	all := p.all
	p.all = nil
	_, err := d.Delete(func(_ *[32]byte, body []byte) bool {
		var note entry.Note
		return entry.ReadNote(body, &note) == nil && among(all, &note)
	})
	return err
}

func among(all []core.Forget, n *entry.Note) bool {
	for i := range all {
		if matches(&all[i], n) {
			return true
		}
	}
	return false
}
