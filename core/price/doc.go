// Package price knows what models cost: from the built-in catalogue, the operator's files,
// and overrides by scope. It converts reported usage into nanodollars, and a
// request into the most that it can cost.
//
// It refuses to guess: a name without a row has no price, and the document decides what happens
// then (Unknown). It refuses impossible usage, floating point, and
// the network: prices change when a file does.
package price
