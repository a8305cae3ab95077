package core

import (
	"math"
	"math/bits"
)

// MaxMoney is the largest amount. Sums saturate there, so that an amount never wraps around
// into a credit.
const MaxMoney = Money(math.MaxInt64)

// perRate is how many tokens a rate is for.
const perRate = 1_000_000

// A Price is what one model at one provider charges. It is immutable. The zero Price is
// that of something free; whoever does not know a price has none (a nil *Price).
type Price struct {
	Model string // provider/model of the row it was read from, for explain; several names may share one
	From  string // where the row stands: "catalogue", a file, an override, "ceiling"

	Rates         // of every request that no Tier is for
	Tiers []Tier  // of long prompts, the shortest first
	Batch []Tier  // of the provider's batches, the first one from 0 on; nil: as Rates and Tiers
	Most  Ceiling // what one request can come to

	Until int64  // Unix seconds at which Next begins; 0: it holds until further notice
	Next  *Price // nil: none is known
}

// Rates are nanodollars for a million tokens, except Call and Search. Each is set: what the provider
// prices like text holds the price of text.
type Rates struct {
	In, Out           Money
	CachedIn          Money // read from the provider's prompt cache
	WrittenIn, KeptIn Money // put into it; for an hour instead of some minutes
	Reasoning         Money // thought, not shown
	AudioIn, AudioOut Money
	ImageIn, ImageOut Money
	Call              Money // nanodollars for a request, whatever it holds
	Search            Money // nanodollars for a search unit of a ranking
}

// A Tier holds for requests of which the prompt is longer than Above tokens, as a whole.
type Tier struct {
	Above int64
	Rates
}

// A Ceiling bounds one request at a model, in tokens. Zero means unknown.
type Ceiling struct{ In, Out int64 }

// At is the price in force at a moment of Unix seconds.
func (p *Price) At(now int64) *Price {
	for p.Next != nil && p.Until <= now {
		p = p.Next
	}
	return p
}

// For returns the rates for a request with a prompt of this many tokens.
func (p *Price) For(prompt int64) *Rates {
	r := &p.Rates
	for i := range p.Tiers {
		if prompt > p.Tiers[i].Above {
			r = &p.Tiers[i].Rates
		}
	}
	return r
}

// ForBatch is For, for a request in one of the provider's own batches.
func (p *Price) ForBatch(prompt int64) *Rates {
	if p.Batch == nil {
		return p.For(prompt)
	}
	r := &p.Batch[0].Rates
	for i := range p.Batch {
		if prompt > p.Batch[i].Above {
			r = &p.Batch[i].Rates
		}
	}
	return r
}

// Cost returns what u costs. Each kind of token is rounded up to a whole nanodollar on its
// own. Every token is charged once, as its most specific kind: one that is both read
// from the cache and audio counts as read from the cache. u must not be negative; parts
// that exceed their whole make the cost larger, never smaller.
func (r *Rates) Cost(u *Usage) Money {
	if u.CachedIn|u.WrittenIn|u.AudioIn|u.ImageIn|u.Reasoning|u.AudioOut|u.ImageOut|int64(u.Searches) == 0 { // text alone
		return r.Call.Plus(r.In.Times(u.In)).Plus(r.Out.Times(u.Out))
	}
	plain := u.In - u.CachedIn - u.WrittenIn
	audio := min(u.AudioIn, max(plain, 0))
	image := min(u.ImageIn, max(plain-audio, 0))
	kept := min(u.KeptIn, u.WrittenIn)

	said := u.Out - u.Reasoning
	sound := min(u.AudioOut, max(said, 0))
	drawn := min(u.ImageOut, max(said-sound, 0))

	sum := r.Call
	if u.Searches > 0 {
		sum = sum.Plus(r.Searched(int64(u.Searches)))
	}
	for _, part := range [...]struct {
		n    int64
		rate Money
	}{
		{plain - audio - image, r.In}, {u.CachedIn, r.CachedIn}, {u.WrittenIn - kept, r.WrittenIn}, {kept, r.KeptIn},
		{audio, r.AudioIn}, {image, r.ImageIn},
		{said - sound - drawn, r.Out}, {u.Reasoning, r.Reasoning}, {sound, r.AudioOut}, {drawn, r.ImageOut},
	} {
		if part.n > 0 && part.rate > 0 {
			sum = sum.Plus(part.rate.Times(part.n))
		}
	}
	return sum
}

// Searched is what n search units cost; n is at most a million million.
func (r *Rates) Searched(n int64) Money { return r.Search.Times(n * perRate) }

// Dearest returns the highest rates for a token of a prompt and of an answer.
func (r *Rates) Dearest() (in, out Money) {
	return max(r.In, r.CachedIn, r.WrittenIn, r.KeptIn, r.AudioIn, r.ImageIn), max(r.Out, r.Reasoning, r.AudioOut, r.ImageOut)
}

// Worst returns the most that this many tokens can cost, whatever their kinds and whichever
// tier applies: a request that is shorter than expected may fall into a dearer one.
func (p *Price) Worst(in, out int64) Money {
	worst := p.Rates.worst(in, out)
	for i := range p.Tiers {
		if in > p.Tiers[i].Above {
			worst = max(worst, p.Tiers[i].worst(in, out))
		}
	}
	return worst
}

func (r *Rates) worst(in, out int64) Money {
	each, said := r.Dearest()
	// rounded up for each kind of token there is
	return r.Call.Plus(each.Times(in)).Plus(said.Times(out)).Plus(roundings)
}

// roundings is how much rounding can make Cost exceed one product for the prompt and one for the
// answer.
const roundings = 8

// Times is the cost of n tokens at a rate of m per million, rounded up. Neither may be negative.
func (m Money) Times(n int64) Money {
	if m <= 0 || n <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(m), uint64(n))
	if hi == 0 && lo < math.MaxUint64-perRate { // as a rule; a division by what is known is a multiplication
		return Money((lo + perRate - 1) / perRate)
	}
	lo, carry := bits.Add64(lo, perRate-1, 0)
	if hi += carry; hi >= perRate {
		return MaxMoney
	}
	q, _ := bits.Div64(hi, lo, perRate)
	if q > math.MaxInt64 {
		return MaxMoney
	}
	return Money(q)
}

// Plus adds two amounts that are not negative and stops at MaxMoney.
func (m Money) Plus(n Money) Money {
	if n > MaxMoney-m {
		return MaxMoney
	}
	return m + n
}

// AppendUSD appends m in dollars, without trailing zeros: 12.5, 0.000012, -3.
func (m Money) AppendUSD(dst []byte) []byte {
	n := uint64(m)
	if m < 0 {
		dst = append(dst, '-')
		n = -n
	}
	var digits [20]byte
	whole, rest := n/1e9, n%1e9
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + whole%10)
		if whole /= 10; whole == 0 {
			break
		}
	}
	dst = append(dst, digits[i:]...)
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for at := uint64(1e8); rest > 0; at /= 10 {
		dst = append(dst, byte('0'+rest/at))
		rest %= at
	}
	return dst
}

// String is m in dollars, as $12.5.
func (m Money) String() string {
	b := make([]byte, 0, 24)
	if m < 0 {
		return "-$" + string((-m).AppendUSD(b))
	}
	return "$" + string(m.AppendUSD(b))
}
