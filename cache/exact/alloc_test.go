//go:build !race

package exact

import (
	"testing"
	"time"
)

func TestGetAllocatesNothing(t *testing.T) {
	m := made(t, 4<<20, nil)
	now := time.Now().UnixNano()
	for n := range 3000 {
		m.Put(item(n, 500), now)
	}
	m.old.Wait()
	k, missing := key(2990), key(-1)
	old := key(0)
	for n := range 1000 { // one that only ristretto has
		if old = key(n); m.shard(&old).get(&old) == nil {
			if _, age := m.Get(&old, now); age == Fresh {
				break
			}
		}
	}
	for _, key := range []*[32]byte{&k, &missing, &old} {
		if n := testing.AllocsPerRun(500, func() { m.Get(key, now) }); n > 0 {
			t.Errorf("%v allocations", n)
		}
	}
}
