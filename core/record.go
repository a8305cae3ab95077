package core

import (
	"sync/atomic"
	"time"
)

// A Record is what is kept of a finished Exchange for the access log. It is
// copied by value, so it outlives the Exchange. Durations are nanoseconds.
type Record struct {
	ID       [16]byte
	End      int64       // wall clock, Unix nanoseconds
	Key      *VirtualKey // nil: not authenticated
	Target   *Target     // nil: never went upstream
	Provider *ProviderKey
	Peer     [16]byte // client address, IPv4 mapped
	Model    [64]byte // what the client asked for, cut
	ModelLen uint8
	Op       Op
	Fault    Code
	Attempts uint8
	Stream   bool
	Hedged   bool // two attempts were made beside each other
	Rescued  bool // the stream broke and was continued by another target
	Skipped  Skips
	Status   uint16
	Recall   Recall // what answered, if the cache has to do with it
	Usage    Usage
	Cost     Money  // 0: nothing, or nobody knows
	In, Out  uint64 // bytes read of the request's body, and written of the answer with its head and framing

	Total    int64 // head complete → last byte handed to the kernel
	Decide   int64 // own time, kernel calls not counted
	Kernel   int64 // own time with the kernel's write calls
	Upstream int64 // last request byte sent → reply head
	TTFT     int64 // head complete → first body byte; 0 for unary
}

// RingSize is the number of Records a Ring holds.
const RingSize = 1 << 12

// A Ring carries Records from many writers to one reader without locks. A full
// ring drops: the hot path never waits for a log.
type Ring struct {
	slots   [RingSize]slot
	head    atomic.Uint64 // next to write
	tail    atomic.Uint64 // next to read
	dropped atomic.Uint64
}

type slot struct {
	seq atomic.Uint64 // position+1 when filled
	rec Record
}

// Put copies r into the ring, or counts it as dropped when the ring is full.
// Many goroutines may call it.
func (g *Ring) Put(r *Record) {
	for {
		pos := g.head.Load()
		if pos-g.tail.Load() >= RingSize {
			g.dropped.Add(1)
			return
		}
		if g.head.CompareAndSwap(pos, pos+1) {
			s := &g.slots[pos%RingSize]
			s.rec = *r
			s.seq.Store(pos + 1)
			return
		}
	}
}

// Take moves the oldest Record into r and reports whether there was one. Only
// one goroutine may call it.
func (g *Ring) Take(r *Record) bool {
	pos := g.tail.Load()
	s := &g.slots[pos%RingSize]
	if s.seq.Load() != pos+1 {
		return false
	}
	*r = s.rec
	s.rec = Record{}
	g.tail.Store(pos + 1)
	return true
}

// Dropped is the number of Records lost to a full ring.
func (g *Ring) Dropped() uint64 { return g.dropped.Load() }

// Clock is monotonic nanoseconds since the process started. Rates and waits use
// it; it never jumps.
func Clock() int64 { return int64(time.Since(start)) }

// ClockAt is Clock at the moment of a result of time.Now.
func ClockAt(t time.Time) int64 { return int64(t.Sub(start)) }

var start = time.Now()
