package cache

import (
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"slices"
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

// Options configure a Cache. They are comparable, to tell whether a running Cache can be kept
// under another configuration.
type Options struct {
	Bytes     int64         // of memory; 0: DefaultBytes
	TTL       time.Duration // how long an answer is used; 0: DefaultTTL
	Stale     time.Duration // how long after that it is used while one request refreshes it; 0: not at all
	Scope     Scope
	ToolCalls bool   // also cache answers that call tools
	Pace      bool   // replay streams at their original pace
	Dir       string // directory where answers survive a restart; empty: memory only
	Like      Likeness
	Check     Check          // how the semantic tier is checked
	Charge    Charge         // how answers count that were given without a target
	Far       remote.Options // encoder and vector store of others; zero: none
	History   int            // most turns of a conversation, instructions not counted; 0: any number
	Share     Share          // in what two equal questions may differ
	Secret    vector.Secret  // 32 bytes that encrypt the directory; empty: no encryption

	repeats bool // questions are identified by their Idempotency-Key, and answers are the original bytes; see Repeats
}

// A Cache is the memory together with the worker that fills it. It may be used concurrently.
type Cache struct {
	o   Options
	log *slog.Logger

	mem     *exact.Map[*kept]
	errands errands
	saves   chan *saving
	bell    chan struct{} // wakes the worker to look at saves
	timer   *time.Timer   // rings the bell
	armed   atomic.Bool   // timer is running, or the bell was rung and not yet heard
	blanks  blanks
	tapes   atomic.Int64 // bytes of all tapes being recorded
	disk    atomic.Pointer[store.Store]
	purges  purges
	trusts  atomic.Pointer[trusts]
	charges atomic.Pointer[Charge]
	near    Nearby         // nil: no semantic tier
	far     *remote.Finder // nil: no encoder and store of others
	seed    maphash.Seed   // of prints; random, so that callers cannot construct equal prints
	lazy    bool           // keys are made only when needed: only mem uses them
	miss    []byte         // the header line of an answer that is no hit
	wording sync.Pool
	scratch sync.Pool
	visits  sync.Pool
	n       counts

	stop  chan struct{}
	ended sync.WaitGroup
	once  sync.Once

	shut   sync.RWMutex // read-locked by senders on saves
	closed bool
}

// A kept is an answer in memory.
type kept struct {
	entry.Note
	data    []byte   // the encoded entry; immutable
	body    [32]byte // of a call with an Idempotency-Key: the digest of its body
	version uint64   // of the record on disk; 0: none. Accessed atomically
}

// A wording is the memory for reading one question. Most questions need nothing else.
type wording struct {
	chat core.Chat
	form canon.Writer
}

// A scratch is the memory for reading or writing one answer.
type scratch struct {
	reply  core.Completion
	cross  core.Crossing
	events []core.Event
	beats  []entry.Beat
}

// ErrOptions reports Options of which no Cache can be made.
var ErrOptions = errors.New("the cache cannot be made so")

// New makes a Cache and starts its worker. Close must be called.
func New(o Options, log *slog.Logger) (*Cache, error) { return NewEncoding(o, log, nil) }

// NewEncoding is New with a function that asks a provider for embeddings.
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
	c.miss = slices.Clip([]byte("X-Cache: " + core.RecallMissed.String() + "\r\n"))
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

// Options returns what c was made with, with the defaults filled in and as last tuned.
func (c *Cache) Options() Options { return c.o }

// Same reports whether a Cache made with o would equal c after c.Tune(o).
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

// Tune changes how c checks and charges. A different Check starts judging from the beginning.
func (c *Cache) Tune(o Options) {
	c.charges.Store(&o.Charge)
	if t := newTrusts(o.Check); c.trusts.Load() == nil || c.trusts.Load().check != t.check {
		c.trusts.Store(t)
	}
}

// Close stops the worker after it has saved what is queued. Exchanges that still use c
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

// exit is called for each item that memory no longer holds.
func (c *Cache) exit(i *exact.Item[*kept]) {
	if version := atomic.LoadUint64(&i.Value.version); version != 0 {
		if d := c.disk.Load(); d != nil {
			d.Forget(&i.Key, version)
		}
	}
	if c.near != nil && !c.mem.Alive(&i.Key) { // otherwise it was replaced, and its question stays
		c.near.Remove(i.Key)
		c.outlived(&i.Key)
	}
}

func (c *Cache) takeScratch() *scratch { return c.scratch.Get().(*scratch) }

// giveScratch returns memory for reuse, unless a huge answer enlarged it.
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

// wall returns the time of day in Unix nanoseconds.
func wall() int64 { return time.Now().UnixNano() }
