package cache

import (
	"encoding/hex"
	"fmt"

	"asbru/cache/entry"
	"asbru/cache/exact"
)

// A Filter says which answers to clear: those for which all that is set holds. The zero
// Filter is all of them.
type Filter struct {
	ID     string // of one answer, as the header X-Cache-Id says it
	Owner  string // whose, such as "key:ci-bot"
	Label  string // the callers' own name of a part: x-bf-cache-key
	Model  string // asked for, or the one that answered
	Before int64  // Unix nanoseconds: those that are older
}

// matches reports whether an answer is among those.
func (f *Filter) matches(n *entry.Note) bool {
	return (f.ID == "" || f.ID == hex.EncodeToString(n.ID[:])) &&
		(f.Owner == "" || f.Owner == n.Owner) &&
		(f.Label == "" || f.Label == n.Label) &&
		(f.Model == "" || f.Model == n.Model || f.Model == n.Asked) &&
		(f.Before == 0 || n.Born < f.Before)
}

// Clear takes answers out of memory, and off the disk: when it returns nothing of them is
// left there. It reports how many it took out of memory.
func (c *Cache) Clear(f Filter) (n int, err error) {
	c.mem.Each(func(i *exact.Item[*kept]) {
		if f.matches(&i.Value.Note) {
			c.mem.Delete(i)
			n++
		}
	})
	c.n.cleared.Add(uint64(n))
	if err := c.clearOthers(&f); err != nil {
		return n, err
	}
	if d := c.disk.Load(); d != nil {
		_, err = d.Delete(func(_ *[32]byte, body []byte) bool {
			var note entry.Note
			return entry.ReadNote(body, &note) == nil && f.matches(&note)
		})
		if err != nil {
			return n, fmt.Errorf("cannot clear the cache on disk: %w", err)
		}
	}
	return n, nil
}

// takeOut forgets the answer of one question, because a caller says that it is wrong or
// because it cannot be read.
func (c *Cache) takeOut(key *[32]byte) {
	if i, _ := c.mem.Get(key, wall()); i != nil {
		c.mem.Delete(i)
		c.n.wrong.Add(1)
		c.disown(key)
		if d := c.disk.Load(); d != nil && d.Gone(key) != nil {
			c.log.Warn("an answer that was said to be wrong may come back after a restart")
		}
	}
}
