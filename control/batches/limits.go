package batches

import "time"

const (
	// DefaultEvery is how often a provider is asked about a batch.
	DefaultEvery = 2 * time.Minute

	// lookAgain is how soon it is asked again because a client was told something about the batch.
	lookAgain = 5 * time.Second
	// longest is how long it is left alone when it does not answer.
	longest = time.Hour
	// longestOff bounds the exponent of that.
	longestOff = 10
	// goneTimes is how often it must say that it knows no such batch.
	goneTimes = 3
	// giveUp is when a batch counts as ended about which nothing more is heard: no provider works on one for
	// longer than a week, or keeps its results for less than a day.
	giveUp = 9 * 24 * time.Hour

	askWait  = time.Minute      // for the object of a batch
	readWait = 10 * time.Minute // for its results

	maxObject  = 64 << 20 // bytes of an object with results in it
	maxResults = 4 << 30  // bytes of a file of results
	maxModels  = 64       // that the results of a batch name; what the others used counts as the last one's
	maxLooks   = 1000     // titles that wait to be looked at
)
