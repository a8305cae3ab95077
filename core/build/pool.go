package build

import (
	"fmt"
	"slices"

	"asbru/core"
)

// openPools gives each target the pool of its endpoint: that of prev if there is one,
// so that live connections survive a reload, otherwise a new one. If one
// cannot be made, those already made are closed again.
func (c *compiler) openPools() {
	var made []core.Pool
	for _, p := range c.providers {
		if c.next.Pools[p.endpoint] != nil {
			continue
		}
		pool := c.prev.Pools[p.endpoint]
		if pool == nil {
			var err error
			if pool, err = c.deps.NewPool(p.endpoint); err != nil {
				c.fail(p.at, fmt.Sprintf("cannot prepare connections to %s: %v", p.host, err), "")
				break
			}
			made = append(made, pool)
		}
		c.next.Pools[p.endpoint] = pool
	}
	if len(c.next.Pools) > 0 && c.failed() {
		for _, pool := range made {
			pool.Close()
		}
		return
	}
	for _, t := range slices.Concat(c.next.Targets, c.pinned, c.shaded) {
		t.Pool = c.next.Pools[c.byName[t.Provider].endpoint]
	}
}

// Retire closes the pools and credentials of old that kept does not have. Either may
// be nil. Errors of Close are ignored.
func Retire(old, kept *core.Snapshot) {
	if old == nil {
		return
	}
	for e, pool := range old.Pools {
		if kept == nil || kept.Pools[e] != pool {
			pool.Close()
		}
	}
	if old.Memory != nil && (kept == nil || kept.Memory != old.Memory) {
		old.Memory.Close()
	}
	if old.Repeats != nil && (kept == nil || kept.Repeats != old.Repeats) {
		old.Repeats.Close()
	}
	for id, credential := range old.Fresh {
		if kept == nil || kept.Fresh[id] != credential {
			credential.Close()
		}
	}
}
