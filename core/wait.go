package core

// A Waker continues one waiting Exchange. It is a value: whoever holds it may keep it and
// call it from any goroutine, any number of times, early or late. It has no effect on an
// Exchange that is no longer waiting or has ended, and the zero Waker does nothing.
type Waker struct {
	lane Lane
	life uint32
}

// A Lane carries an Exchange. It is core's way to reach back into the data plane.
type Lane interface {
	// Life returns the generation of the Exchange being carried; only the carrier may call it.
	Life() uint32

	// Wake continues the Exchange of that generation, if it waits. It never blocks.
	Wake(life uint32)
}

// Wake continues the Exchange: the stage that waits runs again. Spurious wake-ups are possible.
func (w Waker) Wake() {
	if w.lane != nil {
		w.lane.Wake(w.life)
	}
}

// Waker returns the Waker of x. Only the stage that is running may call it.
func (x *Exchange) Waker() Waker {
	if x.Lane == nil {
		return Waker{}
	}
	return Waker{x.Lane, x.Lane.Life()}
}

// A Source delivers an answer piece by piece from memory: from the cache, or from another
// Exchange that is still under way.
type Source interface {
	// Next appends the next piece, of bounded size, to dst. The bytes are in the client's
	// format, without HTTP's transfer coding. The Pour says how to continue; after PourWait the
	// next call comes at x.Until or when a Waker of x is called. The Source sets x.Usage and
	// x.Fault.
	Next(x *Exchange, dst []byte) ([]byte, Pour)

	// Close reports that nobody reads any more. It is called once, whatever Next returned last.
	Close(x *Exchange)
}

// A Pour says how to continue reading a Source.
type Pour uint8

const (
	PourMore Pour = iota // call Next again as soon as the client has taken this piece
	PourWait             // there is nothing more for now
	PourEnd              // that was the end
	PourCut              // the answer broke off: x.Fault says why
)

// A Watcher sees the reply that a client gets. The carrier of the exchange calls all methods
// but Stays.
type Watcher interface {
	// Saw is called with each piece of the body as the client gets it, without HTTP's transfer
	// coding. p is valid during the call only. If no stage of Commit or Settle is to run, the first
	// piece may be shown after Sure, when it has been handed to the kernel.
	Saw(x *Exchange, p []byte)

	// Sure reports that what was seen, and all that follows, really goes to the client. Before
	// that another target may still answer instead: Anew says so and voids what was seen.
	Sure(x *Exchange)
	Anew(x *Exchange)

	// Stays reports whether the exchange continues after its client has left, because
	// somebody else waits for the answer. Any goroutine may call it; it is called again when the
	// Waker of the exchange is.
	Stays() bool
}

// A Forwarder is a Watcher that wraps another one and forwards everything to it.
type Forwarder interface {
	// Forwards returns the wrapped Watcher; nil: none.
	Forwards() Watcher
}
