package gate

import (
	"math"

	"asbru/core"
)

const none = int32(-1)

// A seat is one waiting ticket. Seats stand in two lists: all of a lane in the order
// they came, and those of one caller.
type seat struct {
	t          *core.Ticket
	due, since int64
	prev, next int32 // in the order they came
	up, down   int32 // of the same caller
	flow       int32
	lane       core.Urgency
}

// A flow is what one caller has waiting in one lane.
//
//	idle ──first ticket──▶ fresh ──had a turn──▶ turning ──nothing left──▶ idle
//
// Fresh flows have their turn first: a caller that asks for less than its share finds
// its flow idle nearly always, and so hardly waits behind one that asks for more. One
// that was fresh has to pass through the ring once more even if it has nothing left,
// or asking again and again would always be fresh.
type flow struct {
	caller     uint64
	state      flowState
	n          int     // tickets
	head, tail int32   // seats
	next, prev int32   // flows of the same list
	demand     float64 // requests in a nanosecond, averaged
	asked      int64   // Clock of the last one
	greedy     bool    // it asks for clearly more than its share
}

// asks takes up that the caller asked once more, and reports whether with it the caller
// begins to count as greedy: what counts is what it asks for, not what it gets.
func (f *flow) asks(now, span int64, fair float64) (began bool) {
	if f.asked > 0 {
		f.demand *= math.Exp(-float64(now-f.asked) / float64(span))
	}
	f.demand += 1 / float64(span)
	f.asked = now
	greedy := f.demand > greed*fair && f.demand*float64(span) >= greedLeast
	began = greedy && !f.greedy
	f.greedy = greedy
	return began
}

type flowState uint8

const (
	idle flowState = iota
	fresh
	turning
)

// A list of flows, by their index.
type list struct {
	head, tail int32
	n          int
}

func (l *list) push(fs []flow, i int32) {
	f := &fs[i]
	f.next, f.prev = none, l.tail
	if l.tail != none {
		fs[l.tail].next = i
	} else {
		l.head = i
	}
	l.tail = i
	l.n++
}

func (l *list) remove(fs []flow, i int32) {
	f := &fs[i]
	if f.prev != none {
		fs[f.prev].next = f.next
	} else {
		l.head = f.next
	}
	if f.next != none {
		fs[f.next].prev = f.prev
	} else {
		l.tail = f.prev
	}
	f.next, f.prev = none, none
	l.n--
}

// A queue holds the waiting tickets of one lane. The Gate's lock guards it.
type queue struct {
	n          int
	head, tail int32 // seats, in the order they came
	fresh      list
	turning    list
	idle       list // the one that was idle for longest first
	flows      []flow
	byCaller   map[uint64]int32
	stands     standing
}

func newQueue() queue {
	empty := list{none, none, 0}
	return queue{head: none, tail: none, fresh: empty, turning: empty, idle: empty}
}

// active is how many callers share the queue.
func (q *queue) active() int { return q.fresh.n + q.turning.n }

// flow finds or makes the flow of a caller. The one that was idle for longest makes room;
// there are never more flows than tickets that may wait and idleFlows.
func (q *queue) flow(caller uint64) int32 {
	if i, ok := q.byCaller[caller]; ok {
		return i
	}
	if q.byCaller == nil {
		q.byCaller = make(map[uint64]int32)
	}
	var i int32
	if q.idle.n >= idleFlows {
		i = q.idle.head
		q.idle.remove(q.flows, i)
		delete(q.byCaller, q.flows[i].caller)
	} else {
		i = int32(len(q.flows))
		q.flows = append(q.flows, flow{})
	}
	q.flows[i] = flow{caller: caller, head: none, tail: none, next: none, prev: none}
	q.idle.push(q.flows, i)
	q.byCaller[caller] = i
	return i
}

// move puts a flow into another list.
func (q *queue) move(i int32, to flowState) {
	q.listOf(q.flows[i].state).remove(q.flows, i)
	q.flows[i].state = to
	q.listOf(to).push(q.flows, i)
}

func (q *queue) listOf(s flowState) *list {
	switch s {
	case fresh:
		return &q.fresh
	case turning:
		return &q.turning
	}
	return &q.idle
}

// add puts a seat behind all others.
func (q *queue) add(seats []seat, i, fi int32) {
	s, f := &seats[i], &q.flows[fi]
	s.flow = fi
	s.prev, s.next, s.up, s.down = q.tail, none, f.tail, none
	if q.tail != none {
		seats[q.tail].next = i
	} else {
		q.head = i
	}
	q.tail = i
	if f.tail != none {
		seats[f.tail].down = i
	} else {
		f.head = i
	}
	f.tail = i
	f.n++
	q.n++
	if f.state == idle {
		q.move(fi, fresh)
	}
}

// remove takes a seat out. Its flow stays where it is until its turn comes.
func (q *queue) remove(seats []seat, i int32) {
	s := &seats[i]
	f := &q.flows[s.flow]
	if s.prev != none {
		seats[s.prev].next = s.next
	} else {
		q.head = s.next
	}
	if s.next != none {
		seats[s.next].prev = s.prev
	} else {
		q.tail = s.prev
	}
	if s.up != none {
		seats[s.up].down = s.down
	} else {
		f.head = s.down
	}
	if s.down != none {
		seats[s.down].up = s.up
	} else {
		f.tail = s.up
	}
	f.n--
	q.n--
}

// turn is the seat whose turn it is; the flow it belongs to goes behind the others.
// none: nobody waits.
func (q *queue) turn() int32 {
	for q.fresh.n > 0 && q.turning.n <= idleFlows { // else the ring goes first, which lets go of those that left
		i := q.fresh.head
		q.move(i, turning)
		if q.flows[i].n > 0 {
			return q.flows[i].head
		}
	}
	for q.turning.n > 0 {
		i := q.turning.head
		if q.flows[i].n > 0 {
			q.move(i, turning)
			return q.flows[i].head
		}
		q.move(i, idle)
	}
	if q.fresh.n > 0 {
		return q.turn()
	}
	return none
}

// greediest is the flow with the most waiting; none: there is none with more than least.
func (q *queue) greediest(least int) int32 {
	best := none
	for _, l := range [...]*list{&q.turning, &q.fresh} {
		for i := l.head; i != none; i = q.flows[i].next {
			if n := q.flows[i].n; n > least {
				best, least = i, n
			}
		}
	}
	return best
}
