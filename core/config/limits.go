package config

import "time"

// Bounds on what is read. They protect the process from a hostile or broken file; no
// configuration written by hand comes near them.
const (
	MaxDocumentBytes = 4 << 20  // of a document, before expansion
	MaxFileBytes     = 64 << 20 // of a document with a long list of virtual keys, which is read in pieces

	longBytes  = 64 << 10  // documents from this size on are read in pieces
	pieceBytes = 256 << 10 // of a piece, plus the rest of its last entry

	maxSought = 256 << 10 // bytes of a document in which the line is sought that the parser means

	maxSecretBytes   = 64 << 10 // of the file behind file: and cred:
	maxTextBytes     = 1 << 20  // of one string after expansion
	maxExpandedBytes = 16 << 20 // of all strings together after expansion
	maxDepth         = 64       // nested mappings and sequences
	maxAliasNodes    = 100_000  // nodes read through YAML aliases
	maxProblems      = 100      // reported at once
	maxShown         = 40       // bytes of a value quoted in a message
	maxMeasure       = 16       // bytes of a duration, size or share that is quoted
	maxListed        = 20       // words that a message lists
	maxNearWord      = 64       // bytes of a word that is compared with others for a hint
	maxNameBytes     = 64       // of the names of providers, keys and callers
	maxTargets       = 100      // of one alias
	maxHolderLimits  = 8        // rate limits, and also budgets, of one key, team, customer, provider or alias
	maxHeaders       = 16       // that a key may require
	maxOrigins       = 256      // whose pages may call
	maxOldKeys       = 8        // earlier credentials of one key
	maxPriceFiles    = 8
	maxPriceChanges  = 1000 // overrides of prices
	maxEdits         = 64   // fields of a provider's requests that are dropped or renamed
)

// Documented defaults, used when a Document is compiled.
const (
	DefaultListen      = "127.0.0.1:8080"
	DefaultBodyBytes   = 20 << 20
	DefaultConnections = 15000
	DefaultHeadTimeout = 5 * time.Second
	DefaultIdleTimeout = 60 * time.Second
	DefaultBodyTimeout = 20 * time.Second
	DefaultSlowClient  = 60 * time.Second
	DefaultDrainWait   = 15 * time.Minute

	DefaultConnectTimeout = 3 * time.Second
	DefaultHeaderTimeout  = 30 * time.Second
	DefaultAnswerTimeout  = 5 * time.Minute
	DefaultFirstTimeout   = 2 * time.Minute
	DefaultStallTimeout   = 30 * time.Second
	DefaultTotalTimeout   = 10 * time.Minute
	DefaultKeepAlive      = 30 * time.Second
	DefaultMaxConnections = 10000
	DefaultHealthEvery    = 10 * time.Second

	DefaultHedgeAfter = "p95"
	DefaultHedgeShare = 0.05

	DefaultShadowShare = 0.01
)

// MaxWeight bounds the weight of a key, so that sums of weights cannot overflow.
const MaxWeight = 1_000_000

// MaxRules bounds the routing rules of a document: a request may have to evaluate all
// that apply to it.
const MaxRules = 1000

// MaxConcurrency and MaxQueue bound the configured number of requests in flight and
// waiting at a target.
const (
	MaxConcurrency = 100_000
	MaxQueue       = 100_000
)

// MinKeyBytes is the length from which a virtual key cannot be guessed. A
// shorter one is a warning on a loopback listener and an error on any other.
const MinKeyBytes = 16

// minBatchEvery bounds how often a provider is asked for the state of a batch.
const minBatchEvery = Duration(time.Second)

// MinPepperBytes is the length from which a pepper cannot be found by trying.
const MinPepperBytes = 32

// MaxUnits bounds a rate limit, and MaxUSD a budget.
const (
	MaxUnits = 1 << 40
	MaxUSD   = 1e9
)
