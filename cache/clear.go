package cache

import (
	"encoding/hex"
	"errors"
	"fmt"

	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/core"
)

// matches reports whether f selects an answer.
func matches(f *core.Forget, n *entry.Note) bool {
	return (f.ID == "" || f.ID == hex.EncodeToString(n.ID[:])) &&
		(f.Owner == "" || f.Owner == n.Owner) &&
		(f.Label == "" || f.Label == n.Label) &&
		(f.Model == "" || f.Model == n.Model || f.Model == n.Asked) &&
		(f.Before == 0 || n.Born < f.Before)
}

// Clear removes answers from memory and disk; once it returns, nothing of them is
// left there. It returns how many it removed from memory. Until the directory has been read, which another
// process may hold, answers are removed from it when it is read, by this process or the next.
func (c *Cache) Clear(f core.Forget) (n int, err error) {
	c.settle()
	noted := c.purges.add(c, f)
	c.mem.Each(func(i *exact.Item[*kept]) {
		if matches(&f, &i.Value.Note) {
			c.erase(i)
			n++
		}
	})
	c.n.cleared.Add(uint64(n))
	err = errors.Join(noted, c.clearOthers(&f))
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

// settle waits until all answers that had ended when it was called are stored, so that none of them
// is stored after a clear.
func (c *Cache) settle() {
	heard := make(chan struct{})
	c.shut.RLock()
	sent := !c.closed
	if sent {
		c.saves <- &saving{heard: heard} // the worker receives until Close, which waits for the lock held here
		c.rush()
	}
	c.shut.RUnlock()
	if sent {
		<-heard
	}
}

// erase removes i from memory and from the semantic index. The index cannot wait for exit: the nursery
// releases its items later.
func (c *Cache) erase(i *exact.Item[*kept]) {
	c.mem.Delete(i)
	if c.near != nil {
		c.near.Remove(i.Key)
	}
}

// takeOut removes the answer of one question, because a caller declared it wrong or
// because it cannot be decoded.
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
