package core

// Money is an amount in nanodollars (10^-9 USD). It is never a float.
type Money int64

// Usage is what a provider says an exchange consumed, in tokens. The cached
// part is contained in In, the reasoning part in Out, as OpenAI reports them.
// Known tells a reported zero from a missing report.
type Usage struct {
	In, CachedIn, Out, Reasoning int64
	Known                        bool
}
