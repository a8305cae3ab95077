package agree

// Bounds of what is compared, and where agreement begins. The shares were set by the rows of
// the test and by nothing else.
const (
	maxText = 64 << 10 // bytes of an answer that are read

	short = 14 // words that carry meaning; an answer of no more is a short one

	shortWords   = 0.6 // of the words of the shorter answer that have to be in the other one
	longWords    = 0.4 // of all words of both that have to be common (Dice, 1945)
	longNumbers  = 0.5 // of the numbers of the one that has fewer that have to be in the other
	fewNumbers   = 2   // of so few none may be missing
	leastLetters = 3   // of a word that loses its ending
)
