package semantic

import (
	"sync"
	"sync/atomic"
	"time"

	"asbru/cache/semantic/guard"
	"asbru/cache/semantic/model"
	"asbru/cache/semantic/near"
)

// A Space is the digest of everything that two questions must have in common before they are
// compared: the tenant, the model, the system prompt, all earlier turns, tools, sampling.
type Space [32]byte

// Options configure an Index. The zero value is the default.
type Options struct {
	Mode    Mode
	Cosine  [3]float32 // least similarity by Mode; 0: the default
	Entries int        // most entries; 0: a million
	// Personal allows questions about "my order", for spaces that belong to one person each.
	Personal bool
	// Now returns the time in Unix seconds; nil: the clock.
	Now func() int64
}

// An Index holds questions. It may be used concurrently.
type Index struct {
	o      Options
	model  *model.Model
	guard  *guard.Guard
	shards [shards]shard
	owners [shards]owners
	room   sync.Pool // of *desk
	tasks  chan *space
	stop   chan struct{}
	worker sync.WaitGroup

	entries, spaces, full atomic.Int64
}

// A shard holds a part of the spaces. Readers load the map; writers replace it by a
// copy.
type shard struct {
	mu     sync.Mutex // held by writers
	spaces atomic.Pointer[map[Space]*space]
}

type space struct {
	name Space
	near.Set
	live   atomic.Int64
	queued atomic.Bool // it is among tasks
}

// owners records the space of each entry.
type owners struct {
	mu sync.Mutex
	of map[ID]*space
}

// New makes an empty Index. Close stops its background work.
func New(o Options) (*Index, error) {
	m, err := model.Load()
	if err != nil {
		return nil, err
	}
	if o.Entries <= 0 {
		o.Entries = maxEntries
	}
	for i, least := range [...]float32{strictCosine, balancedCosine, relaxedCosine} {
		if o.Cosine[i] <= 0 {
			o.Cosine[i] = least
		}
	}
	if o.Now == nil {
		o.Now = func() int64 { return time.Now().Unix() }
	}
	x := &Index{o: o, model: m, guard: guard.New(m.Known), tasks: make(chan *space, maxTasks), stop: make(chan struct{})}
	x.room.New = func() any { return newDesk() }
	for i := range x.owners {
		x.owners[i].of = make(map[ID]*space)
	}
	x.worker.Add(1)
	go x.tidy()
	return x, nil
}

// Close stops merging segments and waits for a merge under way. Look-ups and additions afterwards
// still work; nothing is merged.
func (x *Index) Close() {
	close(x.stop)
	x.worker.Wait()
}

// Version identifies the embedding table: entries made with another one must be added anew.
func (x *Index) Version() [32]byte { return x.model.Sum() }

// tidy merges segments in the background.
func (x *Index) tidy() {
	defer x.worker.Done()
	for {
		select {
		case <-x.stop:
			return
		case s := <-x.tasks:
			s.queued.Store(false)
			s.Merge(x.o.Now())
		}
	}
}

// due schedules a merge of s; if too many wait, the caller merges.
func (x *Index) due(s *space) {
	if s.Behind() {
		s.Merge(x.o.Now())
		return
	}
	if s.queued.Swap(true) {
		return
	}
	select {
	case x.tasks <- s:
	default:
		s.queued.Store(false)
		s.Merge(x.o.Now())
	}
}

func (x *Index) shard(name *Space) *shard { return &x.shards[name[0]%shards] }
func (x *Index) owner(id *ID) *owners     { return &x.owners[id[31]%shards] }

// space returns the space called name, nil if there is none.
func (s *shard) space(name *Space) *space {
	if m := s.spaces.Load(); m != nil {
		return (*m)[*name]
	}
	return nil
}

// put replaces the map by one with sp, or without it.
func (s *shard) put(sp *space, in bool) {
	next := make(map[Space]*space)
	if m := s.spaces.Load(); m != nil {
		for k, v := range *m {
			next[k] = v
		}
	}
	if in {
		next[sp.name] = sp
	} else {
		delete(next, sp.name)
	}
	s.spaces.Store(&next)
}

// Stats are counters of an Index.
type Stats struct {
	Entries int64 // live entries, without those expired since the last look
	Spaces  int64
	Full    int64 // entries refused because the Index was full
}

// Stats returns the current counters.
func (x *Index) Stats() Stats { return Stats{x.entries.Load(), x.spaces.Load(), x.full.Load()} }
