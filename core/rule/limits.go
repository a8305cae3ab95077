package rule

// Bounds of a condition.
const (
	MaxBytes = 4 << 10 // of its text

	maxDepth   = 64      // nested parentheses, negations and ternaries
	maxPattern = 1 << 10 // bytes of a regular expression
	maxValue   = 4 << 10 // bytes of a query parameter's value that holds escapes; a longer one counts as missing
	fewWords   = 8       // a list of up to this many strings is compared one by one
)
