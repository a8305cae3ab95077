package gate

import "time"

// A Spec is how a Gate is configured. The zero value is the documented default.
type Spec struct {
	Min, Max int           // bounds of the learnt limit; 0: DefaultMin, DefaultMax
	Fixed    bool          // the limit is always Max
	Queue    int           // most requests that wait at once; 0: DefaultQueue, negative: none may wait
	Wait     time.Duration // longest wait for a place; 0: DefaultWait
	Share    *float64      // batch's part of the turns while interactive requests wait, below 1; nil: DefaultShare
}

// rules are a Spec with its defaults filled in.
type rules struct {
	least, most int64
	fixed       bool
	queue       int
	wait        int64
	share       float64
}

func (s Spec) rules() *rules {
	r := &rules{int64(s.Min), int64(s.Max), s.Fixed, s.Queue, int64(s.Wait), DefaultShare}
	if r.most <= 0 {
		r.most = DefaultMax
	}
	if r.least <= 0 {
		r.least = DefaultMin
	}
	if r.least = min(r.least, r.most); r.fixed {
		r.least = r.most
	}
	switch {
	case r.queue == 0:
		r.queue = DefaultQueue
	case r.queue < 0:
		r.queue = 0
	}
	r.queue = min(r.queue, MostQueue)
	if r.wait <= 0 {
		r.wait = int64(DefaultWait)
	}
	if s.Share != nil {
		r.share = min(max(*s.Share, 0), 0.99)
	}
	return r
}

// first returns the limit before anything is learnt.
func (r *rules) first() int64 {
	if r.fixed {
		return r.most
	}
	return r.bound(started)
}

func (r *rules) bound(limit int64) int64 { return min(max(limit, r.least), r.most) }
