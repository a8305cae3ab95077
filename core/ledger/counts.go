package ledger

import "sync/atomic"

// counts are what the ledger counts of itself.
type counts struct {
	groups, bytes, refused, missed atomic.Uint64
}

func (c *counts) group(n int64) {
	c.groups.Add(1)
	c.bytes.Add(uint64(n))
}

// Stats is how a ledger is doing.
type Stats struct {
	Durable, End Seq
	Groups       uint64 // writes that were synced
	Bytes        uint64 // in them
	Refused      uint64 // reservations that were
	Missed       uint64 // checkpoints that could not be made
	Free         int64  // bytes that can be reserved now; negative: none
}

// Stats reads the counters.
func (l *Ledger) Stats() Stats {
	room := l.ring.room.Load()
	return Stats{
		Durable: l.Durable(), End: l.End(),
		Groups: l.counts.groups.Load(), Bytes: l.counts.bytes.Load(),
		Refused: l.counts.refused.Load(), Missed: l.counts.missed.Load(),
		Free: min(room, l.disk.Load()-(l.ring.size()-room)),
	}
}
