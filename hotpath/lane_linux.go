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

	readable bool // the socket may have bytes to read
	fin      bool // it has ended its sending side
	gone     bool // the connection is dead
	ghost    bool // the client left, and the exchange continues for others
	probed   bool // it was tested after its FIN for whether it still reads

	in      []byte // borrowed; bytes of the next request, nil while there are none
	more    bool   // in holds bytes that have not been processed
	head    int    // length of its head, once judged
	total   int    // length of head and body, once known; 0 for a chunked body
	decoded int    // end of the decoded part of a chunked body in in
	chunks  http1.Chunks
	large   int64 // bytes counted against the limit of large bodies

	out   []byte // borrowed; bytes of the reply that the socket has not accepted yet
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
	fin      bool // it has ended its sending side
	last     bool // its server announced that this reply is its last
	parked   bool
	f        *flight // the flight whose reply it carries; nil while parked
	out      []byte  // borrowed; bytes of the request that the socket has not accepted yet
	sent     int     // of out
	tail     tail    // follows out: bytes in the flight's own buffer
}

// onLoop is the state of a flight on a loop.
type onLoop struct {
	gen    uint32 // changes when the flight is recycled, so that the late result of a dial is recognized
	c      *client
	u      *link
	up     []byte // borrowed; an incomplete reply head, or a refusal whose body is still needed
	mark   int64  // Clock since when asbru works on it
	nap    int64  // Clock when its nap ends; 0: none
	paused bool   // the client is slower than the upstream
	corked bool   // the reply is held back, as the plan requires
	ended  bool   // the reply is complete and only has to be accepted by the client's socket
	fresh  bool   // the attempt has been given a new connection already
	waited uint8  // interim replies of the current attempt

	unheard bool // the attempt was refused, and the body that says why is not complete
}
