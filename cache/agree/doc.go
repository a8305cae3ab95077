// Package agree judges whether two answers to one question say the same, without asking
// anybody: it compares what can be compared of any two answers.
//
//	calls      the same tools with the same arguments
//	numbers    those of the one are those of the other
//	yes, no    the answers begin alike, and short ones deny alike
//	words      the words that carry meaning are largely the same
//
// Short answers have to agree on nearly all of it; of long ones, which no model writes twice
// alike, a good part has to be common. It is a judgement about subjects and facts that stand
// in so many words: it sees Lima for Quito and 12 for 21, and not that one long text argues
// better than another. It refuses to judge what holds neither text nor calls.
package agree
