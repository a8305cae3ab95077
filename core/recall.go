package core

// A Recall says who answered an Exchange that the cache looked at.
type Recall uint8

const (
	NoRecall        Recall = iota // the cache was not involved
	RecallMissed                  // a target: nothing was remembered, and the answer is now being kept
	RecallExact                   // memory: the same question
	RecallStale                   // memory: the same question, its answer expired
	RecallCanonical               // memory: a question with the same words in another order or form
	RecallSemantic                // memory: a question with the same meaning
	RecallJoined                  // another exchange that was already asking the same: this one follows it
	RecallBehind                  // a target, asked to check or refresh an answer from memory: no client waits
	NumRecalls
)

// String is r in headers and logs; empty for NoRecall.
func (r Recall) String() string {
	return [...]string{"", "miss", "exact", "stale", "canonical", "semantic", "joined", "behind"}[r]
}

// Hit reports whether memory answered: nobody else asked a target for this Exchange.
func (r Recall) Hit() bool { return r >= RecallExact && r <= RecallSemantic }

// A Charge says how an answer is charged that no target produced for this Exchange. The cache
// sets it by its policy, together with Exchange.Recall; limits and budgets read it in
// Plan.After.
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
