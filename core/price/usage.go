package price

import (
	"math"

	"asbru/core"
)

// A Flaw is a defect of a provider's report of usage. It is recorded in the audit trail and
// counted; the zero Flaw is none.
type Flaw uint8

const (
	Sound    Flaw = iota
	Zero          // it reports no usage: accepted
	Part          // a part of a count is negative or not a number: accepted as if it had no such part
	Missing       // there is no report: estimated
	Negative      // a count is negative or not a number: estimated
	Unlikely      // more than MaxTokens, or parts larger than their sum: estimated
	Early         // of a stream that broke off, and less than had been delivered: the answer is estimated
	Half          // of a conversation, and names its prompt or its answer only: the other is estimated
	numFlaws
)

// String returns the name of f in logs and metrics; empty for Sound.
func (f Flaw) String() string {
	return [numFlaws]string{"", "zero", "part", "missing", "negative", "unlikely", "early", "half"}[f]
}

// Estimated reports whether asbru's own count is charged.
func (f Flaw) Estimated() bool { return f >= Missing }

// Doubtful reports whether what is charged differs from what the provider reported, or may.
func (f Flaw) Doubtful() bool { return f >= Part }

// Judge finds the flaw of a report. An accepted report never leads to a
// credit: no count is negative and no part exceeds its whole.
func Judge(u *core.Usage) Flaw {
	switch {
	case u.Bad:
		return Negative
	case !u.Known:
		return Missing
	case u.Negative():
		return Negative
	case u.Unlikely():
		return Unlikely
	case u.In == 0 && u.Out == 0:
		return Zero
	case u.Odd:
		return Part
	}
	return Sound
}

// Cost returns the cost of an accepted report. A nil price gives 0.
func Cost(p *core.Price, u *core.Usage) core.Money {
	if p == nil {
		return 0
	}
	return p.For(u.In).Cost(u)
}

// Settle returns what is charged for an exchange: the cost by the report if it is accepted, whatever was
// held; otherwise the cost by asbru's own count, but no more than was held. If nothing was held
// there is no such bound. It is never negative.
//
// spent is asbru's own count: of the prompt, and of what was sent to the client.
func Settle(p *core.Price, u *core.Usage, spent Spent, held core.Money) (core.Money, Flaw) {
	f := Judge(u)
	if p == nil {
		return 0, f
	}
	if p.Search > 0 && spent.Searches > 0 { // a ranking, which is billed by searches
		switch {
		case f == Missing && u.Searches > 0 && u.Searches < math.MaxInt32:
			return p.Searched(int64(u.Searches)).Plus(p.Call), Sound
		case u.Searches == 0:
			f = max(f, Missing)
		}
	}
	if !f.Estimated() {
		return Cost(p, u), f
	}
	own := core.Usage{In: spent.In, Out: spent.Out, Searches: core.SearchesOf(spent.Searches)}
	m := Cost(p, &own)
	if held > 0 {
		m = min(m, held)
	}
	return m, f
}

// Spent is asbru's own count of an exchange, in tokens, and in search units for a rerank.
type Spent struct{ In, Out, Searches int64 }

// Average sizes of text and pictures. They are used for settling but not for a hold, because
// some text has a token for every byte.
const (
	bytesPerToken  = 4
	tokensOfAPiece = 1500
)

// tokens returns asbru's own count of a prompt.
func (c *tally) tokens() int64 {
	return (c.text+bytesPerToken-1)/bytesPerToken + c.pieces*tokensOfAPiece
}
