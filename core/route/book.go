package route

import (
	"cmp"
	"crypto/sha256"
	"hash/maphash"
	"slices"
	"sync/atomic"
	"time"

	"asbru/core"
)

// Options are what a Book needs besides the targets.
type Options struct {
	Prev  *Book        // the Book of the previous Snapshot, whose knowledge is carried over; nil: none
	Clock func() int64 // nil: core.Clock

	// Alarm is called for a provider key that was refused with 401, 402 or 403, or with 429 for an account that is spent, on the lane
	// that carries the request; it must not block. nil: nobody is told.
	Alarm func(target, key string, status int)
}

// A Book holds what the Routes of a Snapshot share: the key choosers of its targets, so
// that all Routes with one target take turns over the same keys, and what was learnt
// about each target and key. It is a core.Health. Its maps are immutable once built;
// the values they point to are carried over into the Book of the next Snapshot.
type Book struct {
	clock func() int64
	alarm func(target, key string, status int)

	choosers map[*core.Target]*chooser
	seats    map[seat]*live
	byID     map[uint32]seat

	lives  map[[32]byte]*live
	fuses  map[[32]byte]*fuse // of provider keys
	routes map[string]*tab
	ids    *atomic.Uint32
	bonds  *bonds
	seed   maphash.Seed
}

// A seat is a target with one of its keys; a nil key: the target takes none.
type seat struct {
	target *core.Target
	key    *core.ProviderKey
}

// NewBook prepares the keys of targets. Keys of weight 0 are left out of the choice.
func NewBook(targets []*core.Target, o Options) *Book {
	b := &Book{
		clock: o.Clock, alarm: o.Alarm,
		choosers: make(map[*core.Target]*chooser, len(targets)),
		seats:    make(map[seat]*live, len(targets)),
		byID:     make(map[uint32]seat, len(targets)),
		lives:    make(map[[32]byte]*live, len(targets)),
		fuses:    make(map[[32]byte]*fuse),
		routes:   make(map[string]*tab),
		ids:      new(atomic.Uint32),
		bonds:    new(bonds),
		seed:     maphash.MakeSeed(),
	}
	prev := o.Prev
	if prev == nil {
		prev = &Book{}
	} else {
		b.ids, b.bonds, b.seed = prev.ids, prev.bonds, prev.seed
	}
	if b.clock == nil {
		b.clock = core.Clock
	}
	for _, t := range targets {
		b.sit(prev, t, nil)
		for _, k := range t.Keys {
			b.sit(prev, t, k)
		}
		b.choosers[t] = newChooser(t, func(k *core.ProviderKey) *live { return b.seats[seat{t, k}] })
	}
	return b
}

// sit finds what is known about a target with a key: about the same model on the same
// host with the same secret.
func (b *Book) sit(prev *Book, t *core.Target, k *core.ProviderKey) {
	whose := identity(t.Provider, t.Host, nil, k)
	f := b.fuses[whose]
	if f == nil {
		if f = prev.fuses[whose]; f == nil {
			f = new(fuse)
		}
		b.fuses[whose] = f
	}
	id := identity(t.Name, t.Host, []byte(t.Model), k)
	l := b.lives[id]
	if l == nil {
		if l = prev.lives[id]; l == nil {
			l = newLive(b.ids.Add(1), f)
		}
		b.lives[id] = l
	}
	b.seats[seat{t, k}] = l
	b.byID[l.id] = seat{t, k}
}

// identity identifies a key by its secret too: with another secret it is another key.
func identity(name, host string, model []byte, k *core.ProviderKey) [32]byte {
	h := sha256.New()
	for _, part := range [...][]byte{[]byte(name), []byte(host), model} {
		h.Write(part)
		h.Write([]byte{0})
	}
	if k != nil {
		h.Write([]byte(k.Name))
		h.Write([]byte{0})
		h.Write(k.Header)
	}
	return [32]byte(h.Sum(nil))
}

// tab returns the state of the Route of that name.
func (b *Book) tab(prev *Book, name string) *tab {
	t := b.routes[name]
	if t == nil {
		if prev != nil {
			t = prev.routes[name]
		}
		if t == nil {
			t = new(tab)
		}
		b.routes[name] = t
	}
	return t
}

// A tab is the state of one Route that outlives a reload.
type tab struct {
	budget
	began        atomic.Bool // the budget was filled once
	hits, misses atomic.Uint64
	kept         atomic.Uint64
	benched      atomic.Uint64
	hedge        hedging

	rescued, unrescued atomic.Uint64 // attempts to continue a stream: successful and failed ones
}

// resumed counts an attempt that continues the stream of another.
func (t *tab) resumed(a *core.Attempt) {
	switch {
	case a.Phase == core.PhaseContent:
		t.rescued.Add(1)
	case a.Phase == core.PhaseFailed && a.TTFT == 0:
		t.unrescued.Add(1)
	}
}

// Report implements core.Health.
func (b *Book) Report() []core.Candidate {
	now := b.clock()
	all := make([]core.Candidate, 0, len(b.seats))
	for s, l := range b.seats {
		if (s.key == nil) == (len(s.target.Keys) == 0) {
			all = append(all, candidate(s, l, now))
		}
	}
	slices.SortFunc(all, func(a, b core.Candidate) int {
		return cmp.Or(cmp.Compare(a.Target.Name, b.Target.Name), cmp.Compare(keyName(a.Key), keyName(b.Key)))
	})
	return all
}

func keyName(k *core.ProviderKey) string {
	if k == nil {
		return ""
	}
	return k.Name
}

// candidate reports the state of a seat: that of the worse of the target's and the key's fuse,
// or of the worst model's if the target takes any model.
func candidate(s seat, l *live, now int64) core.Candidate {
	c := core.Candidate{Target: s.target, Key: s.key}
	worst := &l.fuse
	for _, f := range l.all() {
		if f.until.Load() > worst.until.Load() {
			worst = f
		}
		c.Opened += f.opened.Load()
		c.Benched += f.rested.Load()
		c.Dead += f.died.Load()
	}
	c.State = worst.state(now)
	if c.State != "closed" {
		c.Why = reason(worst.why.Load()).String()
		c.Rest = time.Duration(max(worst.until.Load()-now, 0))
	}
	return c
}

// all lists the fuses a request to l could meet.
func (l *live) all() []*fuse {
	fs := []*fuse{&l.fuse, l.key}
	if t := l.models.Load(); t != nil {
		for i := range t {
			if n := t[i].Load(); n != nil {
				fs = append(fs, &n.live.fuse)
			}
		}
	}
	return fs
}

// Probed implements core.Health: a failed probe keeps requests away for as long as it
// holds, a good one ends that. Failures that requests have met are not affected.
func (b *Book) Probed(provider string, ok bool, holds time.Duration) {
	now := b.clock()
	for s, l := range b.seats {
		switch {
		case s.target.Provider != provider:
		case ok:
			l.close(unwell)
		default:
			l.rest(now, holds, unwell)
		}
	}
}
