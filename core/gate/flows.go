package gate

import "asbru/core"

const none = int32(-1)

// A seat is one waiting ticket. Each is in two lists: all seats of a queue in the order of
// arrival, and those of one caller.
type seat struct {
	t          *core.Ticket
	due, since int64
	prev, next int32 // in the order of arrival
	up, down   int32 // of the same caller
	flow       int32
	lane       core.Urgency
	why        core.Refusal // given if it is still waiting when it is due
}

// A flow is what one caller has waiting in one queue. Turns are taken in rounds, in which each
// flow has one turn. A caller that arrives during a round, without a turn in it so far, still
// takes part; so a caller that asks for less than its share waits for one round at most,
// however much the others ask for.
type flow struct {
	caller     uint64
	list       *list  // the list it is in
	n          int    // tickets waiting
	head, tail int32  // seats
	next, prev int32  // flows of the same list
	had        uint64 // the round of its last turn; 0: none yet

	demand float64 // requests per nanosecond, a moving average
	asked  int64   // Clock of the last request
}

// A list of flows, by their index.
type list struct {
	head, tail int32
	n          int
}

func (l *list) push(fs []*flow, i int32) {
	f := fs[i]
	f.next, f.prev = none, l.tail
	if l.tail != none {
		fs[l.tail].next = i
	} else {
		l.head = i
	}
	l.tail = i
	l.n++
}

func (l *list) remove(fs []*flow, i int32) {
	f := fs[i]
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

// A queue holds the waiting tickets of one core.Urgency. The Gate's lock guards it.
type queue struct {
	n          int
	head, tail int32 // seats, in the order of arrival
	round      uint64
	left       int  // turns until this round ends, even if more callers arrive
	now, then  list // flows with a turn in this round, and in the next
	idle       list // flows with nothing waiting, the most recent one last
	flows      []*flow
	byCaller   map[uint64]int32
	stands     standing
	share      share
}

func (q *queue) init() {
	empty := list{none, none, 0}
	q.head, q.tail, q.round = none, none, 1
	q.now, q.then, q.idle = empty, empty, empty
	q.byCaller = make(map[uint64]int32)
}

// active is how many callers have tickets waiting.
func (q *queue) active() int { return q.now.n + q.then.n }

// flow finds or makes the flow of a caller; a new one may take the place of the flow that has been
// idle for longest. There are never more flows than the queue's length plus idleFlows.
func (q *queue) flow(caller uint64) int32 {
	i, ok := q.byCaller[caller]
	if ok {
		if f := q.flows[i]; f.list == &q.idle {
			q.move(i, &q.idle)
		}
		return i
	}
	if q.idle.n >= idleFlows {
		i = q.idle.head
		q.idle.remove(q.flows, i)
		delete(q.byCaller, q.flows[i].caller)
	} else {
		i = int32(len(q.flows))
		q.flows = append(q.flows, new(flow))
	}
	*q.flows[i] = flow{caller: caller, head: none, tail: none, next: none, prev: none}
	q.move(i, &q.idle)
	q.byCaller[caller] = i
	return i
}

// move appends a flow to a list.
func (q *queue) move(i int32, to *list) {
	f := q.flows[i]
	if f.list != nil {
		f.list.remove(q.flows, i)
	}
	f.list = to
	to.push(q.flows, i)
}

// add appends a seat to its flow.
func (q *queue) add(seats []seat, i, fi int32) {
	s, f := &seats[i], q.flows[fi]
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
	switch {
	case f.n > 1:
	case f.had == q.round:
		q.move(fi, &q.then)
	default:
		q.move(fi, &q.now)
	}
}

// remove removes a seat.
func (q *queue) remove(seats []seat, i int32) {
	s := &seats[i]
	f := q.flows[s.flow]
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
	if f.n == 0 {
		q.move(s.flow, &q.idle)
	}
}

// turn returns the seat whose turn it is and uses up the turn of its flow; none: the queue is empty.
func (q *queue) turn() int32 {
	if q.now.n == 0 || q.left <= 0 {
		q.turnOver()
	}
	i := q.now.head
	if i == none {
		return none
	}
	q.left--
	f := q.flows[i]
	f.had = q.round
	q.move(i, &q.then)
	return f.head
}

// turnOver begins a round. Newcomers cannot keep a round open for ever: flows that had no turn
// when it ends go first in the next one.
func (q *queue) turnOver() {
	q.round++
	for q.then.n > 0 {
		q.move(q.then.head, &q.now)
	}
	q.left = 2*q.now.n + leastTurns
}

// turns is the number of turns of the queue up to and including that of a new ticket of f.
func (q *queue) turns(f *flow) int {
	before := f.n*q.active() + q.now.n
	if f.had == q.round {
		before += q.then.n
	}
	return min(before, q.n) + 1
}

// greediest is the flow with the most tickets waiting; none: no flow has more than least.
func (q *queue) greediest(least int) int32 {
	best := none
	for _, l := range [...]*list{&q.now, &q.then} {
		for i := l.head; i != none; i = q.flows[i].next {
			if n := q.flows[i].n; n > least {
				best, least = i, n
			}
		}
	}
	return best
}
