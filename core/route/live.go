package route

import (
	"bytes"
	"sync/atomic"

	"asbru/core"
)

// A live is what is known about one target with one key. It outlives a reload.
type live struct {
	fuse
	id     uint32 // its number in bindings
	key    *fuse  // of the provider's key, whatever the model; never nil
	streak atomic.Int32
	recent tenner

	latency, ttft, rate, errors, before average

	models atomic.Pointer[models] // nil: no single model of an open target has failed so far
}

func newLive(id uint32, key *fuse) *live { return &live{id: id, key: key} }

// good reports, with two loads, that both fuses are closed.
func (l *live) good() bool { return l.closed() && l.key.closed() }

func (l *live) ready(now int64) bool { return l.fuse.ready(now) && l.key.ready(now) }

// admit asks the fuses to let a request through that was assigned to l.
func (l *live) admit(now int64) bool {
	return l.good() || l.ready(now) && l.key.admit(now) && l.fuse.admit(now)
}

// end returns when l may be asked again, and why it may not be now.
func (l *live) end() (int64, reason) {
	a, b := l.until.Load(), l.key.until.Load()
	if a >= b {
		return a, reason(l.why.Load())
	}
	return b, reason(l.key.why.Load())
}

// models keeps state per model for a target that takes any model name, from the first failure
// on. Names for which there is no room share the state of the target.
type models [modelSlots]atomic.Pointer[named]

type named struct {
	name []byte
	live *live
}

// of returns what is known about one model.
func (l *live) of(name []byte) *live {
	t := l.models.Load()
	if t == nil {
		return l
	}
	for i, at := 0, slotOf(name); i < modelProbes; i++ {
		n := t[(at+i)%modelSlots].Load()
		if n == nil {
			break
		}
		if bytes.Equal(n.name, name) {
			return n.live
		}
	}
	return l
}

// apart is of, but makes room for a model that is new.
func (l *live) apart(name []byte) *live {
	if n := l.of(name); n != l || len(name) == 0 || len(name) > core.MaxModelName {
		return n
	}
	l.models.CompareAndSwap(nil, new(models))
	t := l.models.Load()
	fresh := &named{bytes.Clone(name), newLive(l.id, l.key)}
	for i, at := 0, slotOf(name); i < modelProbes; i++ {
		s := &t[(at+i)%modelSlots]
		if s.CompareAndSwap(nil, fresh) {
			return fresh.live
		}
		if n := s.Load(); bytes.Equal(n.name, name) {
			return n.live
		}
	}
	return l
}

// slotOf is FNV-1a.
func slotOf(name []byte) int {
	h := uint32(2166136261)
	for _, c := range name {
		h = (h ^ uint32(c)) * 16777619
	}
	return int(h % modelSlots)
}
