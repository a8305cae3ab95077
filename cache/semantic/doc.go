// Package semantic finds the answer to a question that was asked before in other words,
// in microseconds and without a network.
//
// A question is looked up by its canonical form (what is asked, and which words) and by
// the similarity of its embedding; the guard judges what either finds and has the
// last word. Unless relaxed mode is configured, similarity alone serves nothing: a cosine
// cannot tell 5 miles from 6.
//
// It stores texts and the keys of answers, never answers; questions of different spaces are never
// compared. It refuses questions that the guard cannot judge: in strict and balanced mode
// those are answered by the exact cache only.
package semantic
