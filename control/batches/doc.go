// Package batches asks providers how the batches stand that virtual keys began, and charges what they came to:
// each result by what it reports, at the price that the provider has for batches. It goes by the jobs of a
// govern.Book alone: what is held there is asked about until it has ended, through any restart, and ended there
// once. Each machine asks about its own.
//
// It refuses to charge more than was held, to let anything go uncharged whose results cannot be had, and to hold
// more in memory than one line of results, or than the object of a batch that has them in it.
package batches
