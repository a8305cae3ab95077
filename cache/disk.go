package cache

import (
	"errors"
	"sync/atomic"
	"time"

	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/cache/store"
)

// open locks the directory and fills the memory from it. It waits for another process
// that has the lock: during a hand-over that process has it until it has drained.
func (c *Cache) open() {
	o := store.Options{Dir: c.o.Dir, Failed: func(err error) {
		c.log.Error("the cache is not written to disk any more", "error", err)
	}}
	if c.o.Secret != "" {
		o.Key = []byte(c.o.Secret)
	}
	for {
		d, err := store.Open(o)
		if err == nil {
			c.fill(d)
			return
		}
		if !errors.Is(err, store.ErrBusy) {
			c.log.Error("the cache is kept in memory only", "error", err)
			return
		}
		select {
		case <-c.stop:
			return
		case <-time.After(busyEvery):
		}
	}
}

// fill loads the records on disk into memory, except those replaced meanwhile.
func (c *Cache) fill(d *store.Store) {
	n, now := 0, wall()
	if bad := c.purges.learn(c); bad != nil {
		c.log.Error("answers that were cleared by a process before this one may be on disk still", "error", bad)
	}
	err := d.Load(func(key *[32]byte, version uint64, expires int64, body []byte) {
		k := &kept{data: append(make([]byte, 0, len(body)), body...), version: version}
		if entry.ReadNote(k.data, &k.Note) != nil || now >= expires {
			d.Forget(key, version)
			return
		}
		if i, _ := c.mem.Get(key, now); i != nil {
			return
		}
		i := &exact.Item[*kept]{Key: *key, Value: k, Cost: int64(len(k.data)) + noteBytes(&k.Note), Fresh: k.Fresh, Until: k.Until}
		c.purges.keeps(c, &k.Note, func() {
			if c.mem.Put(i, now) {
				n++
				c.makeFindable(i)
			}
		})
	})
	if bad := c.purges.carry(c, d); bad != nil { // only now: items that memory evicts during the filling stay on disk for the moment
		c.log.Error("answers that were cleared before the cache was read from disk may come back after a restart", "error", bad)
	}
	c.mem.Each(func(i *exact.Item[*kept]) { // answers that arrived while another process had the directory
		if atomic.LoadUint64(&i.Value.version) == 0 {
			c.record(i)
		}
	})
	counts := d.Counts()
	c.log.Info("the cache is filled from disk", "answers", n, "torn", counts.Torn, "thrown_away", counts.Foreign)
	if err != nil {
		c.log.Error("a part of the cache on disk cannot be read", "error", err)
	}
}

// record writes an item to disk, if there is a disk.
func (c *Cache) record(i *exact.Item[*kept]) {
	d := c.disk.Load()
	if d == nil {
		return
	}
	if version, err := d.Put(&i.Key, i.Until, i.Value.data); err == nil {
		atomic.StoreUint64(&i.Value.version, version)
		if i.Dead() { // removed in the meantime, before it had a version
			d.Forget(&i.Key, version)
		}
	}
}
