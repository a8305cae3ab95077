package build

import (
	"time"

	"asbru/core"
)

// Bounds of a Snapshot.
const (
	// maxKeyTallies is how many virtual keys are counted apart. A Tally is
	// 4 KB; and metrics show no more label values than this. Keys that were
	// counted apart before a reload stay so.
	maxKeyTallies = 500

	maxProviderKeys = 1000 // of one provider; with route.MaxWeight it keeps the shares exact
	maxNamesInFault = 5    // models named to a caller that asked for another one
	maxChain        = 10   // rules applied to one request
	maxWarnings     = 100
	maxHeaderBytes  = 8 << 10

	accountWait = 10 * time.Second // until new accounts are written down
	ledgerRetry = 1                // seconds until a full disk is looked at again
	leaseRetry  = 2                // seconds until a store that grants shared budgets is asked again

	countWait    = 2 * time.Minute  // until the requests of a batch have been counted
	countAtOnce  = 256 << 10        // bytes of requests in a body that are counted where they are
	maxCounts    = 4                // batches whose files are being read, of one document
	maxLotBytes  = 1 << 30          // of the requests of a batch
	maxLotModels = 32               // that the requests of a batch name
	maxKeysAsked = 16               // of a provider, for a file that belongs to one of them
	notHeld      = core.Money(1e15) // what a batch is noted to cost at most when no budget pays for it, so that nothing it comes to is cut

	maxRetryAfter = 7 * 24 * 3600 // seconds: a client that is told of months may as well be told of a week
)
