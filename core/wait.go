package core

// A Waker continues one Exchange that waits. It is a value: whoever holds it may keep it,
// call it from any goroutine, once, often, early or late. An Exchange that does not wait
// any more takes no notice, one that has ended is not there, and the zero Waker does
// nothing.
type Waker struct {
	lane Lane
	life uint32
}

// A Lane carries an Exchange. It is how the vocabulary reaches back to the data plane.
type Lane interface {
	// Life names the time that the Lane carries one Exchange; only who carries it asks.
	Life() uint32

	// Wake lets the Exchange of that life go on, if it waits. It never waits itself.
	Wake(life uint32)
}

// Wake lets the Exchange go on. A stage that waits is asked again; it may be asked for no
// reason.
func (w Waker) Wake() {
	if w.lane != nil {
		w.lane.Wake(w.life)
	}
}

// Waker returns what continues x. Only the stage that is being run may ask for it.
func (x *Exchange) Waker() Waker {
	if x.Lane == nil {
		return Waker{}
	}
	return Waker{x.Lane, x.Lane.Life()}
}

// A Source is an answer that comes piece by piece from memory: of the cache, or of another
// Exchange that is under way.
type Source interface {
	// Next appends what there is to dst, a bounded piece of it. Bytes are in the client's
	// format, without the transfer coding of HTTP. The Pour says how it goes on: with
	// PourWait, x.Until or a Waker of x does. x carries the request; its Usage and Fault
	// are the Source's to set.
	Next(x *Exchange, dst []byte) ([]byte, Pour)

	// Close tells that nobody reads any more. It is called once, whatever Next said last.
	Close(x *Exchange)
}

// A Pour says how a Source goes on.
type Pour uint8

const (
	PourMore Pour = iota // ask again, as soon as the client has taken this
	PourWait             // nothing more now
	PourEnd              // that was all of it
	PourCut              // it broke off: x.Fault says why
)

// A Watcher sees the reply that a client is given. All but Stays is called by who carries
// the exchange.
type Watcher interface {
	// Saw is told of each piece of the body, as the client gets it but without the transfer
	// coding of HTTP. p is valid during the call.
	Saw(x *Exchange, p []byte)

	// Sure tells that what was seen goes to the client, and all that follows. Until then
	// another target may answer instead: Anew tells that, and what was seen is void.
	Sure(x *Exchange)
	Anew(x *Exchange)

	// Stays reports whether the exchange goes on although its client has left, because
	// somebody else waits for the answer. Any goroutine may ask; it is asked again when the
	// Waker of the exchange is called.
	Stays() bool
}

// A Forwarder is a Watcher that stands before another one and tells it everything.
type Forwarder interface {
	// Forwards is the one it tells; nil: nobody.
	Forwards() Watcher
}
