package cache

// A Nearby finds answers to questions with almost the same meaning. It decides by itself
// whether a question is close enough, and knows nothing about the answers.
type Nearby interface {
	// Look finds the key of the answer to a question that means the same. It does not retain
	// q. It is called on the request path: it neither waits nor allocates.
	Look(q *Question) (key [32]byte, m Match, ok bool)

	// Add makes the question findable until a time in Unix nanoseconds. It copies what it needs
	// of q, and may take its time.
	Add(q *Question, key [32]byte, until int64)

	// Remove forgets the question whose answer is stored under key.
	Remove(key [32]byte)

	// Close stops background work.
	Close()
}

// A Question is a question to be compared by meaning.
type Question struct {
	Space     [32]byte // digest of everything but the last turn: only questions of one space are compared
	Text      []byte   // the last turn as plain text
	Threshold float64  // least similarity that the caller accepts; 0: as configured
}

// guardUnasked is the verdict of a guard that had nothing to judge.
const guardUnasked = "none"

// A Match says why two questions were taken to be equal.
type Match struct {
	Similarity, Threshold float64
	Guard                 string // the guard's verdict, a constant word; guardUnasked: no question was close enough
	Words                 bool   // the same words in another order or inflection
}
