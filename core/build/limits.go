package build

import (
	"time"

	"asbru/core"
)

// Bounds of a Snapshot.
const (
	// maxKeyTallies is how many virtual keys are counted separately. A Tally takes
	// 4 KB, and metrics should not have more label values. Keys that were
	// counted separately before a reload stay so.
	maxKeyTallies = 500

	maxProviderKeys = 1000 // of one provider; with route.MaxWeight it keeps the shares exact
	maxNamesInFault = 5    // models listed for a caller that asked for another one
	maxChain        = 10   // rules applied to one request
	maxWarnings     = 100
	maxHeaderBytes  = 8 << 10

	accountWait = 10 * time.Second // for recording new accounts
	ledgerRetry = 1                // seconds until a full disk is tried again
	leaseRetry  = 2                // seconds until a store of shared budgets is tried again

	countWait    = 2 * time.Minute  // for counting the requests of a batch
	countAtOnce  = 256 << 10        // bytes of requests in a body that are counted in place
	maxCounts    = 4                // batches whose files are being read, for one document
	maxLotBytes  = 1 << 30          // bytes of the requests of a batch
	maxLotModels = 32               // models in the requests of a batch
	maxKeysAsked = 16               // keys of a provider that are tried for a file that belongs to one of them
	notHeld      = core.Money(1e15) // the bound noted for a batch that no budget pays for, so that its cost is not cut

	progressEvery = 256 // events of a stream with content between two records of what it has cost so far

	usualNote = 384 // bytes that are written down of a call as a rule: for more of them memory is allocated

	maxRetryAfter = 7 * 24 * 3600 // seconds: a client told to wait for months may as well be told a week
)
