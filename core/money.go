package core

import "math"

// Money is an amount in nanodollars (10^-9 USD). It is never a float.
type Money int64

// Usage is what a provider says an exchange consumed, in tokens. Parts are
// contained in their whole, as OpenAI reports them: CachedIn, WrittenIn, AudioIn and
// ImageIn in In, KeptIn in WrittenIn, Reasoning, AudioOut and ImageOut in Out. Known tells
// a reported zero from a missing report.
type Usage struct {
	In, CachedIn, Out, Reasoning int64
	WrittenIn                    int64 // written to the provider's prompt cache
	KeptIn                       int64 // written to it for an hour, where that costs more
	AudioIn, AudioOut            int64
	ImageIn, ImageOut            int64
	Searches                     int32 // of a ranking: units by which a provider bills it. Known says nothing about them; 0: not said
	Known                        bool
	Bad                          bool // a count was negative or absurdly large: the other counts cannot be trusted either
	Odd                          bool // a part of a count was no count: it counts as none, at the price of what has no such part
}

// MaxTokens is beyond what any model reads or writes for one request.
const MaxTokens = 1 << 31

// Negative reports whether a count of u is below zero.
func (u *Usage) Negative() bool {
	return u.In|u.CachedIn|u.Out|u.Reasoning|u.WrittenIn|u.KeptIn|u.AudioIn|u.AudioOut|u.ImageIn|u.ImageOut|int64(u.Searches) < 0
}

// Unlikely reports whether u, which is not Negative, has a count beyond belief, or a part larger than its whole.
func (u *Usage) Unlikely() bool {
	return u.In > MaxTokens || u.Out > MaxTokens ||
		u.CachedIn > u.In || u.WrittenIn > u.In-u.CachedIn ||
		u.KeptIn > u.WrittenIn || u.AudioIn > u.In || u.ImageIn > u.In ||
		u.Reasoning > u.Out || u.AudioOut > u.Out || u.ImageOut > u.Out || u.Searches == math.MaxInt32
}

// SearchesOf is n as Usage has it. What does not fit is as far beyond belief as it can be.
func SearchesOf(n int64) int32 { return int32(max(math.MinInt32, min(n, math.MaxInt32))) }
