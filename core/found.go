package core

// A Found says what the memory of answers had to do with an Exchange.
type Found uint8

const (
	NotAsked       Found = iota // the request is not one that is remembered, or nothing is
	Missed                      // no answer was known
	FoundExact                  // the same question was answered before
	FoundStale                  // it was, and the answer is past its time
	FoundCanonical              // the question was answered in other words that say the same
	FoundSemantic               // one like it was answered
	FoundJoined                 // somebody else was asking the same at that moment
	numFounds
)

var founds = [numFounds]string{"", "miss", "exact", "stale", "canonical", "semantic", "joined"}

// String is the word for f in headers and in the trail; empty for NotAsked.
func (f Found) String() string {
	if f < numFounds {
		return founds[f]
	}
	return "unknown"
}
