package core

// Money is an amount in nanodollars (10^-9 USD). It is never a float.
type Money int64

// MaxMoney is more than anything costs.
const MaxMoney Money = 1<<63 - 1

// Usage is what a provider says an exchange consumed, in tokens. Parts are
// contained in their whole, as OpenAI reports them: CachedIn, WrittenIn and AudioIn
// in In, Reasoning and AudioOut in Out. Known tells a reported zero from a missing report.
type Usage struct {
	In, CachedIn, Out, Reasoning int64
	WrittenIn                    int64 // put into the provider's prompt cache
	AudioIn, AudioOut            int64
	Known                        bool
}
