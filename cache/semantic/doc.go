// Package semantic finds the answer to a question that was asked before in other words,
// in microseconds and without a network.
//
// A question is looked up by its canonical form (what is asked, and which words) and by
// the nearness of its embedding; what either finds goes before the guard, which has the
// last word. Nearness alone serves nothing, unless relaxed mode was asked for: a cosine
// cannot tell 5 miles from 6.
//
// It keeps texts and the names of answers, never answers; questions of two spaces never
// meet. It refuses questions that the guard cannot judge: in strict and balanced mode
// those are answered by the exact cache only.
package semantic
