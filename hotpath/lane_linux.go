package hotpath

import (
	"asbru/hotpath/http1"
	"asbru/hotpath/upstream"
)

// A client is one client connection of a loop.
//
//	reading ──request whole──▶ flying ──reply given──▶ reading
//	   │                          │
//	   └──refused, or the last────┴──▶ lingering ──▶ closed
type client struct {
	fd    int
	slot  uint32
	phase phase
	peer  [16]byte

	readable bool // there may be bytes to read
	fin      bool // it will send no more
	gone     bool // nobody is there any more
	ghost    bool // it left, and the exchange goes on for others
	probed   bool // it was asked, after its FIN, whether it still listens

	in      []byte // borrowed; bytes of the next request, nil while there are none
	more    bool   // in holds bytes nobody has looked at
	head    int    // length of its head, once that was judged
	total   int    // length of head and body, once known; 0 for a chunked body
	decoded int    // where the decoded part of a chunked body ends in in
	chunks  http1.Chunks
	large   int64 // bytes counted against the budget of large bodies

	out   []byte // borrowed; bytes of the reply that wait for the socket
	sent  int    // of out
	f     *flight
	since int64 // Clock when it began to wait for a request

}

type phase uint8

const (
	reading phase = iota
	flying
	lingering
	closed
)

// A link is one upstream connection of a loop.
type link struct {
	raw      *upstream.Raw
	slot     uint32
	readable bool
	fin      bool // it will send no more
	last     bool // it said that this reply is its last
	parked   bool
	f        *flight // whose reply comes here; nil while parked
	out      []byte  // borrowed; bytes of the request that wait for the socket
	sent     int     // of out
	tail     tail    // what follows out: in the flight's own buffer
}

// onLoop is what a flight carries on a loop.
type onLoop struct {
	gen    uint32 // changes when the flight is recycled: late news of a dial finds nobody
	c      *client
	u      *link
	up     []byte // borrowed; a reply head that has not come whole, or a refusal of which more is to be heard
	mark   int64  // Clock since when we work on it
	paused bool   // the client is slower than the upstream
	corked bool   // the client's bytes are kept back, by word of the plan
	nap    int64  // Clock when its nap ends; 0: it has none
	ended  bool   // the reply is complete; only the client's socket is waited for
	fresh  bool   // the target was given a new connection already
	waited uint8  // interim replies of the attempt under way

	unheard bool // the attempt was refused, and what it says of that has not come whole
}
