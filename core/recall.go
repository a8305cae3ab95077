package core

// A Recall says what answered an Exchange that the cache had to do with.
type Recall uint8

const (
	NoRecall        Recall = iota // the cache has nothing to do with it
	RecallMissed                  // a target was asked: this exchange is the owner of its answer
	RecallExact                   // memory: the same question
	RecallStale                   // memory: the same question, its answer past its time
	RecallCanonical               // memory: a question in the same words, in another order or dress
	RecallSemantic                // memory: a question that means the same
	RecallJoined                  // another exchange, which was asking already: this one is a follower
	RecallBehind                  // a target was asked behind an answer from memory: no client waits
	NumRecalls
)

// String is the word for r in headers and logs; empty for NoRecall.
func (r Recall) String() string {
	return [...]string{"", "miss", "exact", "stale", "canonical", "semantic", "joined", "behind"}[r]
}

// Hit reports whether memory answered: nobody else asked a target for this Exchange.
func (r Recall) Hit() bool { return r >= RecallExact && r <= RecallSemantic }

// A Charge says what an answer that no target gave for this Exchange counts for. The cache
// sets it by its policy, together with Exchange.Recall, before the exchange goes to its end; who
// keeps limits and budgets reads it in Plan.After.
type Charge uint8

const (
	// ChargeUsed is for what a target was asked for: it counts for what was used. It is the
	// zero Charge, that of every Exchange that the cache did not answer.
	ChargeUsed Charge = iota

	// ChargeRequest: it was a request. It counts for no tokens and costs nothing. Usage is
	// not known.
	ChargeRequest

	// ChargeNothing: as if it had not been asked. What was taken of limits is given back.
	ChargeNothing

	// ChargeFull: as if Exchange.Answered had been asked for it. Usage is that of the answer;
	// it costs what Answered would have taken, if Answered is known.
	ChargeFull
)
