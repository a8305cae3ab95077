package cache

import (
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"asbru/cache/canon"
	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/cache/remote"
	"asbru/cache/store"
	"asbru/cache/vector"
	"asbru/core"
)

// Options say what a Cache keeps. They are compared to tell whether a running Cache goes
// on under another configuration.
type Options struct {
	Bytes     int64         // of memory; 0: DefaultBytes
	TTL       time.Duration // how long an answer is given; 0: DefaultTTL
	Stale     time.Duration // how long after that it is given to all but one, who asks anew; 0: not at all
	Scope     Scope
	ToolCalls bool   // answers that ask for tools to be run are kept too
	Pace      bool   // streams are replayed at the pace they once came at
	Dir       string // where answers outlive the process; empty: nowhere
	Like      Likeness
	Check     Check          // how that is watched
	Charge    Charge         // what answers count for that no target gave
	Far       remote.Options // who else is asked about the meaning of questions; zero: nobody
	History   int            // turns beside instructions that a conversation has at most; 0: any number
	Share     Share          // what two questions may differ in and still be one
	Secret    vector.Secret  // 32 bytes to seal the directory with; empty: it is not sealed

	repeats bool // questions are calls by their keys, and answers the bytes they came as; see Repeats
}

// A Cache is the memory with what feeds it. Many goroutines may use it.
type Cache struct {
	o   Options
	log *slog.Logger

	mem     *exact.Map[*kept]
	errands errands
	saves   chan *saving
	bell    chan struct{} // the worker is to look at saves
	timer   *time.Timer   // that rings it
	armed   atomic.Bool   // timer runs, or has rung and was not heard
	blanks  blanks
	tapes   atomic.Int64 // bytes that are being written down
	disk    atomic.Pointer[store.Store]
	trusts  atomic.Pointer[trusts]
	charges atomic.Pointer[Charge]
	near    Nearby         // nil: only the same question is the same question
	far     *remote.Finder // nil: nobody else is asked
	seed    maphash.Seed   // of prints: a caller cannot make two that are equal
	lazy    bool           // keys are made when they are needed: nobody but mem asks for them
	wording sync.Pool
	scratch sync.Pool
	visits  sync.Pool
	n       counts

	stop  chan struct{}
	ended sync.WaitGroup
	once  sync.Once

	shut   sync.RWMutex // held for reading by who sends on saves
	closed bool
}

// A kept is an answer in memory.
type kept struct {
	entry.Note
	data    []byte   // the encoded entry; never changed
	body    [32]byte // of a call that is known by its key: the digest of what it asked for
	version uint64   // of the record on disk; 0: there is none. Read and written atomically
}

// A wording is the memory that one question is read with. Most questions need no more.
type wording struct {
	chat core.Chat
	form canon.Writer
}

// A scratch is the memory that one answer is read or written with.
type scratch struct {
	reply  core.Completion
	cross  core.Crossing
	events []core.Event
	beats  []entry.Beat
}

// ErrOptions says that a Cache cannot be made as it was asked for.
var ErrOptions = errors.New("the cache cannot be made so")

// New makes a Cache and begins its work. Close must be called.
func New(o Options, log *slog.Logger) (*Cache, error) { return NewEncoding(o, log, nil) }

// NewEncoding is New with who asks an encoder of others.
func NewEncoding(o Options, log *slog.Logger, embed remote.Embed) (*Cache, error) {
	if o.Bytes == 0 {
		o.Bytes = DefaultBytes
	}
	if o.TTL == 0 {
		o.TTL = DefaultTTL
	}
	if o.TTL < 0 || o.TTL > MaxTTL || o.Stale < 0 || o.Stale > MaxTTL || len(o.Secret) != 0 && len(o.Secret) != 32 {
		return nil, fmt.Errorf("%w: a time to live of up to 30 days, and 32 bytes of secret or none", ErrOptions)
	}
	if k := o.Check; !(k.Share >= 0 && k.Share <= 1) || !(k.Precision >= 0 && k.Precision < 1) || k.Samples < 0 || k.Samples > MaxSamples {
		return nil, fmt.Errorf("%w: shares from 0 to 1, and up to %d samples", ErrOptions, MaxSamples)
	}
	c := &Cache{o: o, log: log, saves: make(chan *saving, saveQueue), bell: make(chan struct{}, 1), stop: make(chan struct{})}
	c.Tune(o)
	mem, err := exact.New(o.Bytes, c.exit)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	c.mem = mem
	if o.Like.On {
		near, err := newLikeness(o.Like)
		if err != nil {
			mem.Close()
			return nil, err
		}
		c.near = near
	}
	if err := c.reach(embed); err != nil {
		c.abandon()
		return nil, err
	}
	c.scratch.New = func() any { return &scratch{cross: *core.NewCrossing()} }
	c.seed, c.lazy = maphash.MakeSeed(), c.near == nil && c.far == nil
	c.wording.New = func() any { return &wording{chat: *core.NewChat()} }
	c.visits.New = func() any { return newVisit(c) }
	c.timer = time.AfterFunc(time.Hour, c.rush)
	c.timer.Stop()
	c.ended.Go(c.save)
	if o.Dir != "" {
		c.ended.Go(c.open)
	}
	return c, nil
}

// Options are what c was made with, defaults filled in and not tuned since.
func (c *Cache) Options() Options { return c.o }

// Same reports whether a Cache made with o would be like c, once that was tuned.
func (c *Cache) Same(o Options) bool {
	if o.Bytes == 0 {
		o.Bytes = DefaultBytes
	}
	if o.TTL == 0 {
		o.TTL = DefaultTTL
	}
	o.Check, o.Charge = c.o.Check, c.o.Charge
	return c.o == o
}

// Tune makes c watch and charge as o says, from now on. Another Check begins to judge anew.
func (c *Cache) Tune(o Options) {
	c.charges.Store(&o.Charge)
	if t := newTrusts(o.Check); c.trusts.Load() == nil || c.trusts.Load().check != t.check {
		c.trusts.Store(t)
	}
}

// Close ends the work. What waits to be kept is kept first. Exchanges that still use c
// find nothing.
func (c *Cache) Close() error {
	var err error
	c.once.Do(func() {
		c.shut.Lock()
		c.closed = true
		c.shut.Unlock()
		close(c.stop)
		c.timer.Stop()
		c.ended.Wait()
		c.leaveOthers()
		c.mem.Close()
		if c.near != nil {
			c.near.Close()
		}
		if d := c.disk.Load(); d != nil {
			err = d.Close()
		}
	})
	return err
}

// exit is told that memory holds an item no longer.
func (c *Cache) exit(i *exact.Item[*kept]) {
	if version := atomic.LoadUint64(&i.Value.version); version != 0 {
		if d := c.disk.Load(); d != nil {
			d.Forget(&i.Key, version)
		}
	}
	if c.near != nil && !c.mem.Alive(&i.Key) { // else it was replaced, and the question stands
		c.near.Remove(i.Key)
		c.outlived(&i.Key)
	}
}

func (c *Cache) takeScratch() *scratch { return c.scratch.Get().(*scratch) }

// giveScratch keeps the memory for the next request, unless one huge one grew it.
func (c *Cache) giveScratch(s *scratch) {
	s.reply.Reset()
	s.cross.Reset()
	s.cross.Extra = nil
	clear(s.events)
	s.events, s.beats = s.events[:0], s.beats[:0]
	if s.reply.Held()+s.cross.Held() <= maxScratch {
		c.scratch.Put(s)
	}
}

func (c *Cache) takeWording() *wording { return c.wording.Get().(*wording) }

// giveWording is giveScratch for a question.
func (c *Cache) giveWording(w *wording) {
	w.chat.Reset()
	if w.chat.Held() <= maxScratch {
		c.wording.Put(w)
	}
}

// wall is the time of day in Unix nanoseconds.
func wall() int64 { return time.Now().UnixNano() }
