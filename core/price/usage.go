package price

import "asbru/core"

// A Flaw is what is wrong with a provider's report of usage. It is told in the audit and
// counted; the zero Flaw is none.
type Flaw uint8

const (
	Sound    Flaw = iota
	Zero          // it says that nothing was used: believed
	Missing       // there is none: estimated
	Negative      // a count is negative or no number: estimated
	Unlikely      // more than MaxTokens, or parts larger than their whole: estimated
	Early         // of a stream that broke off, and of less than had been delivered by then: the answer is estimated
	numFlaws
)

// String is the name of f in logs and metrics; empty for Sound.
func (f Flaw) String() string {
	return [numFlaws]string{"", "zero", "missing", "negative", "unlikely", "early"}[f]
}

// Estimated reports whether what is charged is our own count.
func (f Flaw) Estimated() bool { return f >= Missing }

// Judge tells what is wrong with a report. A report that is believed never makes a
// credit: no count of it is negative and no part exceeds its whole.
func Judge(u *core.Usage) Flaw {
	switch {
	case u.Bad:
		return Negative
	case !u.Known:
		return Missing
	case negative(u):
		return Negative
	case u.In > MaxTokens || u.Out > MaxTokens,
		u.CachedIn > u.In || u.WrittenIn > u.In-u.CachedIn,
		u.KeptIn > u.WrittenIn, u.AudioIn > u.In, u.ImageIn > u.In,
		u.Reasoning > u.Out, u.AudioOut > u.Out, u.ImageOut > u.Out, u.Searches > MaxTokens:
		return Unlikely
	case u.In == 0 && u.Out == 0:
		return Zero
	}
	return Sound
}

func negative(u *core.Usage) bool {
	return u.In|u.CachedIn|u.Out|u.Reasoning|u.WrittenIn|u.KeptIn|u.AudioIn|u.AudioOut|u.ImageIn|u.ImageOut|u.Searches < 0
}

// Cost is what a believed report comes to. A nil price costs nothing that anybody knows.
func Cost(p *core.Price, u *core.Usage) core.Money {
	if p == nil {
		return 0
	}
	return p.For(u.In).Cost(u)
}

// Settle is what is charged for an exchange: the report's cost when it is believed, whatever was
// held; else the cost of our own count, but no more than was held. Nothing that was held
// leaves the bound off. It is never negative.
//
// spent is our own count: of the prompt, and of what was handed to the client.
func Settle(p *core.Price, u *core.Usage, spent Spent, held core.Money) (core.Money, Flaw) {
	f := Judge(u)
	if p == nil {
		return 0, f
	}
	if p.Search > 0 && spent.Searches > 0 { // a ranking, which is billed by searches
		switch {
		case f == Missing && u.Searches > 0 && u.Searches <= MaxTokens:
			return p.Searched(u.Searches).Plus(p.Call), Sound
		case u.Searches == 0:
			f = max(f, Missing)
		}
	}
	if !f.Estimated() {
		return Cost(p, u), f
	}
	own := core.Usage{In: spent.In, Out: spent.Out, Searches: spent.Searches}
	m := Cost(p, &own)
	if held > 0 {
		m = min(m, held)
	}
	return m, f
}

// Spent is our own count of an exchange, in tokens, and of a ranking in searches too.
type Spent struct{ In, Out, Searches int64 }

// What text and a picture come to on the whole. Settling uses it; a hold does not, because
// some text has a token for every byte.
const (
	bytesPerToken  = 4
	tokensOfAPiece = 1500
)

// tokens is our own count of a prompt.
func (c *tally) tokens() int64 {
	return (c.text+bytesPerToken-1)/bytesPerToken + c.pieces*tokensOfAPiece
}
