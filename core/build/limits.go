package build

import "time"

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

	accountWait   = 10 * time.Second // until new accounts are written down
	ledgerRetry   = 1                // seconds until a full disk is looked at again
	leaseRetry    = 2                // seconds until a store that grants shared budgets is asked again
	maxRetryAfter = 7 * 24 * 3600    // seconds: a client that is told of months may as well be told of a week
)
