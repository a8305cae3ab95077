package loadgen

import (
	"slices"
	"strconv"
)

// kind names a way for a request to fail.
type kind uint8

const (
	kindConnect    kind = iota // no connection
	kindClosed                 // closed before the first byte of a reply
	kindCut                    // closed inside a reply
	kindTimeout                // no complete reply in time
	kindMalformed              // not HTTP/1.1, or not what the head announced
	kindUnfinished             // a stream without its last event
	kindBacklog                // no free connection, and too many waiting for one
	kinds
)

var kindNames = [kinds]string{"connect", "closed", "cut", "timeout", "malformed", "unfinished", "backlog"}

// tally counts one window, or several merged. One goroutine owns it.
type tally struct {
	latency histogram // intended start to last byte, of requests that succeeded
	first   histogram // intended start to first byte of the reply
	content histogram // intended start to first content of a stream
	relay   histogram // stamp of a stream's chunk to its arrival here
	late    histogram // scheduled time to the time at which the request was handled

	sent     uint64 // scheduled requests
	ok       uint64 // complete replies with a 2xx status
	inTime   uint64 // those of ok that were complete before the window ended
	bytes    uint64 // body bytes of ok
	retried  uint64 // sent again, because the server had closed an idle connection
	insane   uint64 // implausible stamps, of another clock
	lastSent int64  // clock nanoseconds
	failed   [kinds]uint64
	statuses map[int]uint64 // refused statuses; nil when none
}

// relayed records the delay of one chunk.
func (t *tally) relayed(nanos int64) {
	if nanos < 0 || nanos > int64(relaySane) {
		t.insane++
		return
	}
	t.relay.add(nanos)
}

// replied counts a complete reply.
func (t *tally) replied(r *reply, now, end int64) {
	if r.head.status/100 != 2 {
		t.refused(r.head.status, 1)
		return
	}
	t.ok++
	t.bytes += uint64(r.bytes)
	t.latency.add(now - r.intended)
	if now <= end {
		t.inTime++
	}
}

func (t *tally) refused(status int, n uint64) {
	if t.statuses == nil {
		t.statuses = make(map[int]uint64)
	}
	if _, known := t.statuses[status]; !known && len(t.statuses) >= maxStatuses {
		status = 0
	}
	t.statuses[status] += n
}

// failures is the number of requests that did not succeed.
func (t *tally) failures() uint64 {
	var n uint64
	for _, c := range t.failed {
		n += c
	}
	for _, c := range t.statuses {
		n += c
	}
	return n
}

// merge adds o to t.
func (t *tally) merge(o *tally) {
	t.latency.merge(&o.latency)
	t.first.merge(&o.first)
	t.content.merge(&o.content)
	t.relay.merge(&o.relay)
	t.late.merge(&o.late)
	t.sent += o.sent
	t.ok += o.ok
	t.inTime += o.inTime
	t.bytes += o.bytes
	t.retried += o.retried
	t.insane += o.insane
	t.lastSent = max(t.lastSent, o.lastSent)
	for k, n := range o.failed {
		t.failed[k] += n
	}
	for s, n := range o.statuses {
		t.refused(s, n)
	}
}

// reasons lists the failures by kind, most frequent first.
func (t *tally) reasons() []reason {
	var out []reason
	for k, n := range t.failed {
		if n > 0 {
			out = append(out, reason{kindNames[k], n})
		}
	}
	for s, n := range t.statuses {
		out = append(out, reason{"status " + strconv.Itoa(s), n})
	}
	slices.SortFunc(out, func(a, b reason) int {
		if a.Count != b.Count {
			return int(b.Count) - int(a.Count)
		}
		return slices.Compare([]byte(a.Kind), []byte(b.Kind))
	})
	return out
}

// reason is one kind of failure and how often it occurred.
type reason struct {
	Kind  string `json:"kind"`
	Count uint64 `json:"count"`
}
