package lease

import "time"

const (
	// slices is into how many parts each machine's share of what is left would go.
	slices = 8
	// maxNeeds is how many holds are looked at in one transaction; the others are in the next.
	maxNeeds = 256

	askWait    = 2 * time.Second        // for one transaction
	openWait   = 20 * time.Second       // for the tables, and others who make them
	endWait    = 3 * time.Second        // for giving back what is idle when the process ends
	recallWait = 300 * time.Millisecond // for machines to give back what they do not use
	askAgain   = 50 * time.Millisecond  // between looks whether they have, if nobody tells
	retryEvery = time.Second            // while the database does not answer

	// beatEvery is how often a machine says that it is there and what it has spent.
	beatEvery = 5 * time.Second
	// liveFor is how long a machine that says nothing is waited for.
	liveFor = 15 * time.Second
	// idleBeats is after how many beats without a change what is idle is given back.
	idleBeats = 2
	// beatMost is how many accounts are brought up to date in one beat.
	beatMost = 500
	// toldMost is how many accounts of others are read in one beat.
	toldMost = 10_000

	// workers is how many transactions run at once when many accounts are asked for, and batch after how
	// many of them other machines are heard.
	workers = 4
	batch   = 64

	maxConns    = workers
	listenLeast = time.Second // between attempts to listen to Postgres again
	listenMost  = 30 * time.Second
)
