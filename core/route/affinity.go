package route

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"asbru/core"
)

// bonds remember which seat served a session last. A binding is one word, so that it can be
// read consistently without a lock:
//
//	check of the session 20 | Clock of its end, in seconds 24 | seat 20
//
// Sessions that share a set evict each other, the one that expires first.
// Two sessions that also share the check (one pair in 2^36) share a binding, which is
// harmless: it only expresses a preference among what the caller may use anyway.
//
// The table is allocated with the first binding: half a megabyte.
type bonds struct {
	words atomic.Pointer[[bindings]atomic.Uint64]
}

const (
	checkBits = 20
	endBits   = 24
	seatBits  = 20
)

func (b *bonds) set(name uint64) []atomic.Uint64 {
	words := b.words.Load()
	if words == nil {
		return nil
	}
	at := name % (bindings / ways) * ways
	return words[at : at+ways]
}

// get returns the seat that name is bound to, 0 when there is none.
func (b *bonds) get(name uint64, now int64) uint32 {
	set := b.set(name)
	for i := range set {
		v := set[i].Load()
		if v>>(endBits+seatBits) == name>>(64-checkBits) && v != 0 && v>>seatBits&(1<<endBits-1) >= seconds(now) {
			return uint32(v & (1<<seatBits - 1))
		}
	}
	return 0
}

// put binds name to a seat for ttl from now.
func (b *bonds) put(name uint64, seat uint32, now int64, ttl time.Duration) {
	if seat >= 1<<seatBits {
		return
	}
	if b.words.Load() == nil {
		b.words.CompareAndSwap(nil, new([bindings]atomic.Uint64))
	}
	end := min(seconds(now+int64(ttl)), 1<<endBits-1)
	v := name>>(64-checkBits)<<(endBits+seatBits) | end<<seatBits | uint64(seat)
	set := b.set(name)
	oldest, least := 0, uint64(1<<endBits)
	for i := range set {
		old := set[i].Load()
		if old>>(endBits+seatBits) == v>>(endBits+seatBits) && old != 0 {
			set[i].Store(v)
			return
		}
		if e := old >> seatBits & (1<<endBits - 1); e < least {
			oldest, least = i, e
		}
	}
	set[oldest].Store(v)
}

// drop ends the binding of name to that seat.
func (b *bonds) drop(name uint64, seat uint32) {
	set := b.set(name)
	for i := range set {
		v := set[i].Load()
		if v>>(endBits+seatBits) == name>>(64-checkBits) && uint32(v&(1<<seatBits-1)) == seat {
			set[i].CompareAndSwap(v, 0)
		}
	}
}

func seconds(clock int64) uint64 { return uint64(clock/int64(time.Second)) + 1 }

// name is the hash that identifies the session of x. It includes the caller and the Route, so the
// same id of another caller, or on another Route, is another session. 0: there is none.
func (p *picker) name(x *core.Exchange) uint64 {
	if len(x.Session) == 0 || len(x.Session) > MaxSession || x.Key == nil {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(p.book.seed)
	h.WriteString(x.Key.Name)
	h.WriteByte(0)
	h.WriteString(p.route)
	h.WriteByte(0)
	h.Write(x.Session)
	return max(h.Sum64(), 1)
}

// home is the slot in the group that served the session of x last; -1: none.
func (p *picker) home(x *core.Exchange) int {
	if len(x.Attempts()) == 0 {
		id := p.book.bonds.get(x.Bind, p.book.clock())
		if s, ok := p.book.byID[id]; ok {
			for i := range p.group {
				if p.slots[i].target == s.target {
					p.tab.hits.Add(1)
					return i
				}
			}
		}
		p.tab.misses.Add(1)
	}
	return -1
}

// bound is the key of s that served the session of x last, nil when it is not there
// or may not be used.
func (p *picker) bound(x *core.Exchange, s *slot, w *wheel, q *search) *core.ProviderKey {
	held, ok := p.book.byID[p.book.bonds.get(x.Bind, p.time(q))]
	if p.group < 2 && len(q.tried) == 0 {
		if ok && held.target == s.target {
			p.tab.hits.Add(1)
		} else {
			p.tab.misses.Add(1)
		}
	}
	if !ok || held.target != s.target || held.key == nil || q.bars(held.key) {
		return nil
	}
	for i, k := range w.keys {
		if k == held.key && w.lives[i].of(s.name).admit(q.now) {
			return k
		}
	}
	return nil
}

// keep binds the session of x to the seat that served it.
func (p *picker) keep(x *core.Exchange, id uint32, now int64) {
	ttl := p.bind
	if x.SessionTTL > 0 {
		ttl = x.SessionTTL
	}
	p.tab.kept.Add(1)
	p.book.bonds.put(x.Bind, id, now, ttl)
}
