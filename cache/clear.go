package cache

import (
	"encoding/hex"
	"errors"
	"fmt"

	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/core"
)

// matches reports whether an answer is among those that f names.
func matches(f *core.Forget, n *entry.Note) bool {
	return (f.ID == "" || f.ID == hex.EncodeToString(n.ID[:])) &&
		(f.Owner == "" || f.Owner == n.Owner) &&
		(f.Label == "" || f.Label == n.Label) &&
		(f.Model == "" || f.Model == n.Model || f.Model == n.Asked) &&
		(f.Before == 0 || n.Born < f.Before)
}

// Clear takes answers out of memory, and off the disk: when it returns nothing of them is
// left there. It reports how many it took out of memory.
func (c *Cache) Clear(f core.Forget) (n int, err error) {
	c.settle()
	c.mem.Each(func(i *exact.Item[*kept]) {
		if matches(&f, &i.Value.Note) {
			c.erase(i)
			n++
		}
	})
	c.n.cleared.Add(uint64(n))
	err = c.clearOthers(&f)
	if d := c.disk.Load(); d != nil {
		_, bad := d.Delete(func(_ *[32]byte, body []byte) bool {
			var note entry.Note
			return entry.ReadNote(body, &note) == nil && matches(&f, &note)
		})
		if bad != nil {
			err = errors.Join(err, fmt.Errorf("cannot clear the cache on disk: %w", bad))
		}
	}
	return n, err
}

// settle waits until all answers that had ended when it was called are kept, so that none of them
// comes after they were cleared.
func (c *Cache) settle() {
	heard := make(chan struct{})
	c.shut.RLock()
	sent := !c.closed
	if sent {
		c.saves <- &saving{heard: heard} // the worker takes what is there until Close, which waits for us
		c.rush()
	}
	c.shut.RUnlock()
	if sent {
		<-heard
	}
}

// erase takes i out of memory, and lets nobody find it by its meaning: the nursery lets go of
// its items later.
func (c *Cache) erase(i *exact.Item[*kept]) {
	c.mem.Delete(i)
	if c.near != nil {
		c.near.Remove(i.Key)
	}
}

// takeOut forgets the answer of one question, because a caller says that it is wrong or
// because it cannot be read.
func (c *Cache) takeOut(key *[32]byte) {
	if i, _ := c.mem.Get(key, wall()); i != nil {
		c.erase(i)
		c.n.wrong.Add(1)
		c.disown(key)
		if d := c.disk.Load(); d != nil && d.Gone(key) != nil {
			c.log.Warn("an answer that was said to be wrong may come back after a restart")
		}
	}
}
