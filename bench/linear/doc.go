// Package linear tests the accounts of core/govern with a checker of linearizability:
// concurrent operations must have the same effect as some sequence of them. It is a
// separate module, so that the product does not depend on the checker.
package linear
