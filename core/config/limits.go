package config

import "time"

// Bounds of what is read. They protect the process from a file, not a person
// from a mistake: no configuration written by hand comes near them.
const (
	MaxDocumentBytes = 4 << 20  // a document, before anything is expanded
	MaxFileBytes     = 64 << 20 // a document with a long list of virtual keys, which is read piece by piece

	longBytes  = 64 << 10  // a document from which on that is worth it
	pieceBytes = 256 << 10 // a piece; one entry more, where that does not fit in

	maxSecretBytes   = 64 << 10 // the file behind file: and cred:
	maxTextBytes     = 1 << 20  // one string after its references are expanded
	maxExpandedBytes = 16 << 20 // all strings after their references are expanded
	maxDepth         = 64       // mappings and sequences inside each other
	maxAliasNodes    = 100_000  // nodes read through YAML aliases
	maxProblems      = 100      // told at once
	maxShown         = 40       // bytes of a value quoted in a message
	maxListed        = 20       // words a message lists
	maxNearWord      = 64       // bytes of a word that is compared with others
	maxNameBytes     = 64       // names of providers, keys and callers
	maxTargets       = 100      // of one alias
	maxHolderLimits  = 8        // rate limits, and budgets, of one key, team, customer, provider or alias
	maxHeaders       = 16       // that a key requires
	maxOldKeys       = 8        // that a key has beside its own
	maxPriceFiles    = 8
	maxPriceChanges  = 1000 // overrides of prices
	maxEdits         = 64   // fields of a provider's requests that are dropped or renamed
)

// Documented defaults, for what compiles a Document.
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

// MaxWeight bounds the weight of a key, so that sums of weights stay small.
const MaxWeight = 1_000_000

// MaxRules bounds the routing rules of a document: a request may have to ask all
// that apply to it.
const MaxRules = 1000

// MaxConcurrency and MaxQueue bound what a target can be configured to have under way and
// waiting.
const (
	MaxConcurrency = 100_000
	MaxQueue       = 100_000
)

// MinKeyBytes is the length from which a virtual key cannot be guessed. A
// shorter one is a warning on a loopback listener and an error on any other.
const MinKeyBytes = 16

// MinPepperBytes is the length from which nobody tries all peppers.
const MinPepperBytes = 32

// MaxUnits bounds a rate limit, and MaxUSD a budget: beyond them there is none.
const (
	MaxUnits = 1 << 40
	MaxUSD   = 1e9
)
