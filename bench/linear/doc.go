// Package linear holds the accounts of core/govern against a checker of
// linearizability: whatever many do at once must be what they could have done one after
// the other. It is a module of its own, so that the product does not need the checker.
package linear
