package govern

import (
	"time"

	"asbru/core/ledger"
)

const (
	// MaxAccounts is how many accounts one call can be held on.
	MaxAccounts = ledger.MaxLines
	// usualAccounts is how many accounts a call is held on as a rule: for more of them memory is allocated.
	usualAccounts = 8
	// MaxName is how many bytes an account's name has at most.
	MaxName = 512

	// MaxJobs is how many jobs a Book holds on at once, and MaxJobNote how many bytes the note of one has.
	MaxJobs    = 10_000
	MaxJobNote = takenNote

	// maxEnded is how many jobs are remembered that have ended, and endedFor how long: no provider answers the
	// repetition of a call with what the first one began for longer.
	maxEnded = 2000
	endedFor = 31 * 24 * time.Hour

	// maxShown is how many accounts have metrics of their own.
	maxShown = 200

	// eagerTries is how often a hold looks again at an account in motion before each further
	// look lets other goroutines run first; after maxTries it takes it for one without money.
	eagerTries = 20

	// leaseWait is how long a call may wait for money of a budget that machines share, and leaseAgain
	// how often one of a draining process looks for it.
	leaseWait  = time.Second
	leaseAgain = 5 * time.Millisecond
	// dryFor is how long a machine believes that a shared budget has no more than it was last told.
	dryFor = time.Second

	// passWait is how long a call may wait for the process that takes the Book over.
	passWait = 10 * time.Second
	// returnWait is how long a process may be away that asks who has the Book now.
	returnWait = 2 * time.Second
	// leaveWait is how long a process that ends waits for what it asked of its successor.
	leaveWait = 5 * time.Second
	// retakeWait is how long the lock of a process that is gone may last, looked at so often.
	retakeWait  = 5 * time.Second
	retakeAgain = 5 * time.Millisecond
	// takenNote is how much payload the end of a call has that another process began.
	takenNote = 2 << 10
	// maxNotes is how many records may be on their way to another process.
	maxNotes = 20_000
	// maxWords bounds one message between processes.
	maxWords = 8 << 10

	// restartWait is how long closing what a crash left open may wait for the disk.
	restartWait = time.Minute
	// finishWait is how long the end of a job may wait for room in the ledger.
	finishWait = 2 * time.Second
	// closeWait is how long Close waits for a disk that takes nothing.
	closeWait = 30 * time.Second
	// reserveAgain is how soon a change of the configuration looks for room again.
	reserveAgain = 10 * time.Millisecond
)
