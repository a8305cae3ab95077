package lease

import "time"

const (
	// slices is the number of grants into which each machine's share of what is left is divided.
	slices = 8
	// maxNeeds is how many holds one transaction considers; the others are in the next.
	maxNeeds = 256

	askWait    = 2 * time.Second        // for one transaction
	openWait   = 20 * time.Second       // for creating the tables, and for others who do
	endWait    = 3 * time.Second        // for giving back what is idle when the process ends
	recallWait = 300 * time.Millisecond // for machines to give back what they do not use
	askAgain   = 50 * time.Millisecond  // between checks whether they have, without a notification
	retryEvery = time.Second            // while the database does not answer

	// beatEvery is how often a machine reports that it is live and what it has spent.
	beatEvery = 5 * time.Second
	// waryFor is how long a machine is granted nothing once it finds that the database has lost what it wrote. The others find
	// that at their next beat.
	waryFor = beatEvery + askWait
	// liveFor is how long a machine counts as live after its last report.
	liveFor = 15 * time.Second
	// mostSkew is how far a machine's clock may be off the database's. Windows begin early for all machines by as much.
	mostSkew = time.Minute
	// idleBeats is the number of beats without a change after which idle money is given back.
	idleBeats = 2
	// beatMost is how many accounts are reported in one beat.
	beatMost = 500
	// toldMost is how many accounts of other machines are read in one beat.
	toldMost = 10_000

	// workers is how many transactions run at once when many accounts need one; after each batch
	// notifications are received.
	workers = 4
	batch   = 64

	aloneWait  = time.Second           // for the process before this one to give up the machine's lock
	aloneAgain = 20 * time.Millisecond // between looks whether it has

	maxConns    = workers + 1 // one has the machine's lock
	listenLeast = time.Second // between attempts to listen to Postgres
	listenMost  = 30 * time.Second
	// listenQuiet is how long there may be no notification: each machine sends one with its beats.
	listenQuiet = 3 * beatEvery
)
