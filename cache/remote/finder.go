package remote

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"asbru/cache/semantic/guard"
	"asbru/cache/semantic/model"
	"asbru/cache/vector"
)

// Options configure a Finder. They are comparable. With the zero Options nothing is searched.
type Options struct {
	Place   vector.Place  // of the store
	Encoder string        // provider/model of the encoder; empty: the table in the program
	Dims    int           // length of vector to ask the encoder for; 0: its own
	Encode  time.Duration // a search's time for the encoder; 0: DefaultEncodeWait
	Search  time.Duration // its time for the store; 0: DefaultSearchWait
	Pass    float32       // least similarity of questions to which the guard has no objection
	Soft    bool          // ignore objections to the wording from
	Least   float32       // this similarity on
	Bare    bool          // do not ask the guard: a similarity of Least decides alone
	Seal    vector.Secret // 32 bytes that seal texts and answers; empty: they are not sealed
}

// On reports whether a Finder is wanted.
func (o *Options) On() bool { return o.Place.Kind != "" }

// A Finder searches. It may be used concurrently. Close must be called.
type Finder struct {
	o      Options
	embed  Embed
	store  vector.Store
	log    *slog.Logger
	guard  *guard.Guard
	table  *model.Model
	seal   seal
	salt   [32]byte // of spaces: vectors of different encoders are never compared
	desks  sync.Pool
	recent recent

	slots   chan struct{} // one for each search under way
	adds    chan *adding
	bytes   atomic.Int64  // in adds, and of what is being written
	turn    atomic.Uint64 // answers that were added
	purging sync.RWMutex  // read-locked while an answer is written
	purges  []purge       // what was removed while answers waited
	learned chan int      // sizes of vectors, once an encoder has shown one
	forgets chan [32]byte
	ready   atomic.Int64 // the size that the store was prepared for; 0: none
	making  sync.Mutex   // held while the store is prepared

	asking, adding fuse
	said           [numTroubles]atomic.Int64 // Unix seconds of the last log line about each trouble
	n              counts

	ctx   context.Context
	stop  context.CancelFunc
	ended sync.WaitGroup
	shut  sync.RWMutex // read-locked while sending on adds and while a search starts
	over  bool
}

// New starts working with a store. embed may be nil if the table in the program encodes.
// The Finder owns the store and closes it.
func New(o Options, store vector.Store, embed Embed, log *slog.Logger) (*Finder, error) {
	if o.Encode == 0 {
		o.Encode = DefaultEncodeWait
	}
	if o.Search == 0 {
		o.Search = DefaultSearchWait
	}
	if o.Encoder != "" && embed == nil {
		return nil, fmt.Errorf("cannot encode with %s: nobody here asks providers", o.Encoder)
	}
	table, err := model.Load()
	if err != nil {
		return nil, err
	}
	s, err := newSeal(o.Seal)
	if err != nil {
		return nil, fmt.Errorf("cannot seal what goes to a store: %w", err)
	}
	f := &Finder{o: o, embed: embed, store: store, log: log, table: table, guard: guard.New(table.Known), seal: s,
		slots: make(chan struct{}, asksMost), adds: make(chan *adding, addQueue), learned: make(chan int, 1), forgets: make(chan [32]byte, forgetQueue)}
	f.salt = sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%x", o.Encoder, o.Dims, f.table.Sum()))
	if o.Encoder != "" {
		f.salt = sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", o.Encoder, o.Dims))
	}
	f.desks.New = func() any { return &desk{asked: guard.NewForm(), kept: guard.NewForm()} }
	f.ctx, f.stop = context.WithCancel(context.Background())
	for range addWorkers {
		f.ended.Go(f.write)
	}
	f.ended.Go(f.tend)
	return f, nil
}

// space returns the name of a space in the store.
func (f *Finder) space(s *[32]byte) [32]byte {
	return sha256.Sum256(append(append(make([]byte, 0, 64), f.salt[:]...), s[:]...))
}

// dims returns the size of the vectors, if it is known beforehand; 0: it is not.
func (f *Finder) dims() int {
	if f.o.Encoder == "" {
		return model.Dims
	}
	return f.o.Dims
}

// tend prepares the store and removes expired rows, until Close.
func (f *Finder) tend() {
	dims := f.dims()
	again := time.NewTimer(0)
	if dims == 0 {
		again.Reset(learnAfter)
	}
	defer again.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for wait := fuseLeast; ; {
		select {
		case <-f.ctx.Done():
			return
		case dims = <-f.learned:
			again.Reset(0)
		case <-again.C:
			if dims == 0 {
				dims = f.learn()
			}
			if dims > 0 && f.prepare(dims) == nil {
				continue
			}
			again.Reset(wait)
			wait = min(2*wait, fuseMost)
		case key := <-f.forgets:
			if f.ready.Load() > 0 {
				f.remove(&vector.Filter{Key: &key})
			}
		case <-sweep.C:
			if f.ready.Load() > 0 {
				f.remove(&vector.Filter{Over: time.Now()})
			}
		}
	}
}

// learn asks the encoder for one vector to learn its size, so that the store can be prepared before
// the first question; 0: that failed.
func (f *Finder) learn() int {
	if n := f.ready.Load(); n > 0 {
		return int(n)
	}
	ctx, cancel := context.WithTimeout(f.ctx, prepareWait)
	defer cancel()
	v, err := f.encode(ctx, "How long is a vector?")
	if err != nil {
		f.say(unprepared, err)
	}
	return len(v)
}

// prepare prepares the store for vectors of a size, once.
func (f *Finder) prepare(dims int) error {
	f.making.Lock()
	defer f.making.Unlock()
	switch have := int(f.ready.Load()); {
	case have == dims:
		return nil
	case have != 0:
		return fmt.Errorf("cannot use vectors of %d numbers: those before had %d", dims, have)
	}
	ctx, cancel := context.WithTimeout(f.ctx, prepareWait)
	defer cancel()
	if err := f.store.Prepare(ctx, dims); err != nil {
		f.say(unprepared, err)
		return err
	}
	f.ready.Store(int64(dims))
	f.log.Info("the store of questions is ready", "store", f.o.Place.Kind, "dimensions", dims)
	return nil
}

// Remove removes the rows that match filter from the store, and from those that wait to be written. When it returns nil none of them is left,
// except for what other processes wrote meanwhile.
func (f *Finder) Remove(filter *vector.Filter) error {
	f.purge(filter)
	if f.ready.Load() == 0 {
		return fmt.Errorf("cannot clear the store %s: it was not reached yet", f.o.Place.Kind)
	}
	return f.remove(filter)
}

func (f *Finder) remove(filter *vector.Filter) error {
	ctx, cancel := context.WithTimeout(f.ctx, clearWait)
	defer cancel()
	err := f.store.Remove(ctx, filter)
	if err != nil {
		f.say(unremoved, err)
	}
	return err
}

// Forget removes one answer from the store in the background. It never waits.
func (f *Finder) Forget(key *[32]byte) {
	select {
	case f.forgets <- *key:
	default:
		f.say(unremoved, errCrowded)
	}
}

var errCrowded = errors.New("too many are to be taken out at a time")

// Close stops the work. Answers still waiting to be written are not written, and count as
// dropped.
func (f *Finder) Close() error {
	f.shut.Lock()
	if f.over {
		f.shut.Unlock()
		return nil
	}
	f.over = true
	f.shut.Unlock()
	f.stop()
	f.ended.Wait()
	for len(f.adds) > 0 {
		<-f.adds
		f.n.adds[dropped].Add(1)
	}
	return f.store.Close()
}

// A trouble is a kind of failure that is logged at intervals.
type trouble uint8

const (
	unprepared trouble = iota
	unasked
	unwritten
	unremoved
	numTroubles
)

// say logs a trouble, unless it was logged recently.
func (f *Finder) say(t trouble, err error) {
	now := time.Now().Unix()
	if last := f.said[t].Load(); f.ctx.Err() != nil || last != 0 && now-last < int64(logEvery/time.Second) || !f.said[t].CompareAndSwap(last, now) {
		return
	}
	f.log.Warn([...]string{"the store of questions is not ready", "questions cannot be looked up outside", "an answer cannot be written to the store", "rows cannot be taken out of the store"}[t],
		"store", f.o.Place.Kind, "error", err)
}
