// Package price knows what models cost: the catalogue that is built in, files of one's own,
// and overrides by scope. It turns what a provider reported into nanodollars and a
// request into the most that it can come to.
//
// It refuses to guess: a name that no row is for has no price, and what then happens is the
// document's decision (Unknown). It refuses usage that cannot be true, floating point, and
// the network: prices change when a file does.
package price
