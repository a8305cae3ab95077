package cache

// A Nearby finds answers to questions that are nearly the one that is asked. It judges for
// itself whether near is near enough, and knows nothing of the answers.
type Nearby interface {
	// Look finds the key of the answer to a question that means the same. Nothing of q is
	// kept. It is called on the request path: it neither waits nor allocates.
	Look(q *Question) (key [32]byte, m Match, ok bool)

	// Add makes the question findable until a time in Unix nanoseconds. What q holds must
	// be copied. It may take its time.
	Add(q *Question, key [32]byte, until int64)

	// Remove forgets the question whose answer stands under key.
	Remove(key [32]byte)

	// Close ends what it runs in the background.
	Close()
}

// A Question is what is asked, for who looks at its meaning.
type Question struct {
	Space     [32]byte // the digest of all but the last turn: only questions of one space are compared
	Text      []byte   // the last turn, plain
	Threshold float64  // the least likeness the caller takes; 0: as configured
}

// guardUnasked is the verdict of rules that nothing was shown to.
const guardUnasked = "none"

// A Match says why a question was found to be another one.
type Match struct {
	Similarity, Threshold float64
	Guard                 string // the verdict of the rules, a constant word; guardUnasked: nothing was near enough
	Words                 bool   // the same is asked in the same words, in another order or dress
}
