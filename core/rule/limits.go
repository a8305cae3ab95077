package rule

// Bounds of a condition.
const (
	MaxBytes = 4 << 10 // its text

	maxDepth   = 64      // parentheses, negations and ternaries inside each other
	maxPattern = 1 << 10 // bytes of a regular expression
	maxValue   = 4 << 10 // bytes of a query parameter's value that holds escapes; a longer one counts as missing
	fewWords   = 8       // up to so many words of a list are compared one by one
)
