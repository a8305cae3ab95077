// Package agree judges whether two answers to one question say the same. It asks no model: it
// compares what any two answers have in common.
//
//	calls      the same tools with the same arguments
//	numbers    the numbers of one are those of the other
//	yes, no    the answers begin alike, and short ones negate alike
//	words      the words that carry meaning are largely the same
//
// Short answers have to agree on nearly all of these. Long answers, which no model writes twice
// in the same words, have to share a good part. The judgement concerns explicit subjects and
// facts: it notices Lima instead of Quito and 12 instead of 21, but not that one long text argues
// better than another. It refuses to judge answers with neither text nor calls.
package agree
